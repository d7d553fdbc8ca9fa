package firing_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// failing is an action that fails on odd numbers in the way named.
func failing(how string) flow.Action {
	return flow.Action{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		v := f.In[0].Value
		n, _ := v.(int64)
		if n%2 == 0 {
			f.Give(0, v)
			return nil
		}
		switch how {
		case "panics":
			panic("odd")
		case "gives what can't be carried":
			f.Give(0, struct{}{})
			return nil
		case "gives where there is no port":
			f.Give(3, v)
			return nil
		case "is unfit":
			return fmt.Errorf("odd: %w", flow.ErrUnfit)
		case "waits":
			return flow.ErrLater
		}
		return errors.New("an odd number")
	}}
}

// What an action can't do becomes a letter, and the actor goes on, unless its
// type wants it otherwise.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		how    string
		policy flow.FaultPolicy
		why    string // of the letter; "": none, and the token stays
	}{
		{"fails", "", "an odd number"},
		{"fails", flow.FaultLetter, "an odd number"},
		{"fails", flow.FaultRetry, ""},
		{"fails", flow.FaultStop, ""},
		{"panics", "", "panic: odd"},
		{"panics", flow.FaultStop, ""},
		{"gives what can't be carried", "", "given on out-port out: a token can't carry a Go struct {}; see flow.Value for what it can"},
		{"gives where there is no port", "", "given on out-port 3 of 1"},
		{"waits", "", ""},
		{"is unfit", flow.FaultRetry, "odd: these tokens will never do"},
		{"is unfit", flow.FaultStop, "odd: these tokens will never do"},
	} {
		t.Run(tt.how+" "+string(tt.policy), func(t *testing.T) {
			r := newRig(t, 1, 1, "", "", actor{actions: []flow.Action{failing(tt.how)}},
				func(c *firing.Config) { c.Spec = &flow.Spec{Fault: tt.policy} })
			r.ins[0].put(int64(1), int64(2))
			res, err := r.acts.Fire(now)
			if tt.why == "" {
				if err == nil || res.Fired || r.ins[0].Len() != 2 || len(r.box.letters) > 0 {
					t.Fatalf("%+v, %v; %d tokens left", res, err, r.ins[0].Len())
				}
				if errors.Is(err, flow.ErrLater) != (tt.how == "waits") || errors.As(err, new(*firing.Panic)) != (tt.how == "panics") {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || !res.Fired || res.Letters != 1 || res.Fault == nil || r.outs[0].Len() > 0 {
				t.Fatalf("%+v, %v", res, err)
			}
			if broken := tt.how == "panics" || strings.HasPrefix(tt.how, "gives "); firing.Broken(res.Fault) != broken {
				t.Errorf("Broken(%v) = %v", res.Fault, !broken)
			}
			l := r.box.letters[0]
			if l.Why != tt.why || !l.At.Equal(now) || len(l.Tokens) != 1 || l.Tokens[0].Token.Value != int64(1) {
				t.Errorf("letter %+v, want %q", l, tt.why)
			}
			if res, err = r.acts.Fire(now); err != nil || res.Fault != nil || r.outs[0].Len() != 1 {
				t.Errorf("after it: %+v, %v", res, err)
			}
		})
	}
}

// An action that takes nothing has nothing to write a letter about.
func TestFaultOfASource(t *testing.T) {
	r := newRig(t, 0, 1, "", "", actor{actions: []flow.Action{{Out: []string{"out"},
		Fire: func(*flow.Firing) error { return errors.New("broken") }}}})
	if res, err := r.acts.Fire(now); err == nil || res.Fired || len(r.box.letters) > 0 {
		t.Errorf("%+v, %v", res, err)
	}
}

// A letter goes where dead_letter leads; the exception in it can be read by
// actors that take none.
func TestLinkedLetters(t *testing.T) {
	act := pass()
	act.Exceptions = false
	r := newRig(t, 1, 1, "", "", actor{actions: []flow.Action{act}}, linked(1))
	r.ins[0].put(flow.EOS, flow.Exceptional("no"), "x")
	for r.fire(t) {
	}
	want := dict("actor", "app:actor", "why", "no action takes exception tokens there",
		"tokens", dict("in", dict("$exception", "EOSToken", "value", "End of stream")))
	if got := r.letters.values(); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Fatalf("letters %v, want %v", got, want)
	}
	if _, err := flow.AppendValue(nil, r.letters.values()[0]); err != nil {
		t.Error(err)
	}
	if r.ins[0].Len() != 2 || len(r.box.letters) > 0 {
		t.Errorf("without room for the second letter %d tokens are left, want 2", r.ins[0].Len())
	}
	r.letters.limit = 2
	for r.fire(t) {
	}
	if got := r.outs[0].values(); len(got) != 1 || got[0] != "x" {
		t.Errorf("gives %v, want [x]", got)
	}
	if want := "dead_letter map["; !strings.HasPrefix(r.given[0], want) {
		t.Errorf("Given is told %q", r.given)
	}
}

