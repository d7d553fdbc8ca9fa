package control_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

const admin = "spiffe://people.h1.health.example/staff/admin"

func TestSteering(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	ctx := t.Context()
	collector, check := flow.ActorID("ward:bed1:collector"), flow.ActorID("ward:bed1:check")

	for _, err := range []error{
		c.Move(ctx, collector, "ward"), c.Move(ctx, collector, ""), c.Scale(ctx, check, 3), c.Drain(ctx, "bedside", true), c.Drain(ctx, "bedside", false),
		c.Vote(ctx, "bedside", false), c.Vote(ctx, "bedside", true), c.Rotate(ctx), c.Leave(ctx, "bedside"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	want := []string{`move ward:bed1:collector to "ward"`, `move ward:bed1:collector to ""`, "scale ward:bed1:check to 3", "drain bedside", "undrain bedside",
		"remove voter bedside", "add voter bedside", "rotate", "leave bedside"}
	for i := range want {
		want[i] += " by " + admin
	}
	if got := b.ward.Did(); !slices.Equal(got, want) {
		t.Errorf("the ward was told\n%q, want\n%q", got, want)
	}
	if r, err := c.Register(ctx); err != nil || !r.Quorum || r.MayLose != 1 || len(r.Members) != 3 {
		t.Errorf("register %+v, %v", r, err)
	}
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"no such actor", c.Move(ctx, "ward:none", "ward"), control.ErrNotFound},
		{"no such node", c.Move(ctx, collector, "none"), control.ErrNotFound},
		{"a node that is not fit", c.Move(ctx, "ward:store", "ward"), control.ErrUnplaceable},
		{"no manual scaling", c.Scale(ctx, collector, 2), control.ErrConflict},
		{"drain nothing", c.Drain(ctx, "none", true), control.ErrNotFound},
		{"the last that leads", c.Leave(ctx, "ward"), control.ErrConflict},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
		}
	}
	for _, n := range []int{0, -1, control.MaxReplicas + 1} {
		if err := c.Scale(ctx, check, n); err == nil || !strings.Contains(err.Error(), "1 to 1000") {
			t.Errorf("scale to %d: %v, want an error with the bounds", n, err)
		}
	}
}

func TestBackupAndRestore(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	ctx := t.Context()
	var kept bytes.Buffer
	if err := c.Backup(ctx, &kept); err != nil || kept.Len() == 0 {
		t.Fatalf("backup of %d bytes, %v", kept.Len(), err)
	}
	if err := c.Restore(ctx, strings.NewReader("rubbish"), true); !errors.Is(err, control.ErrInvalid) {
		t.Errorf("restore rubbish: %v, want %v", err, control.ErrInvalid)
	}
	if err := c.Restore(ctx, bytes.NewReader(kept.Bytes()), false); !errors.Is(err, control.ErrConflict) {
		t.Errorf("restore over what is there: %v, want %v", err, control.ErrConflict)
	}
	if err := c.Restore(ctx, &kept, true); err != nil {
		t.Errorf("restore with force: %v", err)
	}
	if got, want := fmt.Sprint(b.ward.Did()), "[backup by "+admin+" restore by "+admin+"]"; got != want {
		t.Errorf("the ward was told %s, want %s", got, want)
	}
}

// Half a backup must not look like a whole one.
func TestBackupThatBreaksOff(t *testing.T) {
	b := newBench(t, func(cfg *control.Config) { cfg.Backend = &torn{cfg.Backend, 1 << 20} })
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	if err := c.Backup(t.Context(), io.Discard); err == nil {
		t.Error("a backup that broke off ended without an error")
	}
	b = newBench(t, func(cfg *control.Config) { cfg.Backend = &torn{cfg.Backend, 0} })
	c = b.client(b.h.Staff("admin"), b.h.Verifier())
	if err := c.Backup(t.Context(), io.Discard); !errors.Is(err, control.ErrConflict) {
		t.Errorf("a backup that did not begin: %v, want %v", err, control.ErrConflict)
	}
}

// torn is a backend whose backup ends with an error after so many bytes.
type torn struct {
	control.Backend
	after int
}

func (b *torn) Backup(ctx context.Context, by flow.Identity, to io.Writer) error {
	if b.after > 0 {
		if _, err := to.Write(make([]byte, b.after)); err != nil {
			return err
		}
	}
	return fmt.Errorf("the disk is gone: %w", control.ErrConflict)
}

