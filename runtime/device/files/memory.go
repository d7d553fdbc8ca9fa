package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Memory is a folder in the memory of this process, where any name may stand.
// It is what scripts use where there is no node.
type Memory struct {
	mu    sync.Mutex // guards files and what they hold
	files map[string]*[]byte
}

// Set makes {name: text} the files.
func (m *Memory) Set(v flow.Value) error {
	dict, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("want files {name: text}, not %v", v)
	}
	files := map[string]*[]byte{}
	for name, v := range dict {
		text, ok := v.(string)
		if !ok {
			return fmt.Errorf("want files {name: text}; %s is %v", name, v)
		}
		b := []byte(text)
		files[name] = &b
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files = files
	return nil
}

// Texts are the files: name → text.
func (m *Memory) Texts() map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	texts := map[string]string{}
	for name, b := range m.files {
		texts[name] = string(*b)
	}
	return texts
}

// Read opens a file for reading.
func (m *Memory) Read(name string) (File, error) { return m.open(name, false, false) }

// Create makes a new file for writing.
func (m *Memory) Create(name string) (File, error) { return m.open(name, true, true) }

// Append opens a file that is there for reading and writing.
func (m *Memory) Append(name string) (File, error) { return m.open(name, true, false) }

func (m *Memory) open(name string, write, create bool) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.files[name]
	switch {
	case ok && create:
		return nil, fmt.Errorf("open %s: %w", name, fs.ErrExist)
	case !ok && !create:
		return nil, fmt.Errorf("open %s: %w", name, fs.ErrNotExist)
	case create:
		if m.files == nil {
			m.files = map[string]*[]byte{}
		}
		b = new([]byte)
		m.files[name] = b
	}
	return &inMemory{of: m, bytes: b, write: write}, nil
}

type inMemory struct {
	of    *Memory
	bytes *[]byte
	at    int64
	write bool
}

func (f *inMemory) Read(into []byte) (int, error) {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	if f.at >= int64(len(*f.bytes)) {
		return 0, io.EOF
	}
	n := copy(into, (*f.bytes)[f.at:])
	f.at += int64(n)
	return n, nil
}

func (f *inMemory) Write(b []byte) (int, error) {
	if !f.write {
		return 0, fs.ErrPermission
	}
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	if need := f.at + int64(len(b)); need > int64(len(*f.bytes)) {
		*f.bytes = append(*f.bytes, make([]byte, need-int64(len(*f.bytes)))...)
	}
	copy((*f.bytes)[f.at:], b)
	f.at += int64(len(b))
	return len(b), nil
}

func (f *inMemory) Seek(offset int64, whence int) (int64, error) {
	size, _ := f.Size()
	at := offset + map[int]int64{io.SeekStart: 0, io.SeekCurrent: f.at, io.SeekEnd: size}[whence]
	if at < 0 {
		return 0, errors.New("seek before the start")
	}
	f.at = at
	return at, nil
}

func (f *inMemory) Truncate(size int64) error {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	if size < 0 || size > int64(len(*f.bytes)) {
		return errors.New("truncate beyond the end")
	}
	*f.bytes = (*f.bytes)[:size]
	return nil
}

func (f *inMemory) Size() (int64, error) {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	return int64(len(*f.bytes)), nil
}

func (f *inMemory) Sync() error  { return nil }
func (f *inMemory) Close() error { return nil }
