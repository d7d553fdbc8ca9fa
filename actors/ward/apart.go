package ward

import (
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// apart puts a window that does not hold into quarantine, as a link of its chain
// if it is one.
func (s *storage) apart(w *proof.Window, prior proof.Prior, wrong error, now time.Time, peer flow.Identity) {
	next, err := w.Link(s.trust, prior)
	if err != nil {
		s.quarantine(store.Quarantine{Patient: w.Patient, Number: w.Number, Bytes: w.Bytes, Err: wrong.Error(), At: now}, peer)
		return
	}
	s.warn(w.Number, wrong.Error(), peer)
	s.shelf.heads[chainOf(w)] = next
	s.batch.windows = append(s.batch.windows, taken{window: store.Window{Window: w, Stored: now, Quarantine: wrong.Error()}})
}

func (s *storage) quarantine(q store.Quarantine, peer flow.Identity) {
	s.warn(q.Number, q.Err, peer)
	s.batch.quarantine = append(s.batch.quarantine, q)
}

func (s *storage) warn(number uint64, why string, peer flow.Identity) {
	s.env.Log().Warn("window put into quarantine", "peer", peer.URI, "window", number, "err", why)
}

// setApart puts a window of the batch, which its card has signed, into quarantine
// where it stands in its chain.
func (s *storage) setApart(patient string, number uint64, why error) bool {
	i := s.batch.find(patient, number, func(w store.Window) bool { return w.Quarantine == "" })
	if i < 0 {
		return false
	}
	w := s.batch.windows[i].window
	s.warn(number, why.Error(), flow.Identity{})
	w.Quarantine = why.Error()
	s.batch.windows[i] = taken{window: w}
	s.astray = true
	return true
}

// unwind takes a window that another storing actor was quicker with out of the
// batch and into quarantine. Those after it may still follow.
func (s *storage) unwind(patient string, number uint64, why error) bool {
	i := s.batch.find(patient, number, func(store.Window) bool { return true })
	if i < 0 {
		return false
	}
	w := s.batch.windows[i].window
	s.batch.windows = slices.Delete(slices.Clone(s.batch.windows), i, i+1)
	s.quarantine(store.Quarantine{Patient: patient, Number: number, Bytes: w.Bytes, Err: why.Error(), At: w.Stored}, flow.Identity{})
	s.astray = true
	return true
}

func (b *batch) find(patient string, number uint64, also func(store.Window) bool) int {
	return slices.IndexFunc(b.windows, func(t taken) bool {
		return t.window.Patient == patient && t.window.Number == number && also(t.window)
	})
}
