package gate

import (
	"net/netip"
	"time"
)

// Limits say what a gate lets through. An address is an IPv4 address or the
// first 64 bits of an IPv6 one, which is what one customer is given. The zero
// value of each field stands for its default.
type Limits struct {
	Rate  float64 // new connections a second from one address, in the long run: 50
	Burst int     // of them at once: 100
	All   float64 // new connections a second from everywhere: 300
	// BurstAll is how many from everywhere may come at once: 200.
	BurstAll int
	// Wait is how long a connection that comes too early is kept waiting. One
	// whose turn would come later is refused at once. 5 s.
	Wait time.Duration

	// Unknown is how many connections may be open whose caller is not known
	// yet, those that wait among them: 2048, and UnknownOne from one address:
	// 512. Open is how many may be open in all, known or not: 8192, and OpenOne
	// from one address: 4096.
	Unknown, UnknownOne int
	Open, OpenOne       int
	// Within is how long a caller may take to show who it is: 10 s.
	Within time.Duration

	// Refused, when set, is told of connections that were refused, see
	// [Refusal]. It must not block.
	Refused func(Refusal)
}

func (l *Limits) setDefaults() {
	for _, f := range []struct {
		field *float64
		is    float64
	}{{&l.Rate, 50}, {&l.All, 300}} {
		if *f.field <= 0 {
			*f.field = f.is
		}
	}
	for _, f := range []struct {
		field *int
		is    int
	}{{&l.Burst, 100}, {&l.BurstAll, 200}, {&l.Unknown, 2048}, {&l.UnknownOne, 512}, {&l.Open, 8192}, {&l.OpenOne, 4096}} {
		if *f.field <= 0 {
			*f.field = f.is
		}
	}
	for _, f := range []struct {
		field *time.Duration
		is    time.Duration
	}{{&l.Wait, 5 * time.Second}, {&l.Within, 10 * time.Second}} {
		if *f.field <= 0 {
			*f.field = f.is
		}
	}
}

// A Refusal tells of connections that were closed before anything was read
// from them. Of one address it comes at most every ten seconds, and from all
// together at most every tenth of a second, with the number since.
type Refusal struct {
	Addr  netip.AddrPort // of the newest
	Count int            // how many since the address was told of last
	Why   string         // a sentence
}
