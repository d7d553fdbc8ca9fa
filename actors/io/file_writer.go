package ioactors

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/files"
	"github.com/wardflow/wardflow/runtime/flow"
)

// FileWriter is io.FileWriter. Its files are basename00000.suffix,
// basename00001.suffix and so on. What is there already is never written over:
// its number is passed over.
//
// A file is made with the first token for it. How long it has got is state:
// after a crash the file is cut to what the last checkpoint knew, so that a
// token is in it once. Before a checkpoint the file is brought to the disk. On
// another node a new file is begun.
func FileWriter() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.FileWriter", Fault: flow.FaultRetry,
			Doc: "Write tokens to files, one after the other; the end of a stream begins a new file",
			Args: []flow.ArgSpec{
				{Name: "basename", Doc: "FOLDER/NAME of the folders that the node allows to be written", Kind: "string", Required: true},
				{Name: "suffix", Doc: "what follows the number and a dot", Kind: "string", Default: ""}},
			In:       []flow.Port{{Name: "data", Doc: "a string as it is, all else as JSON; nothing is put between two"}},
			Requires: []string{"io.filewriter"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			w := &fileWriter{base: a.Name("basename"), suffix: strings.TrimPrefix(a.Text("suffix"), ".")}
			return w, a.Err()
		},
	}
}

// A writing folder makes files and opens them again.
type writingFolder interface {
	Create(name string) (files.File, error)
	Append(name string) (files.File, error)
}

type fileWriter struct {
	base, suffix string
	folder       writingFolder
	file         files.File
	dirty        bool // written since the last sync

	// State. counter is the number of the file begun, or the next one's; size
	// how long it is.
	counter int64
	begun   bool
	size    int64
}

// Start finds the folders, and opens the file that was begun.
func (w *fileWriter) Start(env flow.Env) (err error) {
	w.folder, err = devices.Need[writingFolder](env, "io.filewriter")
	if err != nil || !w.begun {
		return err
	}
	switch err := w.reopen(); {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errShort):
		env.Log().Info("file is not here, a new one begins", "file", w.name())
		w.begun, w.counter, w.size = false, w.counter+1, 0
	case err != nil:
		return err
	}
	return nil
}

var errShort = errors.New("the file is shorter than what was written")

// reopen opens the file that was begun, and cuts off what no checkpoint knows.
func (w *fileWriter) reopen() error {
	file, err := w.folder.Append(w.name())
	if err != nil {
		return err
	}
	size, err := file.Size()
	if err == nil && size < w.size {
		err = errShort
	}
	if err == nil {
		err = file.Truncate(w.size)
	}
	if err == nil {
		_, err = file.Seek(w.size, io.SeekStart)
	}
	if err != nil {
		file.Close()
		return err
	}
	w.file = file
	return nil
}

func (w *fileWriter) name() string {
	name := fmt.Sprintf("%s%05d", w.base, w.counter)
	if w.suffix != "" {
		name += "." + w.suffix
	}
	return name
}

// Actions write one token.
func (w *fileWriter) Actions() []flow.Action {
	return []flow.Action{{In: []string{"data"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		v := f.In[0].Value
		if flow.IsEOS(v) {
			return w.end()
		}
		if e, ok := v.(flow.Exception); ok {
			return fmt.Errorf("%w: an exception token is nothing to write: %s", flow.ErrUnfit, value.Text(e.Value))
		}
		return w.write(value.Text(v))
	}}}
}

// end closes the file. One that was not begun stays so: there are no empty
// files.
func (w *fileWriter) end() error {
	if !w.begun {
		return nil
	}
	if err := w.sync(); err != nil {
		return err
	}
	if err := w.file.Close(); err != nil {
		return err
	}
	w.file, w.begun, w.counter, w.size = nil, false, w.counter+1, 0
	return nil
}

// numbers is how many numbers are tried for a new file.
const numbers = 100_000

func (w *fileWriter) write(text string) error {
	if !w.begun {
		file, at, err := w.create()
		if err != nil {
			return err
		}
		w.file, w.counter, w.begun, w.size = file, at, true, 0
	}
	n, err := io.WriteString(w.file, text)
	if err != nil {
		// Half a token may be there; the next try writes over it.
		_, e := w.file.Seek(w.size, io.SeekStart)
		return errors.Join(err, w.file.Truncate(w.size), e)
	}
	w.size += int64(n)
	w.dirty = true
	return nil
}

// create makes the first file whose name is free.
func (w *fileWriter) create() (files.File, int64, error) {
	was := w.counter
	defer func() { w.counter = was }()
	for ; w.counter < was+numbers; w.counter++ {
		file, err := w.folder.Create(w.name())
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		return file, w.counter, err
	}
	return nil, 0, fmt.Errorf("%d files from %s on are there already", numbers, w.base)
}

func (w *fileWriter) sync() error {
	if w.dirty && w.file != nil {
		if err := w.file.Sync(); err != nil {
			return err
		}
		w.dirty = false
	}
	return nil
}

// Stop closes the file.
func (w *fileWriter) Stop() {
	if w.file != nil {
		w.file.Close()
		w.file = nil
	}
}

// Save brings the file to the disk, so that what a checkpoint covers is there.
func (w *fileWriter) Save() ([]byte, error) {
	if err := w.sync(); err != nil {
		return nil, err
	}
	return value.Save(w.counter, w.begun, w.size)
}

// Restore goes back to what Save kept.
func (w *fileWriter) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &w.counter, &w.begun, &w.size)
}
