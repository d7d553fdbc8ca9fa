package ward

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A hint is what a device is told that the rules say of its reading. The
// judgment that counts is made behind the collector; the intake judges with a
// memory of its own, of what it has itself found acceptable, so that the two
// seldom differ. It sees nothing of sensors that come another way.

// advice are rules without news of their changes.
type advice struct {
	judges interface {
		Judge(*flow.Case) (flow.Verdict, error)
	}
	remember func(kind string) (past int, beside []string)
	still    func(kind string) (within int64, asked bool)
}

func (a advice) Judge(c *flow.Case) (flow.Verdict, error) { return a.judges.Judge(c) }
func (a advice) Notify(func()) func()                     { return func() {} }
func (a advice) Remember(kind string) (past int, beside []string) {
	if a.remember == nil {
		return 0, nil
	}
	return a.remember(kind)
}

func (a advice) Still(kind string) (within int64, asked bool) {
	if a.still == nil {
		return 0, false
	}
	return a.still(kind)
}

// hintOf is the judge of an inlet that has the method Judge; nil if it has not.
func hintOf(inlet Inlet) *judge {
	j, ok := inlet.(interface {
		Judge(*flow.Case) (flow.Verdict, error)
	})
	if !ok {
		return nil
	}
	a := advice{judges: j}
	if r, ok := inlet.(interface {
		Remember(kind string) (past int, beside []string)
	}); ok {
		a.remember = r.Remember
	}
	if r, ok := inlet.(interface {
		Still(kind string) (within int64, asked bool)
	}); ok {
		a.still = r.Still
	}
	return &judge{rules: a, memory: memory{most: mostTraces}}
}

// hint judges what is sealed. All devices of an intake are of one patient.
func (j *judge) hint(t *taking, now time.Time) (flow.Verdict, error) {
	r := &proof.Reading{Reading: *t.reading(), Bytes: t.sealed.Bytes}
	v, err := j.ask("", t.arrival.By.Group, r, now)
	if err == nil && v.OK() {
		j.accept("", r)
	}
	return v, err
}
