//go:build linux

package hosts

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// A weather is what happens to packets from one host to another.
type weather struct {
	From, To string
	Loss     float64 // 0 to 1
	Delay    time.Duration
}

// RelayArg is the argument with which the lab starts this very program again, to
// be its relay: main calls [Relay] then.
const RelayArg = "wardflow-relay"

// startRelay starts the relay in the switch; the caller holds the lock.
func (l *Lab) startRelay() error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command("ip", "netns", "exec", l.sw(), exe, RelayArg)
	cmd.Stderr = os.Stderr
	if l.tell, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	l.relay = cmd
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return fmt.Errorf("the relay did not start: %w", err)
	}
	for _, args := range [][]string{{"link", "set", tunName, "up"}, {"route", "add", "default", "dev", tunName, "table", "77"},
		{"rule", "add", "pref", "50", "iif", tunName, "lookup", "main"}} {
		if err := run("ip", append([]string{"-n", l.sw()}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) tellRelay(w weather) error {
	return json.NewEncoder(l.tell).Encode(w)
}

const tunName = "weather"

// Relay is the process that makes the weather: it reads packets from a TUN
// device, loses and delays them as in tells, and gives them back. It ends with in.
func Relay(in io.Reader, out io.Writer) error {
	tun, err := openTun()
	if err != nil {
		return err
	}
	r := &relay{tun: tun, ways: map[way]*lane{}}
	go r.read()
	fmt.Fprintln(out, "ready")
	told := json.NewDecoder(in)
	for {
		var w weather
		if err := told.Decode(&w); err == io.EOF {
			return nil // the process ends, and the device with it
		} else if err != nil {
			return err
		}
		from, err := netip.ParseAddr(w.From)
		if err != nil {
			return err
		}
		to, err := netip.ParseAddr(w.To)
		if err != nil {
			return err
		}
		l := r.lane(way{from, to})
		l.mu.Lock()
		l.loss, l.delay = w.Loss, w.Delay
		l.mu.Unlock()
	}
}

func openTun() (*os.File, error) {
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	req := struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_TUN | syscall.IFF_NO_PI}
	copy(req.name[:], tunName)
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.TUNSETIFF, uintptr(unsafe.Pointer(&req))); errno != 0 {
		syscall.Close(fd)
		return nil, fmt.Errorf("make device %s: %w", tunName, errno)
	}
	return os.NewFile(uintptr(fd), "tun"), nil
}

type way struct{ from, to netip.Addr }

// A lane is one way between two hosts.
type lane struct {
	mu    sync.Mutex // guards loss and delay
	loss  float64
	delay time.Duration
	late  chan packet // in the order they came
}

type packet struct {
	due time.Time
	b   []byte
}

type relay struct {
	tun *os.File

	mu   sync.Mutex // guards ways
	ways map[way]*lane
}

func (r *relay) lane(w way) *lane {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.ways[w]
	if l == nil {
		l = &lane{late: make(chan packet, 4096)}
		r.ways[w] = l
		go r.bring(l)
	}
	return l
}

// read takes packets until the process ends.
func (r *relay) read() {
	for {
		b := make([]byte, 2048)
		n, err := r.tun.Read(b)
		if err != nil {
			fmt.Fprintln(os.Stderr, "relay:", err)
			os.Exit(1)
		}
		if b = b[:n]; n < 20 || b[0]>>4 != 4 {
			continue
		}
		l := r.lane(way{netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))})
		l.mu.Lock()
		loss, delay := l.loss, l.delay
		l.mu.Unlock()
		if rand.Float64() < loss {
			continue
		}
		select {
		case l.late <- packet{time.Now().Add(delay), b}:
		default: // a queue of a router is not endless either
		}
	}
}

// bring gives packets back when they are due.
func (r *relay) bring(l *lane) {
	for p := range l.late {
		time.Sleep(time.Until(p.due))
		r.tun.Write(p.b)
	}
}
