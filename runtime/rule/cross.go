package rule

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A cross holds native verdicts against the contract: every refusal, and one in
// so many of the accepted. It is done before the verdict is given, so that none
// is given that the contract was asked about and does not share. A disagreement
// ends native judging: the contract judges from then on.
type cross struct {
	disagreed              atomic.Bool
	agreed, differed, lost atomic.Uint64
}

// A Disagreement is a native verdict that the contract does not share.
type Disagreement struct {
	Native   flow.Verdict
	Contract flow.Verdict
	Kind     string // LOINC code of the reading
}

// String says it without a value of the patient's.
func (d *Disagreement) String() string {
	return fmt.Sprintf("a reading of kind %s of group %s at block %d: natively %s (rule %s, version %d, epoch %d), by the contract %s (rule %s, version %d, epoch %d)",
		quoted(d.Kind), quoted(d.Native.Group), d.Native.Block, d.Native.Reason, d.Native.Rule, d.Native.Version, d.Native.Epoch,
		d.Contract.Reason, d.Contract.Rule, d.Contract.Version, d.Contract.Epoch)
}

// refusal has the contract look at a refusal. What it says stands; without its
// answer the reading waits.
func (b *Book) refusal(w *view, f *facts, v flow.Verdict) (flow.Verdict, error) {
	a, err := w.ask(f)
	if err != nil {
		b.cross.lost.Add(1)
		return flow.Verdict{}, later(fmt.Errorf("a refusal can't be checked by the contract: %w", err))
	}
	return b.compare(w, f, v, a), nil
}

// sample has the contract look at an accepted reading, if it can be asked.
func (b *Book) sample(w *view, f *facts, v flow.Verdict) flow.Verdict {
	a, err := w.ask(f)
	if err != nil {
		if b.cross.lost.Add(1) == 1 {
			b.cfg.Log.Info("verdict could not be checked by the contract", "block", w.head.Number, "err", err)
		}
		return v
	}
	return b.compare(w, f, v, a)
}

// compare gives the verdict that holds.
func (b *Book) compare(w *view, f *facts, v flow.Verdict, a answer) flow.Verdict {
	if a.same(v) {
		b.cross.agreed.Add(1)
		return v
	}
	b.cross.differed.Add(1)
	d := &Disagreement{Native: v, Kind: f.Reading.Kind}
	d.Native.Block = w.head.Number
	d.Contract = w.set.verdict(f, a)
	d.Contract.Block = w.head.Number
	if !b.cross.disagreed.Swap(true) {
		b.cfg.Log.Error("the contract does not share a native verdict: it judges itself from now on", "what", d.String())
		if b.cfg.Alarm != nil {
			b.cfg.Alarm(d)
		}
	}
	return d.Contract
}

// ask has the manager's contract judge, in the view's block.
func (w *view) ask(f *facts) (a answer, err error) {
	err = w.states.use(func(st chain.State) error {
		var e error
		a, e = w.set.ask(st, f)
		return e
	})
	return a, err
}

// byContract has the contract judge. One that has no answer is no reason to
// accept nor to refuse.
func (b *Book) byContract(w *view, f *facts) (flow.Verdict, error) {
	a, err := w.ask(f)
	var rev *chain.RevertError
	switch {
	case errors.As(err, &rev), errors.Is(err, errAnswer):
		return flow.Verdict{}, later(fmt.Errorf("the rule manager does not judge: %w", err))
	case err != nil:
		return flow.Verdict{}, later(err)
	}
	return w.set.verdict(f, a), nil
}
