package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
)

// ErrRefused is wrapped by errors about addresses that are none or not allowed.
// The same address would be refused again.
var ErrRefused = errors.New("the address is refused")

// A Dialer connects to what is listed.
type Dialer struct{ allow []Allowance }

// NewDialer makes a dialer for a list.
func NewDialer(allow []Allowance) *Dialer { return &Dialer{allow} }

// Dial connects to host and port over network, "tcp" or "udp". A name that no
// entry lists is looked up, and an address of it that one does is taken.
func (d *Dialer) Dial(ctx context.Context, network, host string, port int) (net.Conn, error) {
	if port < 1 || port > 65535 {
		return nil, fmt.Errorf("%w: port %d is not within 1 and 65535", ErrRefused, port)
	}
	p := uint16(port)
	if ip, err := netip.ParseAddr(host); err == nil {
		if !slices.ContainsFunc(d.allow, func(a Allowance) bool { return a.address(ip, p) }) {
			return nil, refused("connections to", host, port, d.allow)
		}
		return new(net.Dialer).DialContext(ctx, network, netip.AddrPortFrom(ip, p).String())
	}
	if !isName(host) {
		return nil, fmt.Errorf("%w: %q is no host", ErrRefused, host)
	}
	named := func(a Allowance) bool { return a.name == strings.ToLower(host) && a.port(p) }
	if slices.ContainsFunc(d.allow, named) {
		dialer := net.Dialer{Control: guard(host)}
		return dialer.DialContext(ctx, network, net.JoinHostPort(host, fmt.Sprint(port)))
	}
	if !slices.ContainsFunc(d.allow, func(a Allowance) bool { return a.name == "" && a.port(p) }) {
		return nil, refused("connections to", host, port, d.allow)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	for _, ip := range ips {
		if slices.ContainsFunc(d.allow, func(a Allowance) bool { return a.address(ip, p) }) {
			return new(net.Dialer).DialContext(ctx, network, netip.AddrPortFrom(ip, p).String())
		}
	}
	return nil, refused("connections to", host, port, d.allow)
}

// guard refuses a name that somebody has pointed at this machine or its link.
func guard(host string) func(string, string, syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		ip := at.Addr().Unmap()
		if !strings.EqualFold(host, "localhost") && (ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast()) {
			return fmt.Errorf("%w: %s leads to %s on this machine or its link; allow that address itself if it is meant", ErrRefused, host, ip)
		}
		return nil
	}
}

// A Listener listens where it is listed.
type Listener struct{ allow []Allowance }

// NewListener makes a listener for a list.
func NewListener(allow []Allowance) *Listener { return &Listener{allow} }

// TCP accepts connections at an address of this machine; "" is every address,
// port 0 one that is free.
func (l *Listener) TCP(host string, port int) (net.Listener, error) {
	address, err := l.allowed(host, port)
	if err != nil {
		return nil, err
	}
	return net.Listen("tcp", address)
}

// UDP takes datagrams at an address of this machine.
func (l *Listener) UDP(host string, port int) (net.PacketConn, error) {
	address, err := l.allowed(host, port)
	if err != nil {
		return nil, err
	}
	return net.ListenPacket("udp", address)
}

func (l *Listener) allowed(host string, port int) (string, error) {
	switch strings.ToLower(host) {
	case "":
		host = "0.0.0.0"
	case "localhost":
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || port < 0 || port > 65535 {
		return "", fmt.Errorf("%w: %q, port %d, is no address to listen at", ErrRefused, host, port)
	}
	if !slices.ContainsFunc(l.allow, func(a Allowance) bool { return a.address(ip, uint16(port)) }) {
		return "", refused("listening at", host, port, l.allow)
	}
	return netip.AddrPortFrom(ip, uint16(port)).String(), nil
}

func refused(what, host string, port int, allow []Allowance) error {
	list := []string{}
	for _, a := range allow {
		list = append(list, a.String())
	}
	if len(list) == 0 {
		list = append(list, "nothing")
	}
	return fmt.Errorf("%w: this node does not allow %s %s, port %d; it allows %s", ErrRefused, what, host, port, strings.Join(list, ", "))
}
