package ward_test

import (
	"testing"

	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A knowing inlet says what rules make of a reading.
type knowing struct {
	*inlet
	rules *attentive
}

func (k knowing) Judge(c *flow.Case) (flow.Verdict, error)         { return k.rules.Judge(c) }
func (k knowing) Remember(kind string) (past int, beside []string) { return k.rules.Remember(kind) }

// What a device is told of its readings is found with those before them in view.
func TestIntakeRemembersForItsHint(t *testing.T) {
	g := newGateway(t)
	rules := &attentive{rules: &rules{low: 30_000_000}}
	g.intake.Env.Offer("ingest", ward.Inlet(knowing{g.inlet, rules}))
	g.intake.Restart()
	for i, tenths := range []int64{360, 290, 362, 363} {
		r := g.reading(g.therm, uint64(i+1))
		r.Samples[0] = tenths
		g.arrive(&flow.Arrival{By: g.therm.ID, Reading: r})
		g.flows()
	}
	g.wants(t, "1 accepted", "2 too low", "3 accepted", "4 accepted")
	same(t, "the intake", rules.shown, "360 1B:", "290 1B: 360", "362 1B: 360", "363 1B: 362 360")
}
