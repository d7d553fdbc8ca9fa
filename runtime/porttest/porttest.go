// Package porttest finds addresses for servers that tests start by name.
//
// To listen on port 0 and close again finds one as well, but not one to keep:
// the kernel gives such a port to the next who asks, and to each connection that
// somebody makes, before the server of the test has it. Those of this package
// are below the kernel's range for that, and each is given once in a process.
package porttest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
)

// Ports that are given are from first on, and fewer than many above: Linux gives
// connections 32768 and up.
const first, many = 10_000, 22_000

// next counts from a port of its own in each process: packages are tested side by side.
var next = func() *atomic.Uint32 {
	var n atomic.Uint32
	n.Store(rand.Uint32N(many))
	return &n
}()

// Address is one of loopback, host:port, whose port is free for TCP and UDP.
func Address(t testing.TB) string {
	t.Helper()
	for range many {
		at := net.JoinHostPort("127.0.0.1", strconv.Itoa(int(first+next.Add(1)%many)))
		if free(at) {
			return at
		}
	}
	t.Fatalf("no port from %d to %d is free", first, first+many-1)
	return ""
}

func free(at string) bool {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return false
	}
	defer l.Close()
	p, err := net.ListenPacket("udp", at)
	if err != nil {
		return false
	}
	return p.Close() == nil
}
