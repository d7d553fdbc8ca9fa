package listeners

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Socket is one at which a process takes what comes from the network.
type Socket struct {
	Net  string // tcp, tcp6, udp, udp6
	Addr netip.AddrPort
}

// String is as in "tcp 127.0.0.1:7400".
func (s Socket) String() string { return s.Net + " " + s.Addr.String() }

// The states of sockets in /proc/net, in hex: TCP_LISTEN, and TCP_CLOSE, which
// for UDP stands for one that takes from everybody.
const (
	tcpListen = "0A"
	udpOpen   = "07"
)

// Listening are the sockets of this process that take what comes from the
// network, as Linux knows them (proc(5)).
func Listening() (all []Socket, err error) {
	own, err := inodes()
	if err != nil {
		return nil, err
	}
	for net, state := range map[string]string{"tcp": tcpListen, "tcp6": tcpListen, "udp": udpOpen, "udp6": udpOpen, "udplite": udpOpen, "raw": udpOpen} {
		b, err := os.ReadFile(filepath.Join("/proc/self/net", net))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
			f := strings.Fields(line)
			if i == 0 || len(f) < 10 || f[3] != state || !own[f[9]] {
				continue
			}
			addr, err := parseAddr(f[1])
			if err != nil {
				return nil, fmt.Errorf("/proc/self/net/%s, line %d: %w", net, i+1, err)
			}
			all = append(all, Socket{net, addr})
		}
	}
	slices.SortFunc(all, func(a, b Socket) int { return strings.Compare(a.String(), b.String()) })
	return all, nil
}

// inodes are the sockets that this process has open.
func inodes() (map[string]bool, error) {
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, fd := range fds {
		to, err := os.Readlink(filepath.Join("/proc/self/fd", fd.Name()))
		if err != nil {
			continue // closed meanwhile
		}
		if inode, ok := strings.CutPrefix(to, "socket:["); ok {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return own, nil
}

// parseAddr reads an address of /proc/net: words of 32 bits, each the wrong way
// round, a colon and the port.
func parseAddr(s string) (netip.AddrPort, error) {
	host, port, ok := strings.Cut(s, ":")
	b, err := hex.DecodeString(host)
	p, err2 := hex.DecodeString(port)
	if !ok || err != nil || err2 != nil || len(p) != 2 || len(b) != 4 && len(b) != 16 {
		return netip.AddrPort{}, fmt.Errorf("%q is no address", s)
	}
	for word := range slices.Chunk(b, 4) {
		binary.BigEndian.PutUint32(word, binary.LittleEndian.Uint32(word))
	}
	addr, _ := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(p)), nil
}
