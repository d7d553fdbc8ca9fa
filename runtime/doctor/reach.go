package doctor

import (
	"fmt"
	"time"
)

// A Reach is how a host reached another node's door, step by step. The first
// error ends it.
type Reach struct {
	Node string // "" when only the address is known
	Addr string // host:port
	TCP  error  // of the connection
	TLS  error  // of the handshake, in which both show their certificates
	// Hung says that the handshake got no answer in time, where an error came from
	// nobody.
	Hung bool
	// Asked says that the other node told its time: Skew is how far its clock is
	// ahead, to within half of RTT. Silent is why it did not.
	Asked  bool
	Silent error
	RTT    time.Duration
	Skew   time.Duration
}

// Reached is about the ways to other nodes.
func Reached(all []Reach) []Finding {
	var found []Finding
	for _, r := range all {
		about := r.Addr
		if r.Node != "" {
			about = r.Node + " " + r.Addr
		}
		switch {
		case r.TCP != nil:
			found = append(found, bad("reach", about, "is the node up, the address right, and does no firewall stand between? Its door is a TCP port that all nodes must reach", "no connection: %v", r.TCP))
		case r.TLS != nil && r.Hung:
			found = append(found, bad("reach", about, "small packets come through and large ones don't: look at the MTU of the way (a VPN?), and let ICMP \"fragmentation needed\" through", "it answers, but the handshake hangs: %v", r.TLS))
		case r.TLS != nil:
			found = append(found, bad("reach", about, "both must have certificates of one hospital that hold now, and a trust file with its authorities: `wardflow cert list` shows them", "it is there, but the two do not believe each other: %v", r.TLS))
		case !r.Asked:
			found = append(found, warning("reach", about, "look into its log: it takes connections and answers no questions", "it does not answer: %v", r.Silent))
		default:
			found = append(found, good("reach", about, "there and back in %s", r.RTT.Round(10*time.Microsecond)))
		}
	}
	return found
}

// How far clocks may be apart: leases count on less than a second, and signed
// statements on less than five minutes.
const (
	skewOdd = 250 * time.Millisecond
	skewBad = 2 * time.Second
)

const setClocks = "let a time service set it: `timedatectl set-ntp true`, or chrony with the hospital's servers; all nodes by the same"

// Skew is about a clock that is ahead by so much, known to within so much.
func Skew(about string, ahead, within time.Duration) Finding {
	off := ahead.Abs()
	found := fmt.Sprintf("%s ahead of the others, to within %s", ahead.Round(time.Millisecond), within.Round(10*time.Microsecond))
	if ahead < 0 {
		found = fmt.Sprintf("%s behind the others, to within %s", off.Round(time.Millisecond), within.Round(10*time.Microsecond))
	}
	switch {
	case off-within > skewBad:
		return bad("clock", about, setClocks, "%s: leases, certificates and the times of readings rest on it", found)
	case off-within > skewOdd:
		return warning("clock", about, setClocks, "%s", found)
	}
	return good("clock", about, "%s", found)
}
