package controltest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Report answers with what it was asked and by whom. Only collectors answer.
func (w *Ward) Report(_ context.Context, by flow.Identity, id flow.ActorID, args map[string]flow.Value) (flow.Value, error) {
	if err := w.has(id); err != nil {
		return nil, err
	}
	if !strings.HasSuffix(string(id), ":collector") {
		return nil, fmt.Errorf("%s answers nothing: %w", id, control.ErrConflict)
	}
	return map[string]any{"by": by.URI, "asked": args}, nil
}

// Letters gives each actor one, from a minute ago, until it is dropped.
func (w *Ward) Letters(_ context.Context, _ flow.Identity, id flow.ActorID) ([]control.Letter, error) {
	if err := w.has(id); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.ContainsFunc(w.did, func(s string) bool { return strings.HasPrefix(s, "drop letters of "+string(id)+" ") }) {
		return nil, nil
	}
	return []control.Letter{{Number: 1, At: w.now().Add(-time.Minute), Why: "no action takes exception tokens there",
		Tokens: map[string]any{"in": flow.Plain(flow.EOS)}}}, nil
}

// DropLetters notes that it was asked.
func (w *Ward) DropLetters(_ context.Context, by flow.Identity, id flow.ActorID, upto uint64) error {
	return w.note(id, fmt.Sprintf("drop letters of %s up to %d by %s", id, upto, by.URI))
}

// Resume notes that it was asked.
func (w *Ward) Resume(_ context.Context, by flow.Identity, id flow.ActorID) error {
	return w.note(id, "resume "+string(id)+" by "+by.URI)
}

func (w *Ward) note(id flow.ActorID, did string) error {
	if err := w.has(id); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.did = append(w.did, did)
	return nil
}

func (w *Ward) has(id flow.ActorID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if _, ok := w.apps[id.App()]; ok {
		for _, a := range actorsOf(id.App()) {
			if a.id == id {
				return nil
			}
		}
	}
	return fmt.Errorf("actor %q: %w", id, control.ErrNotFound)
}