func TestNoMajorityIsSaid(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	ctx := t.Context()
	b.ward.Down("records", "no answer")
	if err := c.Drain(ctx, "bedside", true); err != nil {
		t.Fatalf("with two of three voters: %v", err)
	}
	if r, err := c.Register(ctx); err != nil || !r.Quorum || r.MayLose != 0 || r.Lost(time.Now()) != "" {
		t.Fatalf("register %+v, %v", r, err)
	}
	b.ward.Down("bedside", "no answer")
	for what, err := range map[string]error{
		"drain":  c.Drain(ctx, "bedside", false),
		"move":   c.Move(ctx, "ward:bed1:collector", "ward"),
		"scale":  c.Scale(ctx, "ward:bed1:check", 2),
		"vote":   c.Vote(ctx, "bedside", false),
		"leave":  c.Leave(ctx, "bedside"),
		"rotate": c.Rotate(ctx),
		"backup": c.Backup(ctx, io.Discard),
		"deploy": second(c.Deploy(ctx, control.Deployment{Name: "night", Script: "x"})),
		"stop":   c.Stop(ctx, "ward"),
	} {
		if !errors.Is(err, control.ErrNoMajority) || !errors.Is(err, control.ErrUnavailable) {
			t.Errorf("%s: %v, want %v", what, err, control.ErrNoMajority)
			continue
		}
		for _, want := range []string{"1 of 3 voters answers", "missing: bedside, records", control.GoesOn, "nothing is placed"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", what, err, want)
			}
		}
	}
	if s, err := c.Snapshot(ctx); err != nil || s.Register.Quorum || s.Register.Leader != "" || s.Register.LostSince.IsZero() {
		t.Errorf("what is shown meanwhile: %+v, %v", s.Register, err)
	}
	b.ward.Down("bedside", "")
	if err := c.Drain(ctx, "bedside", false); err != nil {
		t.Errorf("after a voter came back: %v", err)
	}
}

// A link into a spool shows what waits there.
func TestSpoolsAreShownOnLinks(t *testing.T) {
	b := newBench(t)
	b.ward.Spill(1200)
	_, _, body := b.do(b.viewer(), "GET", "/api/v1/links", "")
	var links control.List[control.LinkState]
	if err := json.Unmarshal([]byte(body), &links); err != nil {
		t.Fatal(err)
	}
	var spooled []string
	for _, l := range links.Items {
		if l.Spool != nil {
			spooled = append(spooled, fmt.Sprintf("%s %d", l.ID, l.Spool.Tokens))
		}
	}
	if want := []string{"ward:bed1:collector.out > ward:bed1:collector~out~7f3a91.token 1200"}; !slices.Equal(spooled, want) {
		t.Errorf("links with a spool: %q, want %q", spooled, want)
	}
}

// A backend whose snapshot fails does not hide why a change was refused.
func TestPlainReasonWithoutSnapshot(t *testing.T) {
	b := newBench(t)
	b.ward.Fail(fmt.Errorf("starting: %w", control.ErrUnavailable))
	status, _, body := b.do(b.browser(b.h.Staff("admin")), "PUT", "/api/v1/nodes/bedside/drain", "")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "starting") {
		t.Errorf("%d %s, want 503 and why", status, body)
	}
}

// A change that is never agreed ends all the same, and says so.
func TestChangesEndInTime(t *testing.T) {
	b := newBench(t, func(cfg *control.Config) {
		cfg.Backend, cfg.Within = &stuck{cfg.Backend}, time.Millisecond
	})
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	if err := c.Stop(t.Context(), "ward"); !errors.Is(err, control.ErrUnavailable) || !strings.Contains(err.Error(), "not agreed within 1ms") {
		t.Errorf("with a majority: %v, want %v", err, control.ErrUnavailable)
	}
	b.ward.Down("records", "no answer")
	b.ward.Down("bedside", "no answer")
	if err := c.Stop(t.Context(), "ward"); !errors.Is(err, control.ErrNoMajority) {
		t.Errorf("without a majority: %v, want %v", err, control.ErrNoMajority)
	}
}

// stuck is a backend that agrees to nothing until the caller is gone.
type stuck struct{ control.Backend }

func (*stuck) Stop(ctx context.Context, _ flow.Identity, app string) error {
	<-ctx.Done()
	return fmt.Errorf("stop %s: %w", app, ctx.Err())
}
