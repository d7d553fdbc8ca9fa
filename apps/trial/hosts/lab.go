//go:build linux

package hosts

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// ErrForbidden reports a machine that makes no hosts, and why.
var ErrForbidden = errors.New("this machine allows no network namespaces")

// A Lab is some hosts. Its methods may be called by any goroutine.
type Lab struct {
	name  string // of the namespaces: name + "s" is the switch
	net   int    // second byte of all addresses
	count int

	mu     sync.Mutex // guards what follows
	relay  *exec.Cmd  // nil: the weather is fine everywhere
	tell   io.WriteCloser
	led    map[[2]int]bool // cables that go through the relay
	disks  map[string]bool // mounted
	closed bool
}

// Open makes hosts. Where that is not permitted the error is [ErrForbidden].
func Open(count int) (*Lab, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: it takes root", ErrForbidden)
	}
	if f, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForbidden, err)
	} else {
		f.Close()
	}
	l := &Lab{name: fmt.Sprintf("wf%d", os.Getpid()%10000), net: 64 + os.Getpid()%128, count: count, led: map[[2]int]bool{}, disks: map[string]bool{}}
	if err := run("ip", "netns", "add", l.sw()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	if err := l.build(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Lab) sw() string         { return l.name + "s" }
func (l *Lab) host(i int) string  { return fmt.Sprintf("%sh%d", l.name, i) }
func (l *Lab) cable(i int) string { return fmt.Sprintf("%sv%d", l.name, i) }
func (l *Lab) at(i, end int) string {
	return fmt.Sprintf("10.%d.%d.%d", l.net, i, end)
}

// build lays a cable from the switch to each host and to this process, which is
// host number count.
func (l *Lab) build() error {
	set := func(ns, key, value string) error {
		return run("ip", "netns", "exec", ns, "sh", "-c", fmt.Sprintf("echo %s > /proc/sys/net/ipv4/%s", value, key))
	}
	errs := []error{set(l.sw(), "ip_forward", "1"), set(l.sw(), "conf/all/rp_filter", "0"), set(l.sw(), "conf/default/rp_filter", "0"),
		run("ip", "-n", l.sw(), "link", "set", "lo", "up")}
	for i := range l.count + 1 {
		far := l.cable(i) + "p"
		errs = append(errs, run("ip", "link", "add", l.cable(i), "netns", l.sw(), "type", "veth", "peer", "name", far),
			run("ip", "-n", l.sw(), "addr", "add", l.at(i, 1)+"/24", "dev", l.cable(i)),
			run("ip", "-n", l.sw(), "link", "set", l.cable(i), "up"))
		if i == l.count {
			errs = append(errs, run("ip", "addr", "add", l.at(i, 2)+"/24", "dev", far), run("ip", "link", "set", far, "up"),
				run("ip", "route", "add", fmt.Sprintf("10.%d.0.0/16", l.net), "via", l.at(i, 1)))
			continue
		}
		h := l.host(i)
		errs = append(errs, run("ip", "netns", "add", h), run("ip", "link", "set", far, "netns", h),
			run("ip", "-n", h, "link", "set", "lo", "up"), run("ip", "-n", h, "addr", "add", l.at(i, 2)+"/24", "dev", far),
			run("ip", "-n", h, "link", "set", far, "up"), run("ip", "-n", h, "route", "add", "default", "via", l.at(i, 1)))
	}
	return errors.Join(errs...)
}

// Address is a host's IP address.
func (l *Lab) Address(host int) string { return l.at(host, 2) }

// Outside is the address of this process, as the hosts reach it.
func (l *Lab) Outside() string { return l.at(l.count, 2) }

// Command makes of a command the one that runs it on a host. The process that
// it starts becomes the command itself.
func (l *Lab) Command(host int, exe string, args []string) (string, []string) {
	return "ip", append([]string{"netns", "exec", l.host(host), exe}, args...)
}

// Cut makes what one host sends to another vanish, until Mend.
func (l *Lab) Cut(from, to int) error { return l.rule("add", from, to) }

// Mend ends a Cut.
func (l *Lab) Mend(from, to int) error { return l.rule("del", from, to) }

func (l *Lab) rule(what string, from, to int) error {
	return run("ip", "-n", l.sw(), "rule", what, "pref", "100", "from", l.Address(from), "to", l.Address(to), "blackhole")
}

// Split cuts some hosts off from all others, both ways, until Join.
func (l *Lab) Split(some ...int) error { return l.between(some, l.Cut) }

// Join ends a Split of the same hosts.
func (l *Lab) Join(some ...int) error { return l.between(some, l.Mend) }

func (l *Lab) between(some []int, do func(from, to int) error) error {
	in := map[int]bool{}
	for _, h := range some {
		in[h] = true
	}
	var errs []error
	for a := range l.count {
		for b := range l.count {
			if in[a] && !in[b] {
				errs = append(errs, do(a, b), do(b, a))
			}
		}
	}
	return errors.Join(errs...)
}

// Weather loses a share of what goes from one host to another, and brings the
// rest after a delay. Zeros end it.
func (l *Lab) Weather(from, to int, loss float64, delay time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.relay == nil {
		if err := l.startRelay(); err != nil {
			return err
		}
	}
	if err := l.tellRelay(weather{l.Address(from), l.Address(to), loss, delay}); err != nil {
		return err
	}
	led := loss > 0 || delay > 0
	if l.led[[2]int{from, to}] == led {
		return nil
	}
	l.led[[2]int{from, to}] = led
	what := map[bool]string{true: "add", false: "del"}[led]
	return run("ip", "-n", l.sw(), "rule", what, "pref", "200", "from", l.Address(from), "to", l.Address(to), "lookup", "77")
}

// Everywhere sets the weather between all hosts.
func (l *Lab) Everywhere(loss float64, delay time.Duration) error {
	var errs []error
	for a := range l.count {
		for b := range l.count {
			if a != b {
				errs = append(errs, l.Weather(a, b, loss, delay))
			}
		}
	}
	return errors.Join(errs...)
}

// Disk puts a disk of so many bytes under a folder, which is made. It goes with
// release, or else with the lab.
func (l *Lab) Disk(dir string, size int64) (release func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := run("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", size), "wardflow-trial", dir); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.disks[dir] = true
	return func() error {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.disks, dir)
		return run("umount", dir)
	}, nil
}

// Fill takes all the room that a disk has left; Empty gives it back.
func Fill(dir string) error {
	f, err := os.Create(filepath.Join(dir, "filled"))
	if err != nil {
		return err
	}
	defer f.Close()
	b := make([]byte, 1<<20)
	for len(b) > 0 {
		if _, err := f.Write(b); err != nil {
			b = b[:len(b)/2]
		}
	}
	return nil
}

// Empty ends Fill.
func Empty(dir string) error { return os.Remove(filepath.Join(dir, "filled")) }

// Close removes everything. Processes on the hosts have ended by then.
func (l *Lab) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	var errs []error
	if l.relay != nil {
		l.tell.Close()
		errs = append(errs, l.relay.Wait())
	}
	for dir := range l.disks {
		errs = append(errs, run("umount", dir))
	}
	for i := range l.count {
		errs = append(errs, run("ip", "netns", "del", l.host(i)))
	}
	return errors.Join(append(errs, run("ip", "netns", "del", l.sw()))...) // its cables go with it
}

// run runs a command, and makes what it said its error.
func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