// With a full box the actor stands still, and its token stays.
func TestFullBox(t *testing.T) {
	for name, a := range map[string]struct {
		actor   actor
		routing string
		token   flow.Value
	}{
		"an exception": {actor{actions: []flow.Action{failing("fails")}}, "", flow.EOS},
		"a fault":      {actor{actions: []flow.Action{failing("fails")}}, "", int64(1)},
		"a mapping":    {actor{actions: []flow.Action{pass()}}, "dispatch-mapped", "text"},
	} {
		r := newRig(t, 1, 1, "", a.routing, a.actor)
		r.box.limit = 0
		r.ins[0].put(a.token)
		if _, err := r.acts.Fire(now); !errors.Is(err, firing.ErrLettersFull) || r.ins[0].Len() != 1 {
			t.Errorf("%s: %v, %d tokens left", name, err, r.ins[0].Len())
		}
		r.box.limit = 1
		if res, err := r.acts.Fire(now); err != nil || res.Letters != 1 || !r.box.Full() {
			t.Errorf("%s, after the box was emptied: %+v, %v", name, res, err)
		}
	}
}

// Letters too large for a token, and the second of one firing, go into the box
// even if dead_letter is linked.
func TestLettersThatLinksCantTake(t *testing.T) {
	big := strings.Repeat("x", flow.MaxToken/2+1)
	two := flow.Action{In: []string{"in", "more"}, Fire: func(*flow.Firing) error { return errors.New("no") }}
	r := newRig(t, 1, 0, "", "", actor{actions: []flow.Action{two}}, linked(4), func(c *firing.Config) {
		more := c.In[0]
		more.Link.To.Port = "more"
		q := &queue{limit: 1}
		q.put(big)
		more.End = q
		c.In = append(c.In, more)
	})
	r.ins[0].put(big)
	r.fire(t)
	if len(r.box.letters) != 1 || r.letters.Len() != 0 {
		t.Errorf("%d letters in the box, %d on the link", len(r.box.letters), r.letters.Len())
	}

	twice := flow.Action{In: []string{"in"}, Out: []string{"out", "also"}, Fire: func(f *flow.Firing) error {
		f.Give(0, "text")
		f.Give(1, "text")
		return nil
	}}
	r = newRig(t, 1, 1, "", "dispatch-mapped", actor{actions: []flow.Action{twice}}, linked(1), func(c *firing.Config) {
		also := c.Out[0]
		also.Link.From.Port = "also"
		c.Out = append(c.Out, also)
		c.Node.Ports["out:also"] = map[string]any{"routing": "dispatch-mapped"}
	})
	r.ins[0].put("x")
	r.fire(t)
	if len(r.box.letters) != 1 || r.letters.Len() != 1 {
		t.Errorf("%d letters in the box, %d on the link", len(r.box.letters), r.letters.Len())
	}
}

// A type that has an out-port of the name keeps it for itself.
func TestOwnDeadLetterPort(t *testing.T) {
	act := failing("fails")
	act.Out = []string{firing.DeadLetter}
	r := newRig(t, 1, 0, "", "", actor{actions: []flow.Action{act}}, linked(4),
		func(c *firing.Config) { c.Spec = &flow.Spec{Out: []flow.Port{{Name: firing.DeadLetter}}} })
	r.ins[0].put(int64(1), int64(2))
	for r.fire(t) {
	}
	if len(r.box.letters) != 1 || len(r.letters.values()) != 1 || r.letters.values()[0] != int64(2) {
		t.Errorf("box %v, port %v", r.box.letters, r.letters.values())
	}
}
