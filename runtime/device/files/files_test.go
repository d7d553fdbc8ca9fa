package files_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/device/files"
)

type folder interface {
	Read(string) (files.File, error)
	Create(string) (files.File, error)
	Append(string) (files.File, error)
}

// Folders and Memory keep the same promises.
func TestFiles(t *testing.T) {
	disk, err := files.Open([]string{t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	for name, f := range map[string]folder{"disk": disk, "memory": &files.Memory{}} {
		t.Run(name, func(t *testing.T) {
			if _, err := f.Read("a.txt"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Read of none = %v", err)
			}
			if _, err := f.Append("a.txt"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Append to none = %v", err)
			}
			w, err := f.Create("a.txt")
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, "one two")
			if err := errors.Join(w.Sync(), w.Close()); err != nil {
				t.Error(err)
			}
			if _, err := f.Create("a.txt"); !errors.Is(err, fs.ErrExist) {
				t.Errorf("Create over one = %v", err)
			}
			if w, err = f.Append("a.txt"); err != nil {
				t.Fatal(err)
			}
			if err := w.Truncate(4); err != nil {
				t.Error(err)
			}
			if at, err := w.Seek(0, io.SeekEnd); at != 4 || err != nil {
				t.Errorf("Seek = %d, %v", at, err)
			}
			io.WriteString(w, "three")
			if n, err := w.Size(); n != 9 || err != nil {
				t.Errorf("Size = %d, %v", n, err)
			}
			w.Close()
			r, err := f.Read("a.txt")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if b, err := io.ReadAll(r); string(b) != "one three" || err != nil {
				t.Errorf("reads %q, %v", b, err)
			}
			if _, err := r.Write([]byte("x")); err == nil {
				t.Error("what is open for reading can be written")
			}
		})
	}
}

// No name leads out of the folders.
func TestOutside(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"in", "other"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "in", "good"), []byte("g"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"link": "../secret", "abs": filepath.Join(dir, "secret"), "up": "..", "self": "good"} {
		if err := os.Symlink(to, filepath.Join(dir, "in", link)); err != nil {
			t.Fatal(err)
		}
	}
	two, err := files.Open([]string{filepath.Join(dir, "in"), filepath.Join(dir, "other")})
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	one, err := files.Open([]string{filepath.Join(dir, "in")})
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	for name, ok := range map[string]bool{"in/good": true, "in/self": true, "./in/good": true, "in/../in/good": true,
		"../secret": false, "in/../../secret": false, "in/link": false, "in/abs": false, "in/up/secret": false, "": false, ".": false, "in": false,
		filepath.Join(dir, "in", "good"): false, "in/\x00": false, "in/": false} {
		for _, f := range []*files.Folders{one, two} {
			r, err := f.Read(name)
			if (err == nil) != ok {
				t.Errorf("Read(%q) = %v, want it open: %v", name, err, ok)
			}
			if err == nil {
				r.Close()
			} else if strings.Contains(err.Error(), dir) && !filepath.IsAbs(name) {
				t.Errorf("Read(%q) = %v, which names the node's directory", name, err)
			}
			if w, err := f.Create(name + "/new"); err == nil && strings.Trim(name, "./") != "" && name != "in" && name != "in/" {
				w.Close()
				t.Errorf("Create(%q) worked", name+"/new")
			}
		}
	}
	if r, err := one.Read("good"); err != nil {
		t.Errorf("with one folder its name may be left out: %v", err)
	} else {
		r.Close()
	}
	if _, err := two.Read("good"); !errors.Is(err, files.ErrOutside) || !strings.Contains(err.Error(), "a folder of in, other") {
		t.Errorf("with two, no: %v", err)
	}
	if _, err := files.Open([]string{filepath.Join(dir, "in"), filepath.Join(dir, "other", "in")}); err == nil {
		t.Error("two folders of one name are taken")
	}
}

func TestMemorySet(t *testing.T) {
	m := &files.Memory{}
	if err := m.Set(map[string]any{"a": "text"}); err != nil || m.Texts()["a"] != "text" {
		t.Errorf("Set = %v, %v", err, m.Texts())
	}
	for _, v := range []any{nil, map[string]any{"a": int64(1)}} {
		if err := m.Set(v); err == nil {
			t.Errorf("Set(%v) gives no error", v)
		}
	}
}
