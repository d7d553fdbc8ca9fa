package control_test

import (
	"context"
	"errors"
	"net"
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

func (b *bench) client(who flow.Signer, v *pki.Verifier) *control.Client {
	b.Helper()
	c, err := control.NewClient(b.url, pki.ClientTLS(func() flow.Signer { return who }, v, pki.Only(flow.RoleNode), "h2", "http/1.1"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	return c
}

func TestClient(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	ctx := t.Context()
	night := control.Deployment{Name: "night", Script: "/* night */"}

	plan, err := c.Plan(ctx, night)
	if err != nil || len(plan.Actors) != 19 || plan.Actors[0].Change != control.ChangeStart || plan.APIVersion != control.APIVersion {
		t.Fatalf("plan %+v, %v", plan, err)
	}
	if app, err := c.Deploy(ctx, night); err != nil || app.Name != "night" || app.Revision != 1 {
		t.Fatalf("deploy %+v, %v", app, err)
	}
	if apps, err := c.Apps(ctx); err != nil || len(apps) != 2 || apps[0].Script != "" {
		t.Fatalf("apps %+v, %v", apps, err)
	}
	if app, err := c.App(ctx, "night"); err != nil || app.Script != "/* night */" || len(app.Parts) != 19 || len(app.Links) != 20 || app.Parts[0].App != "night" {
		t.Fatalf("app %+v, %v", app, err)
	}
	if issues, err := c.Check(ctx, control.Deployment{Script: "nosuch", File: "a.calvin"}); err != nil || len(issues) != 2 || issues[1].String() != "a.calvin:1:1: error WF0102: unknown actor type nosuch" {
		t.Fatalf("check %v, %v", issues, err)
	}
	if l, err := c.Login(ctx); err != nil || !strings.HasPrefix(l.Link, b.url+"/#login=") {
		t.Fatalf("login %+v, %v", l, err)
	}
	id := flow.ActorID("night:bed1:collector")
	if v, err := c.Report(ctx, id, map[string]flow.Value{"n": int64(2)}); err != nil || !reflect.DeepEqual(v.(map[string]any)["asked"], map[string]any{"n": int64(2)}) {
		t.Fatalf("report %v, %v", v, err)
	}
	if l, err := c.Letters(ctx, id); err != nil || len(l) != 1 || l[0].Number != 1 || l[0].Why == "" {
		t.Fatalf("letters %v, %v", l, err)
	}
	if err := c.DropLetters(ctx, id, 1); err != nil {
		t.Fatal(err)
	}
	if l, err := c.Letters(ctx, id); err != nil || len(l) != 0 {
		t.Fatalf("letters after they were dropped: %v, %v", l, err)
	}
	if err := c.Resume(ctx, id); err != nil || !strings.HasPrefix(b.ward.Did()[2], "resume night:bed1:collector by spiffe://") {
		t.Fatalf("resume: %v, %v", b.ward.Did(), err)
	}
	if err := c.Stop(ctx, "night"); err != nil {
		t.Fatal(err)
	}
	seen := 0
	if err := c.Watch(ctx, func(s *control.Snapshot) bool {
		seen++
		return seen < 3 && len(s.Apps) == 1
	}); err != nil || seen != 3 {
		t.Fatalf("watched %d snapshots, %v; want 3", seen, err)
	}
}

func TestClientErrors(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	admin := b.h.Staff("admin")
	c := b.client(admin, b.h.Verifier())

	var script *control.ScriptError
	if _, err := c.Deploy(ctx, control.Deployment{Name: "a", Script: "nosuch"}); !errors.As(err, &script) || len(script.Mistakes()) != 1 || strings.Contains(script.Error(), "note") {
		t.Errorf("a bad script: %v, want a ScriptError with one mistake", err)
	}
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"no such application", c.Stop(ctx, "none"), control.ErrNotFound},
		{"no such actor", second(c.Report(ctx, "ward:none", nil)), control.ErrNotFound},
		{"an actor that answers nothing", second(c.Report(ctx, "ward:store", nil)), control.ErrConflict},
		{"no node fit", second(c.Deploy(ctx, control.Deployment{Name: "a", Script: "nowhere"})), control.ErrUnplaceable},
		{"a node's certificate", second(b.client(b.h.Node("bedside"), b.h.Verifier()).Apps(ctx)), control.ErrDenied},
		{"a stranger's certificate", second(b.client(b.h.Rogue().Staff("admin"), b.h.Verifier()).Apps(ctx)), control.ErrDenied},
		{"a node we don't trust", second(b.client(admin, b.h.Rogue().Verifier()).Apps(ctx)), control.ErrUntrusted},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
		}
	}

	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	far, err := control.NewClient("https://"+gone.Addr().String(), pki.ClientTLS(func() flow.Signer { return admin }, b.h.Verifier(), pki.Only(flow.RoleNode)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := far.Apps(ctx); !errors.Is(err, control.ErrUnreachable) {
		t.Errorf("nobody listens: %v, want %v", err, control.ErrUnreachable)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.Apps(over); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is over: %v", err)
	}
	for _, base := range []string{"", "127.0.0.1:1", "http://127.0.0.1:1", "https://", "https://x/y"} {
		if _, err := control.NewClient(base, pki.ClientTLS(nil, nil, nil)); err == nil {
			t.Errorf("NewClient(%q) = nil error, want one that says what an address looks like", base)
		}
	}
}

func second[T any](_ T, err error) error { return err }
