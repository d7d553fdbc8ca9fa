//go:build linux

package hosts_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/hosts"
)

// open makes a lab, or says why there is none here.
func open(t *testing.T, n int) *hosts.Lab {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Skip("never in CI: it makes network namespaces")
	}
	lab, err := hosts.Open(n)
	if errors.Is(err, hosts.ErrForbidden) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return lab
}

// echo answers on a host whatever comes by UDP, until the test ends.
func echo(t *testing.T, lab *hosts.Lab, host int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name, args := lab.Command(host, exe, []string{"echo", lab.Address(host) + ":9"})
	cmd := exec.Command(name, args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatalf("echo on host %d: %v", host, err)
	}
}

// ask asks from a host how many of n packets come back from another, and how
// long the first took.
func ask(t *testing.T, lab *hosts.Lab, from, to, n int) (back int, first time.Duration) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name, args := lab.Command(from, exe, []string{"ask", lab.Address(to) + ":9", fmt.Sprint(n)})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		t.Fatalf("ask from host %d: %v", from, err)
	}
	if _, err := fmt.Sscan(string(out), &back, &first); err != nil {
		t.Fatalf("ask from host %d said %q", from, out)
	}
	return back, first
}

func serve(addr string) error {
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	fmt.Println()
	go func() {
		for b := make([]byte, 100); ; {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			c.WriteTo(b[:n], from)
		}
	}()
	os.Stdin.Read(make([]byte, 1))
	return nil
}

func put(addr, count string) error {
	var n, back int
	fmt.Sscan(count, &n)
	var first int64
	c, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	began := time.Now()
	go func() {
		for i := range n {
			c.Write([]byte{byte(i)})
			time.Sleep(time.Millisecond)
		}
	}()
	c.SetReadDeadline(time.Now().Add(time.Duration(n)*time.Millisecond + time.Second))
	for b := make([]byte, 100); back < n; back++ {
		if _, err := c.Read(b); err != nil {
			break
		}
		if back == 0 {
			first = int64(time.Since(began))
		}
	}
	fmt.Println(back, first)
	return nil
}

func TestCutOneWay(t *testing.T) {
	lab := open(t, 3)
	for h := range 3 {
		echo(t, lab, h)
	}
	reached := func(want bool, pairs ...[2]int) {
		t.Helper()
		for _, p := range pairs {
			if back, _ := ask(t, lab, p[0], p[1], 5); (back > 0) != want {
				t.Errorf("%d of 5 packets came back to host %d from host %d", back, p[0], p[1])
			}
		}
	}
	reached(true, [2]int{0, 1}, [2]int{1, 2}, [2]int{2, 0})
	if err := lab.Cut(0, 1); err != nil { // either way the answer or the question is gone
		t.Fatal(err)
	}
	reached(false, [2]int{0, 1}, [2]int{1, 0})
	reached(true, [2]int{1, 2}, [2]int{2, 0})
	if err := lab.Mend(0, 1); err != nil {
		t.Fatal(err)
	}
	if err := lab.Split(2); err != nil {
		t.Fatal(err)
	}
	reached(false, [2]int{2, 0}, [2]int{1, 2})
	reached(true, [2]int{0, 1})
	if err := lab.Join(2); err != nil {
		t.Fatal(err)
	}
	reached(true, [2]int{1, 2})
}

func TestWeather(t *testing.T) {
	lab := open(t, 2)
	echo(t, lab, 1)
	if err := lab.Weather(0, 1, 0.3, 200*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	back, first := ask(t, lab, 0, 1, 400)
	if back < 220 || back > 340 {
		t.Errorf("of 400 packets %d came back, want about 280", back)
	}
	if first < 200*time.Millisecond || first > time.Second {
		t.Errorf("the first came back after %v, want 200 ms", first)
	}
	if err := lab.Weather(0, 1, 0, 0); err != nil {
		t.Fatal(err)
	}
	if back, first := ask(t, lab, 0, 1, 100); back != 100 || first > 150*time.Millisecond {
		t.Errorf("in fine weather %d of 100 came back, the first after %v", back, first)
	}
}

func TestDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "disk") // removed after the lab is closed
	lab := open(t, 1)
	release, err := lab.Disk(dir, 4<<20)
	if err != nil {
		t.Skip(err)
	}
	if err := hosts.Fill(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "more"), []byte("x"), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk takes more: %v", err)
	}
	if err := hosts.Empty(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "more"), []byte("x"), 0o600); err != nil {
		t.Errorf("a disk with room: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("below the disk: %v, %v", left, err)
	}
}
