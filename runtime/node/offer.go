package node

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// The names that actors ask for. A node offers those it has been given
// something for.
const (
	capStdout     = "io.stdout"
	capRecordings = "recordings"
	capCard       = "card"
	capStore      = "store"
	capRules      = "rules"
	capIdentities = "identities"
	capChain      = "chain"
	capPayer      = "chain.payer"
	identityOf    = "identity." // and the name of a certificate
)

// An offer is what this node gives to actors, by capability. A value may be a
// func(flow.ActorID) any: then each actor gets its own.
type offer map[string]any

// names are the capabilities, sorted, as membership announces them.
func (o offer) names() []string { return slices.Sorted(maps.Keys(o)) }

// give is what the engine asks for an actor.
func (o offer) give(actor flow.ActorID, name string) (any, error) {
	v, ok := o[name]
	if !ok {
		return nil, fmt.Errorf("this node offers no capability %s; it offers %s", name, strings.Join(o.names(), ", "))
	}
	if each, ok := v.(func(flow.ActorID) any); ok {
		return each(actor), nil
	}
	return v, nil
}

// loadIdentities reads the certificates that actors here may speak with: one
// folder each. It does not judge them: the other end of a link does.
func loadIdentities(dir string) (map[string]flow.Signer, error) {
	found := map[string]flow.Signer{}
	if dir == "" {
		return found, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		s, err := pki.LoadSigner(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read identity %s: %w", e.Name(), err)
		}
		found[e.Name()] = s
	}
	return found, nil
}

// folders are several directories as one file system: the first part of a name
// is the base name of a directory.
type folders map[string]fs.FS

func newFolders(dirs []string) (folders, error) {
	f := folders{}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("recordings: %s is not a directory", dir)
		}
		base := filepath.Base(dir)
		if f[base] != nil {
			return nil, fmt.Errorf("recordings: two directories are called %s", base)
		}
		f[base] = os.DirFS(dir)
	}
	return f, nil
}

// Open opens DIR/FILE.
func (f folders) Open(name string) (fs.File, error) {
	dir, rest, ok := strings.Cut(name, "/")
	if !ok || f[dir] == nil {
		return nil, &fs.PathError{Op: "open", Path: name,
			Err: fmt.Errorf("%w: want FOLDER/FILE with a folder of %v", fs.ErrNotExist, slices.Sorted(maps.Keys(f)))}
	}
	return f[dir].Open(rest)
}
