//go:build linux

package hosts_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial"
	"github.com/wardflow/wardflow/apps/trial/hosts"
)

// No namespace has a wall clock of its own, and the machine's is not ours to
// set. So one host runs a wardflow that is built from the same source with a
// standard library whose time.Now is off by what stands in a file; its monotonic
// clock runs on, as when an operator sets the time.

// A clock is a file with an offset in seconds.
type clock struct{ file string }

func (c clock) set(ahead time.Duration) error {
	f, err := os.OpenFile(c.file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	n := uint64(int64(ahead / time.Second))
	var b [8]byte
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
	_, err = f.WriteAt(b[:], 0)
	return err
}

const clockSource = `package time

import (
	"syscall"
	"unsafe"
)

var wardflowAhead = func() *int64 {
	file, ok := syscall.Getenv("WARDFLOW_CLOCK")
	if !ok {
		return new(int64)
	}
	fd, err := syscall.Open(file, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		panic("the clock's file: " + err.Error())
	}
	b, err := syscall.Mmap(fd, 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		panic("the clock's file: " + err.Error())
	}
	return (*int64)(unsafe.Pointer(&b[0]))
}()
`

// skewed builds a wardflow whose clock can be set.
func skewed(t *testing.T) (exe string, c clock) {
	t.Helper()
	dir := t.TempDir()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("the clock can't be set: there is no Go here: %v", err)
	}
	of := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	b, err := os.ReadFile(filepath.Join(of, "time.go"))
	if err != nil {
		t.Skipf("the clock can't be set: the standard library's source is not here: %v", err)
	}
	const from = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	if strings.Count(string(b), from) != 1 {
		t.Skip("the clock can't be set: time.Now is written in another way in this Go")
	}
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(of, "time.go"):           write("time.go", strings.Replace(string(b), from, from+"\tsec += *wardflowAhead\n", 1)),
		filepath.Join(of, "wardflow_clock.go"): write("clock.go", clockSource)}})
	if err != nil {
		t.Fatal(err)
	}
	exe = filepath.Join(dir, "wardflow")
	cmd := exec.Command("go", "build", "-overlay", write("overlay.json", string(overlay)), "-o", exe, "github.com/wardflow/wardflow/cmd/wardflow")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("the clock can't be set: %v: %s", err, out)
	}
	return exe, clock{write("ahead", strings.Repeat("\x00", 8))}
}

// A clocked is a lab with one host whose clock can be set.
type clocked struct {
	*hosts.Lab
	host int
	exe  string
	c    clock
}

func (l *clocked) Command(host int, exe string, args []string) (string, []string) {
	if host == l.host && len(args) > 0 && args[0] == "host" {
		return l.Lab.Command(host, "env", []string{"WARDFLOW_CLOCK=" + l.c.file, l.exe, "bench", "host"})
	}
	return l.Lab.Command(host, exe, args)
}

// The clock of a host that stores is set an hour forward, and back. Nobody takes
// others for gone by it, and nothing is lost. The windows that its card signs
// meanwhile are of no time that others accept, so their readings wait on.
func TestClockSetForward(t *testing.T) {
	if !*rough {
		t.Skip("builds a standard library and takes minutes: run it with -args -rough")
	}
	lab := open(t, 5)
	exe, c := skewed(t)
	const skew = 2
	pass(t, &clocked{lab, skew, exe, c}, nil, []trial.Hardship{{Name: "the clock of host 2 is set an hour forward", Lasts: 20 * time.Second,
		Begin: func(*trial.Rough) error { return c.set(time.Hour) },
		End:   func(*trial.Rough) error { return c.set(0) }}})
}
