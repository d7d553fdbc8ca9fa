package control

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// deskTries is how often a free port is looked for that nobody has on the other
// address of this machine.
const deskTries = 16

// listenDesk listens at an address of this machine, and where the browser is given
// a name, at the other one that the name may stand for too: browsers try ::1 first
// for a name under localhost, and a desk at 127.0.0.1 alone would leave that to
// whoever else is logged in on this machine, who would be handed the one-time link
// and act with it.
func listenDesk(cfg *DeskConfig) ([]net.Listener, error) {
	host, port, _ := net.SplitHostPort(cfg.Addr) // it was read before
	other := net.IPv6loopback.String()
	if net.ParseIP(host).To4() == nil {
		other = "127.0.0.1"
	}
	if net.ParseIP(cfg.Host) != nil {
		other = "" // the browser looks for no other
	}
	for try := 1; ; try++ {
		all, err := listenBoth(cfg.Addr, other)
		if err == nil {
			return all, nil
		}
		if port != "0" || try == deskTries {
			return nil, fmt.Errorf("listen for your browser: %w", err)
		}
	}
}

// listenBoth listens at addr, and at the same port of other unless that is "" or
// this machine has no such address, so that nobody else can either.
func listenBoth(addr, other string) ([]net.Listener, error) {
	first, err := net.Listen("tcp", addr)
	if err != nil || other == "" {
		return []net.Listener{first}, err
	}
	_, port, _ := net.SplitHostPort(first.Addr().String()) // a listener's address has one
	second, err := net.Listen("tcp", net.JoinHostPort(other, port))
	switch {
	case err == nil:
		return []net.Listener{first, second}, nil
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT):
		return []net.Listener{first}, nil
	}
	return nil, errors.Join(fmt.Errorf("port %s of %s may be somebody else's, to whom your browser would go: %w", port, other, err), first.Close())
}
