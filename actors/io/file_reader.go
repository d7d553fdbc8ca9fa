package ioactors

import (
	"bufio"
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

// FileReader is io.FileReader. A file that is not there gives an exception
// token, as Calvin's does, and so does one outside the folders that the node
// allows.
//
// Which file is open, and how far it has been read, moves with the actor: on a
// node that has the same file it goes on there.
func FileReader() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.FileReader", Fault: flow.FaultRetry,
			Doc:      "Read files line by line",
			In:       []flow.Port{{Name: "filename", Doc: "FOLDER/FILE of the folders that the node allows to be read", Kind: "string"}},
			Out:      []flow.Port{{Name: "out", Doc: "a line without its end; after the last the end of a stream", Kind: "string|eos"}},
			Requires: []string{"io.filereader"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &fileReader{}, nil },
	}
}

// A reading folder opens files to read.
type readingFolder interface {
	Read(name string) (files.File, error)
}

type fileReader struct {
	folder readingFolder
	file   files.File
	in     *bufio.Reader

	// State. open says that name is being read; place is the first byte not
	// given yet, and wrong what is to be given instead of the rest.
	open  bool
	name  string
	place int64
	wrong string
}

// longestLine is how many bytes a line may have: it must fit a token.
const longestLine = 256 << 10

// Start finds the folders; a file that is being read is opened at the next
// firing.
func (r *fileReader) Start(env flow.Env) (err error) {
	r.folder, err = devices.Need[readingFolder](env, "io.filereader")
	return err
}

// Actions open a file, and give its lines.
func (r *fileReader) Actions() []flow.Action {
	return []flow.Action{
		{In: []string{"filename"}, Guard: func() bool { return !r.open }, Fire: r.begin},
		{Out: []string{"out"}, Guard: func() bool { return r.open }, Fire: r.line},
	}
}

func (r *fileReader) begin(f *flow.Firing) error {
	name, ok := f.In[0].Value.(string)
	if !ok {
		return fmt.Errorf("%w: a file's name is a string, not %s", flow.ErrUnfit, value.Kind(f.In[0].Value))
	}
	switch file, err := r.folder.Read(name); {
	case errors.Is(err, fs.ErrNotExist):
		r.wrong = "File not found"
	case err != nil:
		r.wrong = err.Error()
	default:
		r.file, r.in = file, bufio.NewReader(file)
	}
	r.open, r.name, r.place = true, name, 0
	return nil
}

func (r *fileReader) line(f *flow.Firing) error {
	if r.wrong != "" {
		f.Give(0, flow.Exceptional("%s", r.wrong))
		r.close()
		return nil
	}
	if r.file == nil {
		if err := r.reopen(); err != nil {
			f.Give(0, flow.Exceptional("%s", err))
			r.close()
			return nil
		}
	}
	line, err := r.next()
	switch {
	case err == io.EOF && line == "":
		f.Give(0, flow.EOS)
		r.close()
	case err != nil && err != io.EOF:
		f.Give(0, flow.Exceptional("%s: %s", r.name, err))
		r.close()
	default:
		r.place += int64(len(line))
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		f.Give(0, strings.ToValidUTF8(line, "\uFFFD"))
	}
	return nil
}

// next reads one line with its end.
func (r *fileReader) next() (string, error) {
	var b strings.Builder
	for {
		part, err := r.in.ReadSlice('\n')
		b.Write(part)
		if b.Len() > longestLine {
			return "", fmt.Errorf("a line has more than %d bytes", longestLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return b.String(), err
		}
	}
}

// reopen goes on in a file after a restart.
func (r *fileReader) reopen() error {
	file, err := r.folder.Read(r.name)
	if err != nil {
		return fmt.Errorf("%s can't be read on: %w", r.name, err)
	}
	if size, err := file.Size(); err != nil || size < r.place {
		file.Close()
		return fmt.Errorf("%s can't be read on: it is shorter than what was read", r.name)
	}
	if _, err := file.Seek(r.place, io.SeekStart); err != nil {
		file.Close()
		return fmt.Errorf("%s can't be read on: %w", r.name, err)
	}
	r.file, r.in = file, bufio.NewReader(file)
	return nil
}

func (r *fileReader) close() {
	r.Stop()
	r.open, r.name, r.place, r.wrong = false, "", 0, ""
}

// Stop closes the file.
func (r *fileReader) Stop() {
	if r.file != nil {
		r.file.Close()
		r.file, r.in = nil, nil
	}
}

// Save keeps the file's name and the place in it.
func (r *fileReader) Save() ([]byte, error) { return value.Save(r.open, r.name, r.place, r.wrong) }

// Restore goes back to what Save kept.
func (r *fileReader) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &r.open, &r.name, &r.place, &r.wrong)
}
