package gate_test

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/gate"
)

// A street is a listener to which connections come from any address a test
// likes, without a network.
type street struct {
	ch   chan net.Conn
	quit chan struct{}
	once sync.Once
}

func newStreet() *street { return &street{ch: make(chan net.Conn, 8192), quit: make(chan struct{})} }

func (s *street) Accept() (net.Conn, error) {
	select {
	case c := <-s.ch:
		return c, nil
	case <-s.quit:
		return nil, net.ErrClosed
	}
}
func (s *street) Close() error   { s.once.Do(func() { close(s.quit) }); return nil }
func (s *street) Addr() net.Addr { return &net.TCPAddr{} }

// from connects.
func (s *street) from(addr string) net.Conn {
	far, near := net.Pipe()
	s.ch <- placed{near, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(addr))}
	return far
}

type placed struct {
	net.Conn
	at net.Addr
}

func (p placed) RemoteAddr() net.Addr { return p.at }

// closed reports whether the other end has closed a connection.
func closed(c net.Conn) bool {
	c.SetReadDeadline(time.Now().Add(time.Nanosecond))
	_, err := c.Read(make([]byte, 1))
	return err == io.EOF
}

// A house takes all that come through a gate and keeps them.
type house struct {
	street *street
	gate   *gate.Gate

	mu      sync.Mutex // guards what follows
	in      []net.Conn
	refused []gate.Refusal
}

func newHouse(l gate.Limits) *house {
	h := &house{street: newStreet()}
	l.Refused = func(r gate.Refusal) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.refused = append(h.refused, r)
	}
	h.gate = gate.New(l)
	door := h.gate.Listen(h.street)
	go func() {
		for {
			c, err := door.Accept()
			if err != nil {
				return
			}
			h.mu.Lock()
			h.in = append(h.in, c)
			h.mu.Unlock()
		}
	}()
	return h
}

func (h *house) close() {
	h.street.Close()
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.in {
		c.Close()
	}
}

func TestFastCallersWaitTheirTurnAndTooFastOnesAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(gate.Limits{Rate: 10, Burst: 5, All: 1000, BurstAll: 1000, Wait: time.Second})
		defer h.close()
		var calls []net.Conn
		for range 20 {
			calls = append(calls, h.street.from("192.0.2.7:4000"))
		}
		synctest.Wait()
		if len(h.in) != 15 { // 5 at once and 10 within the second
			t.Fatalf("%d of 20 came in, want 15", len(h.in))
		}
		shut := 0
		for _, c := range calls {
			if closed(c) {
				shut++
			}
		}
		if shut != 5 {
			t.Errorf("%d of 20 were closed, want 5", shut)
		}
		begun := time.Now()
		done := make(chan time.Duration, len(h.in))
		for _, c := range h.in {
			go func() {
				c.SetReadDeadline(time.Now().Add(time.Minute))
				c.Read(make([]byte, 1))
				done <- time.Since(begun)
			}()
		}
		for _, c := range calls {
			go c.Write([]byte{1})
		}
		for i := range h.in {
			want := time.Duration(max(0, i-4)) * 100 * time.Millisecond
			if got := <-done; got < want-time.Millisecond || got > want+time.Millisecond {
				t.Errorf("connection %d was readable after %v, want %v", i, got, want)
			}
		}
	})
}

func TestOneAddressDoesNotCostAnotherItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(gate.Limits{Rate: 1, Burst: 3, Wait: time.Millisecond, UnknownOne: 2})
		defer h.close()
		for range 100 {
			h.street.from("192.0.2.7:4000")
			h.street.from("[2001:db8::1]:4000")
			h.street.from("[2001:db8::2]:4000") // of the same 64 bits
		}
		synctest.Wait()
		h.street.from("192.0.2.8:4000")
		h.street.from("[2001:db8:0:1::1]:4000")
		synctest.Wait()
		n := map[string]int{}
		for _, c := range h.in {
			n[c.RemoteAddr().String()]++
		}
		if n["192.0.2.7:4000"] != 2 || n["[2001:db8::1]:4000"]+n["[2001:db8::2]:4000"] != 2 || n["192.0.2.8:4000"] != 1 || n["[2001:db8:0:1::1]:4000"] != 1 {
			t.Errorf("came in: %v", n)
		}
		if len(h.refused) != 2 || h.refused[0].Count != 1 {
			t.Errorf("told of %v, want one of each address", h.refused)
		}
		time.Sleep(11 * time.Second)
		h.street.from("192.0.2.7:4000")
		synctest.Wait()
		if len(h.refused) != 3 || h.refused[2].Count != 98 || h.refused[2].Addr.Addr().String() != "192.0.2.7" {
			t.Errorf("told later of %v, want the 98 since of the address", h.refused[2:])
		}
	})
}

func TestPlacesAreGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(gate.Limits{Rate: 1e6, Burst: 1000, All: 1e6, BurstAll: 1000, UnknownOne: 3, OpenOne: 5})
		defer h.close()
		call := func() bool {
			before := len(h.in)
			h.street.from("192.0.2.7:4000")
			synctest.Wait()
			return len(h.in) > before
		}
		for i := range 3 {
			if !call() {
				t.Fatalf("connection %d did not come in", i)
			}
		}
		if call() {
			t.Fatal("a fourth unknown caller came in")
		}
		for _, c := range h.in[:2] {
			gate.Known(c)
			gate.Known(c) // once is enough
		}
		for i := range 2 {
			if !call() {
				t.Fatalf("two are known, and caller %d of two more did not come in", i+1)
			}
		}
		if call() {
			t.Fatal("a sixth connection came in")
		}
		for range 2 {
			h.in[0].Close()
		}
		if call() { // 4 open, 3 of them unknown
			t.Fatal("three unknown are there, and a fourth came in")
		}
		h.in[4].Close()
		if !call() {
			t.Fatal("an unknown one has gone, and its place was not given to the next")
		}
	})
}

// However many addresses a flood comes from, the table does not grow, and those
// who come when it is full share one place.
func TestTheTableOfAddressesIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(gate.Limits{Rate: 1, Burst: 1, All: 1e6, BurstAll: 1e6, Unknown: 1e6, Open: 1e6, Wait: time.Nanosecond})
		defer h.close()
		addr := func(i int) string {
			return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 4000).String()
		}
		for i := range 6000 {
			h.street.from(addr(i))
			if i%1000 == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		if got := len(h.in); got != 4097 { // and the rest together one
			t.Errorf("%d came in, want one of each of 4096 addresses and one of the rest", got)
		}
		for _, c := range h.in {
			c.Close()
		}
		time.Sleep(time.Minute)
		h.street.from(addr(7000))
		h.street.from(addr(7001))
		synctest.Wait()
		if got := len(h.in); got != 4099 {
			t.Errorf("%d came in when the others were long gone, want two more", got-4097)
		}
	})
}
