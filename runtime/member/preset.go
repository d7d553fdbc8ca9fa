package member

import (
	"fmt"
	"math"
	"time"

	"github.com/hashicorp/memberlist"
)

// A Preset is a set of times for failure detection. Of n nodes each probes
// another one every interval I. A dead one is found at the next probe of it, of
// which there is one in each 1.6 I in the mean, whoever makes it, and suspected
// one I later, when nobody else has reached it either. It is lost a time S later,
//
//	S = M × max(1, log10 n) × I
//
// once two others have found the same, each with a probe of its own; without them
// after three times S (and in a cluster of three after S, since there are no two).
//
//	          I       M   lost, of 10 nodes
//	local   500 ms    4    about  3 s
//	lan       1 s     4    about  6 s
//	wan       5 s     6    about 40 s
//
// The doors tell sooner of a process that has ended: package remote hears that
// its address refuses connections. These times are for those that fall silent.
type Preset string

// The presets.
const (
	Local Preset = "local" // one host, or hosts on one switch
	LAN   Preset = "lan"   // one site; the default
	WAN   Preset = "wan"   // sites and homes
)

func (p Preset) config() (*memberlist.Config, error) {
	var c *memberlist.Config
	switch p {
	case Local:
		c = memberlist.DefaultLANConfig()
		c.ProbeInterval, c.ProbeTimeout = 500*time.Millisecond, 250*time.Millisecond
		c.SuspicionMaxTimeoutMult = 3
		c.GossipInterval = 150 * time.Millisecond
		c.PushPullInterval = 10 * time.Second
		c.TCPTimeout = 3 * time.Second
	case LAN:
		c = memberlist.DefaultLANConfig()
		c.SuspicionMaxTimeoutMult = 3
		c.PushPullInterval = 15 * time.Second
		c.TCPTimeout = 5 * time.Second
	case WAN:
		c = memberlist.DefaultWANConfig()
		c.SuspicionMaxTimeoutMult = 3
	default:
		return nil, fmt.Errorf("member: Config.Preset is %q: want %q, %q or %q", p, Local, LAN, WAN)
	}
	c.HandoffQueueDepth = 8192
	c.UDPBufferSize = maxPacket
	c.EnableCompression = false // the door's connections are short of neither
	return c, nil
}

// Lost says after what time a node of n that falls silent is lost to the others:
// at the earliest, and at the latest while the others are well.
func (p Preset) Lost(n int) (soonest, latest time.Duration, err error) {
	c, err := p.config()
	if err != nil {
		return 0, 0, err
	}
	scale := max(1, math.Log10(float64(max(1, n))))
	s := time.Duration(float64(c.SuspicionMult) * scale * float64(c.ProbeInterval))
	// Nobody waits longer for the first probe than one node needs for its round
	// of all others, twice where the order is drawn anew in between.
	rounds := 2 * time.Duration(max(1, n-1))
	return c.ProbeInterval/2 + s, (rounds+1)*c.ProbeInterval + s*time.Duration(c.SuspicionMaxTimeoutMult), nil
}
