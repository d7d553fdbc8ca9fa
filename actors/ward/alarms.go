package ward

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// What the store's watch has to say goes to the capability "rules", if that has
// the method Alarm(flow.Alarm), so that people see it where they see refusals.

func (s *storage) alarm(all []flow.Alarm) {
	to, heard := s.rules.(interface{ Alarm(flow.Alarm) })
	for _, a := range all {
		if heard {
			to.Alarm(a)
			continue
		}
		s.env.Log().Warn("readings amiss", "peer", a.Who, "kind", a.Kind, "device", a.Device, "stream", a.Stream, "over", a.Over)
	}
}

// mostRefusedBefore is how many of a stream's refusals are read to see which
// numbers are accounted for.
const mostRefusedBefore = 1000

// meet has the watch know a stream: up to which number it is stored, and which
// of those after it were refused.
func (s *storage) meet(patient string, of proof.Stream) error {
	if s.watch.knows(of) {
		return nil
	}
	high, err := s.shelf.last(s.db, of)
	if err != nil {
		return err
	}
	var refused []uint64
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	q := store.Query{Device: of.Device, Stream: of.Name, Newest: true, Limit: mostRefusedBefore}
	for r, err := range s.db.Refusals(ctx, q) {
		if err != nil {
			return fmt.Errorf("read what was refused of %s: %w", of, err)
		}
		if r.Seq > high && high > 0 {
			refused = append(refused, r.Seq)
		}
	}
	s.watch.began(of, patient, high, refused)
	return nil
}

// expect has the watch know the streams of which readings wait: they came a
// moment before this activation, and should come to it as well.
func (s *storage) expect() error {
	now := s.env.Now()
	for _, w := range s.shelf.waiting {
		of := w.reading.Of()
		if s.watch.knows(of) {
			continue
		}
		if err := s.meet(w.patient, of); err != nil {
			return err
		}
		s.watch.expect(of, now)
		s.lookBy(now.Add(silentLeast))
	}
	return nil
}

// meetRefused is meet for the streams of which a window states refusals.
func (s *storage) meetRefused(patient string, refused []store.Refusal) error {
	for _, r := range refused {
		if r.Device == "" {
			continue // it could not be opened
		}
		if err := s.meet(patient, r.Stream); err != nil {
			return err
		}
	}
	return nil
}

// follow has the watch see a reading that its device has signed.
func (s *storage) follow(patient string, r *proof.Reading, now time.Time) {
	s.alarm(s.watch.came(patient, r, now))
	if s.watch.of(r.Of()).suspect.at.Equal(now) {
		s.lookBy(now.Add(lateFor))
	}
	s.lookBy(now.Add(silentLeast))
}

// followed has the watch see a window; it holds if wrong is nil.
func (s *storage) followed(w *proof.Window, refused []store.Refusal, wrong error, now time.Time) {
	by := ""
	if wrong == nil {
		for _, r := range refused {
			s.watch.refused(r.Stream, r.Seq)
		}
		if uris := w.Collector[0].URIs; len(uris) > 0 {
			by = uris[0].String()
		}
	}
	s.alarm(s.watch.window(w.Patient, by, now))
}

// looks says that it is time to look for streams that have stopped.
func (s *storage) looks() bool { return !s.look.IsZero() && !s.env.Now().Before(s.look) }

// lookAround is a firing without tokens.
func (s *storage) lookAround(f *flow.Firing) error {
	all, next := s.watch.look(f.Now)
	s.look = time.Time{}
	if !next.IsZero() {
		s.lookAt(next)
	}
	s.alarm(all)
	return nil
}

// lookBy has the watch look at a time at the latest.
func (s *storage) lookBy(t time.Time) {
	if s.look.IsZero() || t.Before(s.look) {
		s.lookAt(t)
	}
}

func (s *storage) lookAt(t time.Time) {
	s.look = t
	s.env.WakeAt(t)
}
