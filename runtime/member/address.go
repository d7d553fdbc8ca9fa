package member

import (
	"crypto/sha256"
	"net"
	"net/netip"
	"strconv"

	"github.com/hashicorp/memberlist"
)

// memberlist knows nodes by IP address, and takes a node that comes back with
// another one for an impostor. Doors may be names and may change. So it is
// given addresses that stand for names instead, never dialled: an IPv6 address
// out of fd00::/8 made from the node's name, or from a seed's host:port.
const standInPort = 1

func standIn(name string) net.IP {
	sum := sha256.Sum256([]byte(name))
	ip := make(net.IP, net.IPv6len)
	copy(ip, sum[:])
	ip[0] = 0xfd
	return ip
}

func standInAddr(name string) string {
	return net.JoinHostPort(standIn(name).String(), strconv.Itoa(standInPort))
}

// seedName is what stands for a seed of which only the door is known. No node
// has a slash in its name.
func seedName(door string) string { return "seed/" + door }

// from is the sender of a packet, as memberlist wants it.
func from(node string) net.Addr {
	ip, _ := netip.AddrFromSlice(standIn(node))
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, standInPort))
}

// joinName is how memberlist is told to visit a node or a seed.
func joinName(name string) string { return standInAddr(name) }

var _ memberlist.NodeAwareTransport = (*transport)(nil)
