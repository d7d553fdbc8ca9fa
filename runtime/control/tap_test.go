package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
)

const (
	collected = "ward:bed1:collector.out > ward:bed1:check.in"
	tapPath   = "/api/v1/links/ward:bed1:collector.out%20%3E%20ward:bed1:check.in/tap"
)

// The stream of a tap: how it is tapped, then tokens without what tells of whom;
// with a right of its own, with it.
func TestTapStream(t *testing.T) {
	b := newBench(t)
	var did []string
	for _, tt := range []struct {
		query, how string
		masked     bool
		want       string
	}{{"", "masked", true, `"patient":"patient-`}, {"?patients=true", "with whom they are of", false, `"patient":"p-17"`}} {
		resp, err := b.browser(b.h.Staff("admin")).Get(b.url + tapPath + tt.query)
		if err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(resp.Body)
		var about control.TapAbout
		first := nextEvent(t, in)
		if err := json.Unmarshal([]byte(first["data"]), &about); err != nil || first["event"] != "tap" || about.Link != collected ||
			about.Node != "bedside" || about.Masked != tt.masked || about.PerSecond != 20 || about.APIVersion != control.APIVersion {
			t.Errorf("%s: the first event is %v (%v)", tt.query, first, err)
		}
		for seq := range 3 {
			e := nextEvent(t, in)
			var tok control.TapToken
			if err := json.Unmarshal([]byte(e["data"]), &tok); err != nil || e["event"] != "token" || tok.Seq != uint64(seq+1) || tok.Port != "out" ||
				tok.Masked != tt.masked || !strings.Contains(string(tok.Value), tt.want) {
				t.Errorf("%s: event %v (%v), want token %d with %s", tt.query, e, err, seq+1, tt.want)
			}
		}
		resp.Body.Close()
		did = append(did, "tap "+collected+" "+tt.how+" by "+adminURI, "untap "+collected+" by "+adminURI)
		b.did(did...)
	}
}

// did waits until the ward was told this.
func (b *bench) did(want ...string) {
	b.Helper()
	for deadline := time.Now().Add(5 * time.Minute); ; {
		got := b.ward.Did()
		if slices.Equal(got, want) {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("the ward was told %q, want %q", got, want)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// Who may not tap, what is no link, and what makes no sense.
func TestTapRefused(t *testing.T) {
	b := newBench(t, func(c *control.Config) {
		c.May = func(who control.Caller, a control.Ask) error {
			if a.Do == "patients" && who.ID.Name != "admin" || a.Do == "tap" && who.ID.Name == "visitor" {
				return fmt.Errorf("%w: %s may not %s %s", control.ErrDenied, who.ID.Name, a.Do, a.Actor)
			}
			return nil // also viewers, whatever the policy: the server has the last word on them
		}
	})
	nurse := b.browser(b.h.Staff("nurse"))
	for _, tt := range []struct {
		name   string
		who    *http.Client
		path   string
		status int
		want   string
	}{
		{"nobody", b.browser(flow.Signer{}), tapPath, 401, "log in first"},
		{"one-time link", b.viewer(), tapPath, 403, "a viewer may not GET"},
		{"no right", b.browser(b.h.Staff("visitor")), tapPath, 403, "visitor may not tap ward:bed1:collector"},
		{"no right to see of whom", nurse, tapPath + "?patients=1", 403, "nurse may not patients ward:bed1:collector"},
		{"no such link", nurse, strings.Replace(tapPath, "bed1:check", "bed9:check", 1), 404, "no such thing"},
		{"no link at all", nurse, "/api/v1/links/nonsense/tap", 400, "want FROM.PORT"},
		{"no such parameter", nurse, tapPath + "?all", 400, "want patients"},
		{"no such value", nurse, tapPath + "?patients=perhaps", 400, "want true or false"},
	} {
		if status, _, body := b.do(tt.who, "GET", tt.path, ""); status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: %d %s, want %d %s", tt.name, status, body, tt.status, tt.want)
		}
	}
	if did := b.ward.Did(); len(did) > 0 {
		t.Errorf("the ward was told %q, though all was refused", did)
	}
}

// A tap ends when its right does, when the server stops, and says why; when its
// reader has gone it ends, too.
func TestTapEnds(t *testing.T) {
	var denied atomic.Bool
	b := newBench(t, func(c *control.Config) {
		c.May = func(who control.Caller, a control.Ask) error {
			if a.Do == "tap" && denied.Load() {
				return fmt.Errorf("%w: not any more", control.ErrDenied)
			}
			return controltest.May(who, a)
		}
	})
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	ends := func(do func()) (why string) {
		err := c.Tap(t.Context(), control.TapQuery{Link: collected}, func(e control.TapEvent) bool {
			if e.Kind == control.TapHas && do != nil {
				do()
				do = nil
			}
			why = e.Why
			return true
		})
		if err != nil {
			t.Error(err)
		}
		return why
	}
	if why := ends(func() { denied.Store(true) }); !strings.Contains(why, "not any more") {
		t.Errorf("with its right gone it ends with %q", why)
	}
	once := []string{"tap " + collected + " masked by " + adminURI, "untap " + collected + " by " + adminURI}
	b.did(once...)
	denied.Store(false)
	ctx, cancel := context.WithCancel(t.Context())
	if err := c.Tap(ctx, control.TapQuery{Link: collected}, func(control.TapEvent) bool { cancel(); return true }); !errors.Is(err, context.Canceled) {
		t.Errorf("its reader has gone: %v", err)
	}
	b.did(append(once, once...)...)
	if why := ends(func() { go b.s.Close() }); why != "the node is stopping" {
		t.Errorf("with its server gone it ends with %q", why)
	}
}

// FuzzTapEvent: what a node sends is an event or an error.
func FuzzTapEvent(f *testing.F) {
	f.Add("token", []byte(`{"seq":1,"value":{"a":[1]}}`))
	f.Add("end", []byte(`{"why":"x"}`))
	f.Add("tap", []byte(`{}`))
	f.Add("skipped", []byte(`{"seen":-1}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		e, err := control.ReadTapEvent(control.TapKind(kind), data)
		if err != nil || e.Kind == "" {
			return
		}
		if _, err := json.Marshal(e); err != nil {
			t.Errorf("%s %q can't be written again: %v", kind, data, err)
		}
	})
}
