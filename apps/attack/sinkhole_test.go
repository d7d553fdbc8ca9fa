package attack

import (
	"fmt"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// AT-sinkhole: a node in good standing that swallows or bends what it should
// hand on.
func sinkholes() []attack {
	return []attack{
		{id: "AT-sinkhole a drops", has: "a node of the cluster, and so its collectors' keys", tries: "drops one reading in ten",
			record: []record{{records, flow.AuditReading, "/collector/bed-1"}}, do: dropSome},
		{id: "AT-sinkhole b delays", has: "a node of the cluster, and so its collectors' keys", tries: "hands readings on 30 s late",
			record: []record{{records, flow.AuditReading, "/collector/bed-1"}}, do: delaySome},
		{id: "AT-sinkhole d routes elsewhere", has: "a node of the cluster, and so its own actors' keys", tries: "offers a bed's readings to an actor that the application does not name",
			record: []record{{records, flow.AuditLink, "/node/" + string(ward)}}, do: routeElsewhere},
		{id: "AT-sinkhole c passes", has: "a node of the cluster, whose rule checks find nothing wrong", tries: "hands on what the rules refuse, and windows that nobody has judged", do: passRefused},
	}
}

// blindTypes are the actor types of a node whose rule checks pass everything.
func blindTypes() flow.Types {
	types := actors.All()
	check := types["ward.RuleCheck"]
	check.New = func(map[string]flow.Value) (flow.Actor, error) { return blind{}, nil }
	types["ward.RuleCheck"] = check
	return types
}

// A blind is a rule check that judges nothing.
type blind struct{}

func (blind) Start(flow.Env) error      { return nil }
func (blind) Stop()                     {}
func (blind) Save() ([]byte, error)     { return nil, nil }
func (blind) Restore(int, []byte) error { return nil }
func (blind) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"passed", "refused"}, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		return nil
	}}}
}

// passRefused has the ward's node run other code than the others. The store
// judges again. The windows that nobody has judged go into quarantine and count
// for their chains: the ward goes on after them.
func passRefused(t *testing.T, g *ground) string {
	g.stop(ward)
	g.startWith(ward, g.cfgs[ward], blindTypes())
	g.runs()
	d := newDevice(t, g.outside)
	s, err := d.send(g.intakeAt(), temperature(next(), "1.1"))
	if err != nil {
		t.Fatal(err)
	}
	var how string
	g.until("the store refuses it", func(s *control.Snapshot) string {
		for _, r := range s.Refusals {
			if text := fmt.Sprintf("%+v", r); r.Actor == g.actor("store") && contains(text, g.outside.ID.EPC) && contains(text, "1.1") {
				how = text
				return ""
			}
		}
		return fmt.Sprintf("it has %d refusals", len(s.Refusals))
	})
	t.Logf("the device was told %d %v", s.Status, s.Outcomes)
	g.stop(ward)
	g.start(ward)
	g.runs()
	return how
}

// routeElsewhere has the ward's node run another program, which offers a link from
// its own collector to the store, past the rule check, with everything the node
// has: its own key, and the collector's.
func routeElsewhere(_ *testing.T, g *ground) string {
	g.stop(ward)
	defer g.runs()
	defer g.start(ward)
	return g.offerAs(ward, records, flow.Link{From: flow.Endpoint{Actor: g.actor("bed_1:collect"), Port: "out"}, To: flow.Endpoint{Actor: g.actor("store"), Port: "in"}},
		g.file("ward", "identities", "bed-1"))
}
