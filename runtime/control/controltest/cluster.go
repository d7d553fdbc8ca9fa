package controltest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Move notes that it was asked. The store is bound to records.
func (w *Ward) Move(_ context.Context, by flow.Identity, id flow.ActorID, node flow.NodeID) error {
	if err := w.has(id); err != nil {
		return err
	}
	if node != "" {
		if err := w.hasNode(node); err != nil {
			return err
		}
	}
	if strings.HasSuffix(string(id), ":store") && node != "records" {
		return fmt.Errorf("%s requires store, which only records offers: %w", id, control.ErrUnplaceable)
	}
	return w.change(func() {
		if node == "" {
			delete(w.moved, id)
		} else {
			w.moved[id] = control.Pin{Node: node, By: by.URI, At: w.now()}
		}
	}, "move "+string(id)+" to "+strconv.Quote(string(node))+" by "+by.URI)
}

// Scale notes that it was asked. Only rule checks may have replicas.
func (w *Ward) Scale(_ context.Context, by flow.Identity, id flow.ActorID, replicas int) error {
	if err := w.has(id); err != nil {
		return err
	}
	if !strings.HasSuffix(string(id), ":check") {
		return fmt.Errorf("the script does not say manual_scaling for %s: %w", id, control.ErrConflict)
	}
	return w.change(func() { w.replicas[id] = replicas }, fmt.Sprintf("scale %s to %d by %s", id, replicas, by.URI))
}

// Drain sends what may leave a host to another, at once.
func (w *Ward) Drain(_ context.Context, by flow.Identity, node flow.NodeID, on bool) error {
	if err := w.hasNode(node); err != nil {
		return err
	}
	what := "drain "
	if !on {
		what = "undrain "
	}
	return w.change(func() { w.drained[node] = on }, what+string(node)+" by "+by.URI)
}

// Leave takes a host out, with all that could not be moved.
func (w *Ward) Leave(_ context.Context, by flow.Identity, node flow.NodeID) error {
	if err := w.hasNode(node); err != nil {
		return err
	}
	if node == "ward" {
		return fmt.Errorf("%s is the only voter that leads here: %w", node, control.ErrConflict)
	}
	return w.change(func() { w.left[node], w.drained[node] = true, true }, "leave "+string(node)+" by "+by.URI)
}

// Vote adds and removes voters.
func (w *Ward) Vote(_ context.Context, by flow.Identity, node flow.NodeID, on bool) error {
	if err := w.hasNode(node); err != nil {
		return err
	}
	what := "add voter "
	if !on {
		what = "remove voter "
	}
	return w.change(func() {
		w.voters = slices.DeleteFunc(w.voters, func(v flow.NodeID) bool { return v == node })
		if on {
			w.voters = append(w.voters, node)
			slices.Sort(w.voters)
		}
	}, what+string(node)+" by "+by.URI)
}

// backupText is a whole backup of the ward.
const backupText = "a backup of the ward\n"

// Backup writes a line.
func (w *Ward) Backup(_ context.Context, by flow.Identity, to io.Writer) error {
	if err := w.change(func() {}, "backup by "+by.URI); err != nil {
		return err
	}
	_, err := io.WriteString(to, backupText)
	return err
}

// Restore takes what Backup wrote, with force.
func (w *Ward) Restore(_ context.Context, by flow.Identity, from io.Reader, force bool) error {
	text, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	if string(text) != backupText {
		return fmt.Errorf("this is no backup of a register: %w", control.ErrInvalid)
	}
	if !force {
		return fmt.Errorf("the register holds 1 application: %w", control.ErrConflict)
	}
	return w.change(func() {}, "restore by "+by.URI)
}

// Rotate notes that it was asked.
func (w *Ward) Rotate(_ context.Context, by flow.Identity) error {
	return w.change(func() {}, "rotate by "+by.URI)
}

// change does something and notes what, if there is a majority.
func (w *Ward) change(do func(), did string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if err := w.majority(); err != nil {
		return err
	}
	do()
	w.did = append(w.did, did)
	return nil
}

// majority is an error unless most of the voters are up. w.mu is held.
func (w *Ward) majority() error {
	up := 0
	for _, v := range w.voters {
		if w.down[v] == "" {
			up++
		}
	}
	if 2*up <= len(w.voters) {
		return fmt.Errorf("no leader: %w", control.ErrUnavailable)
	}
	return nil
}

func (w *Ward) hasNode(id flow.NodeID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.nodes() {
		if n.ID == id {
			return nil
		}
	}
	return fmt.Errorf("node %q: %w", id, control.ErrNotFound)
}
