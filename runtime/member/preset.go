package member

import (
	"fmt"
	"time"

	"github.com/hashicorp/memberlist"
)

// A Preset is a set of times for failure detection. With n nodes a dead one is
// suspected after ProbeInterval + ProbeTimeout, in the mean, and given up
// SuspicionMult × max(1, log10 n) × ProbeInterval later, up to
// SuspicionMaxTimeoutMult times that if few others confirm it.
type Preset string

// The presets. In times for ten nodes: lost after about 3 s, 6 s and 35 s.
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
	default:
		return nil, fmt.Errorf("member: Config.Preset is %q: want %q, %q or %q", p, Local, LAN, WAN)
	}
	c.HandoffQueueDepth = 8192
	c.UDPBufferSize = maxPacket
	c.EnableCompression = false // the door's connections are short of neither
	return c, nil
}
