package gate

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Gate counts the connections of one listener or of several. All its methods
// may be called by several goroutines.
type Gate struct {
	limits Limits
	all    *rate.Limiter
	said   *rate.Limiter // refusals that are told
	pace   *pace

	mu      sync.Mutex // guards what follows
	callers map[netip.Prefix]*caller
	rest    *caller // those that found the table full, together
	swept   time.Time
	unknown int
	open    int
}

// callersMost bounds the table of addresses. A full one is looked through for
// those that are gone, but not at each connection of a flood.
const (
	callersMost = 4096
	sweepEvery  = time.Second
)

// How often a refusal is told: of one address, and of all.
const (
	sayOne = 10 * time.Second
	sayAll = 10 // a second
)

// New makes a gate.
func New(l Limits) *Gate {
	l.setDefaults()
	g := &Gate{limits: l, all: rate.NewLimiter(rate.Limit(l.All), l.BurstAll),
		said: rate.NewLimiter(sayAll, sayAll), pace: newPace(), callers: make(map[netip.Prefix]*caller)}
	g.rest = g.newCaller()
	return g
}

// A caller is what the gate knows of one address. The gate's lock guards it.
type caller struct {
	bucket  *rate.Limiter
	unknown int
	open    int
	refused int // since said
	said    time.Time
}

func (g *Gate) newCaller() *caller {
	return &caller{bucket: rate.NewLimiter(rate.Limit(g.limits.Rate), g.limits.Burst)}
}

// idle reports whether a caller is as one that was never seen.
func (c *caller) idle(now time.Time) bool {
	return c.open == 0 && c.bucket.TokensAt(now) >= float64(c.bucket.Burst())
}

// caller finds an address in the table; the lock is held. When the table is
// full of busy ones, the others share one place.
func (g *Gate) caller(at netip.Prefix, now time.Time) *caller {
	if c := g.callers[at]; c != nil {
		return c
	}
	if len(g.callers) >= callersMost && now.Sub(g.swept) >= sweepEvery {
		g.swept = now
		for k, c := range g.callers {
			if c.idle(now) {
				delete(g.callers, k)
			}
		}
	}
	if len(g.callers) >= callersMost {
		return g.rest
	}
	c := g.newCaller()
	g.callers[at] = c
	return c
}

// enter counts a new connection and says when its turn is, or why it is refused.
func (g *Gate) enter(addr net.Addr) (c *caller, turn time.Time, why string) {
	now := time.Now()
	from := addrPort(addr)
	g.mu.Lock()
	c = g.caller(prefix(from.Addr()), now)
	if why = g.tooMany(c); why == "" {
		turn, why = g.turn(c, now)
	}
	if why != "" {
		count := g.mayTell(c, now)
		g.mu.Unlock()
		if count > 0 {
			g.limits.Refused(Refusal{Addr: from, Count: count, Why: why})
		}
		return c, turn, why
	}
	defer g.mu.Unlock()
	c.unknown++
	c.open++
	g.unknown++
	g.open++
	return c, turn, ""
}

func (g *Gate) tooMany(c *caller) string {
	switch l := &g.limits; {
	case c.unknown >= l.UnknownOne:
		return "too many connections from this address whose caller is not known yet"
	case g.unknown >= l.Unknown:
		return "too many connections whose callers are not known yet"
	case c.open >= l.OpenOne:
		return "too many connections from this address"
	case g.open >= l.Open:
		return "too many connections"
	}
	return ""
}

// turn takes a place in the queue of the address and then in that of all.
func (g *Gate) turn(c *caller, now time.Time) (time.Time, string) {
	own := c.bucket.ReserveN(now, 1)
	wait := own.DelayFrom(now)
	if wait > g.limits.Wait {
		own.CancelAt(now)
		return now, "too many new connections a second from this address"
	}
	all := g.all.ReserveN(now, 1)
	if wait = max(wait, all.DelayFrom(now)); wait > g.limits.Wait {
		own.CancelAt(now)
		all.CancelAt(now)
		return now, "too many new connections a second"
	}
	return now.Add(wait), ""
}

// mayTell counts a refusal and says how many there were if it is to be told,
// else 0; the lock is held.
func (g *Gate) mayTell(c *caller, now time.Time) int {
	c.refused++
	if g.limits.Refused == nil || !c.said.IsZero() && now.Sub(c.said) < sayOne || !g.said.AllowN(now, 1) {
		return 0
	}
	n := c.refused
	c.refused, c.said = 0, now
	return n
}

// known says that a connection's caller is known; it may be said twice.
func (g *Gate) known(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !c.known && !c.gone {
		c.known = true
		c.from.unknown--
		g.unknown--
	}
}

// leave counts a connection that is closed; it may be said twice.
func (g *Gate) leave(c *conn) {
	g.known(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	if !c.gone {
		c.gone = true
		c.from.open--
		g.open--
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.AddrPort()
	}
	p, _ := netip.ParseAddrPort(a.String()) // a pipe has none, and all pipes are one caller
	return p
}

// prefix is what counts as one address.
func prefix(a netip.Addr) netip.Prefix {
	bits := 64
	if a = a.Unmap().WithZone(""); a.Is4() {
		bits = 32
	}
	p, _ := a.Prefix(bits)
	return p
}
