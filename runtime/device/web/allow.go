package web

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"syscall"
)

// An Allowance is one address that may be reached, and all below it:
//
//	https://fhir.h1.example            the whole server
//	https://fhir.h1.example/r4/        what begins so
//	https://*.h1.example:8443          any name one level below
//	http://10.0.3.7:8080               without TLS, said outright
type Allowance struct {
	scheme, host, port, path string
}

// ParseAllowance reads an address of a configuration.
func ParseAllowance(s string) (Allowance, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return Allowance{}, fmt.Errorf("address %q: want https://HOST, perhaps with :PORT and /PATH", s)
	case strings.Contains(strings.TrimPrefix(u.Hostname(), "*."), "*") || u.Hostname() == "*":
		return Allowance{}, fmt.Errorf("address %q: * stands for the first part of a name only, as in *.h1.example", s)
	case dotted(u.EscapedPath()):
		return Allowance{}, fmt.Errorf("address %q: . and .. have no place in its path", s)
	}
	return Allowance{u.Scheme, strings.ToLower(u.Hostname()), portOf(u), u.Path}, nil
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// dotted reports whether a server might read a path otherwise than it looks.
func dotted(escaped string) bool {
	low := strings.ToLower(escaped)
	if strings.Contains(low, "%2f") || strings.Contains(low, "%5c") || strings.Contains(low, `\`) || strings.Contains(low, "%00") {
		return true
	}
	plain, err := url.PathUnescape(escaped)
	return err != nil || plain != "" && path.Clean(plain) != plain && path.Clean(plain)+"/" != plain
}

// allows reports whether the address is below this one.
func (a Allowance) allows(u *url.URL) bool {
	if u.Scheme != a.scheme || portOf(u) != a.port || !a.named(strings.ToLower(u.Hostname())) {
		return false
	}
	if a.path == "" || a.path == "/" {
		return true
	}
	if dotted(u.EscapedPath()) {
		return false
	}
	below := strings.TrimSuffix(a.path, "/") + "/"
	return u.Path == a.path || strings.HasPrefix(u.Path, below)
}

func (a Allowance) named(host string) bool {
	suffix, wild := strings.CutPrefix(a.host, "*")
	if !wild {
		return host == a.host
	}
	first, ok := strings.CutSuffix(host, suffix)
	return ok && first != "" && !strings.Contains(first, ".")
}

// String is the address as a configuration has it.
func (a Allowance) String() string {
	return a.scheme + "://" + net.JoinHostPort(a.host, a.port) + a.path
}

// guard refuses connections to this machine and its link, unless the allowance
// names such an address itself: a name that somebody points at 127.0.0.1 must
// not lead there.
func (a Allowance) guard(_, address string, _ syscall.RawConn) error {
	if a.host == "localhost" {
		return nil
	}
	if _, err := netip.ParseAddr(a.host); err == nil {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	if ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast() {
		return fmt.Errorf("%s leads to %s on this machine or its link; allow that address itself if it is meant", a.host, ip)
	}
	return nil
}
