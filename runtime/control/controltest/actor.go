package controltest

import (
	"context"
	"fmt"
	"strings"

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
