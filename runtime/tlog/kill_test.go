package tlog

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// childDir names the log that this test binary, run again by TestKill, writes
// until it is killed.
const childDir = "WARDFLOW_TLOG_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child appends and says the root of what is on disk, again and again.
func child(dir string) error {
	l, err := Open(Config{Dir: dir})
	if err != nil {
		return err
	}
	for {
		for range 3 {
			if _, err := l.Append(fmt.Appendf(nil, "check %d", l.Size())); err != nil {
				return err
			}
		}
		size, err := l.Sync()
		if err != nil {
			return err
		}
		root, err := l.Root(size)
		if err != nil {
			return err
		}
		fmt.Printf("%d %x\n", size, root)
	}
}

// What a log has said is so after a kill -9, twenty times over.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	said := map[uint64]string{}
	for range 20 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 5 && lines.Scan(); n++ {
			var size uint64
			var root string
			if _, err := fmt.Sscan(lines.Text(), &size, &root); err != nil {
				t.Fatalf("it said %q: %v", lines.Text(), err)
			}
			said[size] = root
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
	l, err := Open(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if len(said) < 100 {
		t.Fatalf("it has said %d roots", len(said))
	}
	for size, want := range said {
		if root, err := l.Root(size); err != nil || hex.EncodeToString(root[:]) != want {
			t.Errorf("the root of %d is %x, %v; it was said to be %s", size, root, err, want)
		}
	}
}

// BenchmarkMemory says what a log of many entries holds in memory.
func BenchmarkMemory(b *testing.B) {
	l, err := Open(Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	entry := make([]byte, 40)
	for i := range b.N {
		entry[0], entry[1], entry[2], entry[3] = byte(i), byte(i>>8), byte(i>>16), byte(i>>24)
		if _, err := l.Append(entry); err != nil {
			b.Fatal(err)
		}
		if i%20000 == 19999 {
			if _, err := l.Sync(); err != nil {
				b.Fatal(err)
			}
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapInuse)/(1<<20), "MiB")
	b.ReportMetric(float64(l.Size()), "entries")
}
