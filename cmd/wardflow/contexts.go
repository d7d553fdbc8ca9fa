package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/control"
)

// Contexts: which cluster a command speaks to, and as whom. Each is a file; the
// named ones are in one folder, beside a file that says which is in use.

// A choice is a context that was found, and how.
type choice struct {
	name string // "": a file that has no name
	file string
	why  string // for people: "chosen with wardflow context use"
}

// contextName is what a context may be called: part of a file's name.
var contextName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`)

// wardflowFolder is the person's own configuration; "" if there is no home.
func wardflowFolder() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "wardflow")
}

// contextFile is where the context of a name is.
func contextFile(name string) (string, error) {
	dir := wardflowFolder()
	switch {
	case !contextName.MatchString(name) || isContextFile(name):
		return "", usageError{fmt.Errorf("context name %q: want letters, digits, '.', '_' or '-', at most 63, not ending in .yaml", name)}
	case dir == "":
		return "", errors.New("no configuration folder: set HOME or XDG_CONFIG_HOME")
	}
	return filepath.Join(dir, "contexts", name+".yaml"), nil
}

// isContextFile tells a file from a name, in --context and WARDFLOW_CONTEXT.
func isContextFile(said string) bool {
	return strings.ContainsRune(said, filepath.Separator) || slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(said))
}

// chosen is the context in use; its file is "" if there is none. Said is what
// --context said.
func chosen(said string) (choice, error) {
	for _, from := range []struct{ said, why string }{{said, "given with --context"}, {os.Getenv("WARDFLOW_CONTEXT"), "by WARDFLOW_CONTEXT"}} {
		switch {
		case from.said == "":
			continue
		case isContextFile(from.said):
			return choice{file: from.said, why: from.why}, nil
		}
		file, err := namedContext(from.said)
		return choice{from.said, file, from.why}, err
	}
	if here := filepath.Join("wardflow-data", "context.yaml"); isFile(here) {
		return choice{file: here, why: "in this folder"}, nil
	}
	if name, err := inUse(); err != nil {
		return choice{}, err
	} else if name != "" {
		file, err := namedContext(name)
		return choice{name, file, "chosen with wardflow context use"}, err
	}
	if file := filepath.Join(wardflowFolder(), "context.yaml"); isFile(file) {
		return choice{file: file, why: "in your configuration folder"}, nil
	}
	return choice{}, nil
}

// namedContext is the file of a context that is there.
func namedContext(name string) (string, error) {
	file, err := contextFile(name)
	if err != nil || isFile(file) {
		return file, err
	}
	all, _ := contextNames() // only to suggest one
	if near := nearest(name, all); near != "" {
		return "", notFound(fmt.Errorf("there is no context %s: did you mean %s?", name, near))
	}
	return "", notFound(fmt.Errorf("there is no context %s\n  `wardflow context list` shows what there is, `wardflow context add %s` makes one", name, name))
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// contextNames are those that there are, sorted.
func contextNames() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(wardflowFolder(), "contexts"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("contexts: %w", err)
	}
	names := []string{}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".yaml")
		if ok && e.Type().IsRegular() && contextName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// inUse is the name that wardflow context use chose, "" for none.
func inUse() (string, error) {
	text, err := os.ReadFile(filepath.Join(wardflowFolder(), "current"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("the context in use: %w", err)
	}
	name := strings.TrimSpace(string(text))
	if name != "" && !contextName.MatchString(name) {
		return "", fmt.Errorf("%s holds no name of a context: `wardflow context use NAME` writes it anew", filepath.Join(wardflowFolder(), "current"))
	}
	return name, nil
}

// use chooses a context, or with "" none.
func use(name string) error {
	file := filepath.Join(wardflowFolder(), "current")
	if name == "" {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("use no context: %w", err)
		}
		return nil
	}
	return writeOwn(file, []byte(name+"\n"))
}

// writeOwn writes a file of the person's own, whole or not at all.
func writeOwn(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer os.Remove(f.Name()) // it is gone if all went well
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

// readContext reads a context, with its paths as they are from here.
func readContext(file string) (reach, error) {
	var r reach
	text, err := os.ReadFile(file)
	if err != nil {
		return r, fmt.Errorf("context: %w", err)
	}
	if err := yaml.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("context %s: %w", file, err)
	}
	r.Cert, r.Trust = beside(file, r.Cert), beside(file, r.Trust)
	return r, nil
}

// A contextView is a context for people and programs.
type contextView struct {
	APIVersion string `json:"apiVersion,omitempty"` // when it is a document by itself
	Name       string `json:"name"`                 // of a context without one its file
	File       string `json:"file"`
	Current    bool   `json:"current"`
	Why        string `json:"why,omitempty"` // the current one: how it was chosen
	Node       string `json:"node"`
	Cert       string `json:"cert"`
	Trust      string `json:"trust"`
	Error      string `json:"error,omitempty"` // it can't be read

	Holder *holderView `json:"holder,omitempty"`
}

func viewContext(c choice, current bool) contextView {
	v := contextView{Name: or(c.name, c.file), File: c.file, Current: current}
	if current {
		v.Why = c.why
	}
	r, err := readContext(c.file)
	if err != nil {
		v.Error = err.Error()
	}
	v.Node, v.Cert, v.Trust = r.Node, r.Cert, r.Trust
	return v
}

// viewContexts are the named contexts, and the current one if it has no name.
func viewContexts(said string) ([]contextView, error) {
	names, err := contextNames()
	if err != nil {
		return nil, err
	}
	now, err := chosen(said)
	if err != nil && exitCode(err) != exitNotFound {
		return nil, err
	}
	views := []contextView{}
	if now.file != "" && now.name == "" {
		views = append(views, viewContext(now, true))
	}
	for _, name := range names {
		file, err := contextFile(name)
		if err != nil {
			return nil, err
		}
		c := choice{name: name, file: file}
		if name == now.name {
			c.why = now.why
		}
		views = append(views, viewContext(c, name == now.name))
	}
	return views, nil
}

// document version of a view that stands alone.
func (v contextView) alone() contextView {
	v.APIVersion = control.APIVersion
	return v
}
