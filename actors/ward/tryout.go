package ward

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A Tryout judges readings as [RuleCheck] does, with the same memory of what it
// accepted, but asks nobody who measured them: for trying rules on what was
// recorded. One goroutine uses it.
type Tryout struct{ judge judge }

// NewTryout tries rules; what their Notify is given is never called.
func NewTryout(rules Rules) *Tryout {
	return &Tryout{judge{rules: rules, memory: memory{most: mostTracesStored}}}
}

// Judge judges a reading of a device of the group, at the time now. It remembers
// what is accepted. Readings of one stream come in the order of their numbers.
func (t *Tryout) Judge(patient, group string, r *proof.Reading, now time.Time) (flow.Verdict, error) {
	v, err := t.judge.ask(patient, group, r, now)
	if err == nil && v.OK() {
		t.judge.accept(patient, r)
	}
	return v, err
}
