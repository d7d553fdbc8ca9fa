package proof

import "fmt"

// Link checks only what makes a window the next one of its chain, whatever else
// is wrong with it, and returns what the window after it must follow:
//
//   - the card's chain held when the card signed, and is a patient's ([ErrCertificate])
//   - that patient is the window's ([ErrPatient])
//   - number and previous hash follow prior ([ErrChain])
//   - the card signed it ([ErrCard])
//
// A window that does not hold, and is a link, goes into quarantine and counts for
// its chain: the card signs one window of each number, so there will be no
// other. Nothing of it is recorded, so the streams stay as they are, and another
// copy of it that holds may take its place; see [Prior.Before].
func (w *Window) Link(t Trust, prior Prior) (Prior, error) {
	if err := w.link(t, prior); err != nil {
		return prior, fmt.Errorf("window %d (%x): %w", w.Number, w.Hash[:4], err)
	}
	return w.After(prior), nil
}

func (w *Window) link(t Trust, prior Prior) error {
	if err := w.verifyCard(t); err != nil {
		return err
	}
	if err := w.follows(prior); err != nil {
		return err
	}
	return w.signed.verify(w.Card[0], ErrCard)
}

// After is what the window after this one must follow when this one is in
// quarantine.
func (w *Window) After(prior Prior) Prior {
	return Prior{Number: w.Number, Hash: w.Hash, Streams: prior.Streams, Quarantined: true}
}

// Before is what a window must follow that may stand in for the last one of the
// chain: that one is in quarantine, and this is a copy of it, with other
// judgments, leaves or certificates beside what the card signed. For any other
// window it is p.
func (p Prior) Before(w *Window) Prior {
	if p.Quarantined && w.Number == p.Number && w.Hash == p.Hash {
		return Prior{Number: w.Number - 1, Hash: w.Prev, Streams: p.Streams}
	}
	return p
}

// follows checks number and previous hash.
func (w *Window) follows(prior Prior) error {
	switch {
	case w.Number != prior.Number+1:
		return fmt.Errorf("%w: number %d comes after %d", ErrChain, w.Number, prior.Number)
	case w.Prev != prior.Hash:
		return fmt.Errorf("%w: it names %x as the window before, that is %x", ErrChain, w.Prev[:4], prior.Hash[:4])
	}
	return nil
}

// passed adds what the window says of its streams to those of windows before,
// in quarantine or not: the numbers that have come.
func (w *Window) passed(came map[Stream]uint64) map[Stream]uint64 {
	if came == nil {
		came = map[Stream]uint64{}
	}
	for _, s := range w.Spans {
		came[s.Stream] = max(came[s.Stream], s.Last)
	}
	return came
}
