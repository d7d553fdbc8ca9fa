package ward

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// How far from now a window may have been signed (security.md section 4.3).
const (
	ahead  = 30 * time.Second
	behind = 48 * time.Hour
)

var (
	errUnjudged = errors.New("nobody has judged the window")
	errTime     = errors.New("the window was not signed about now")
	errOther    = errors.New("a reading of the window came as another patient's")
)

// holds checks a window against all that is known here. wrong says what does not
// hold; else next is what its chain reaches with it, and refused are the
// refusals its judgments state. An error means that nothing can be said now.
func (s *storage) holds(w *proof.Window, prior proof.Prior, now time.Time) (next proof.Prior, refused []store.Refusal, wrong, err error) {
	trust := proof.Once(s.trust)
	if next, wrong = w.Verify(trust, prior); wrong != nil {
		return prior, nil, wrong, nil
	}
	if len(w.Judgments) == 0 {
		return prior, nil, errUnjudged, nil
	}
	if w.Closed.Sub(now) > ahead || now.Sub(w.Closed) > behind || w.Last.Sub(now) > ahead {
		return prior, nil, fmt.Errorf("%w: at %s, its last sample at %s", errTime, w.Closed.Format(time.RFC3339), w.Last.Format(time.RFC3339)), nil
	}
	if refused, wrong = store.RefusalsOf(w); wrong != nil {
		return prior, nil, wrong, nil
	}
	for i, leaf := range w.Leaves {
		if f, _ := w.Verdict(i); !f.OK() {
			continue
		}
		kept, ok, err := s.shelf.find(s.db, w.Patient, leaf)
		switch {
		case err != nil:
			return prior, nil, nil, err
		case !ok:
			continue
		case kept.patient != w.Patient:
			return prior, nil, fmt.Errorf("%w: leaf %d", errOther, i), nil
		}
		if wrong := w.Check(trust, i, kept.reading); wrong != nil {
			return prior, nil, fmt.Errorf("leaf %d: %w", i, wrong), nil
		}
	}
	return next, refused, nil, nil
}
