package socket

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// An Allowance is one entry of a list, HOST:PORT:
//
//	monitor.h1.example:9100    a name
//	10.0.3.7:9100              an address; [::1]:9100 with six parts
//	10.0.3.0/24:9000-9100      a net, and a range of ports
//	10.0.3.7:*                 any port
type Allowance struct {
	text     string
	name     string       // in lower case; "" is a net
	net      netip.Prefix // of one address or more
	from, to uint16       // ports
}

// ParseAllowance reads an entry of a configuration.
func ParseAllowance(s string) (Allowance, error) {
	bad := fmt.Errorf("address %q: want HOST:PORT, such as monitor.h1.example:9100 or 10.0.3.0/24:9000-9100", s)
	i := strings.LastIndexByte(s, ':')
	if i <= 0 {
		return Allowance{}, bad
	}
	host, ports := strings.TrimSuffix(strings.TrimPrefix(s[:i], "["), "]"), s[i+1:]
	a := Allowance{text: s}
	var err error
	if a.from, a.to, err = parsePorts(ports); err != nil {
		return Allowance{}, bad
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		a.net = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
	} else if p, err := netip.ParsePrefix(host); err == nil {
		a.net = p.Masked()
	} else if isName(host) {
		a.name = strings.ToLower(host)
	} else {
		return Allowance{}, bad
	}
	return a, nil
}

func parsePorts(s string) (from, to uint16, err error) {
	if s == "*" {
		return 0, 65535, nil
	}
	low, high, isRange := strings.Cut(s, "-")
	if !isRange {
		high = low
	}
	a, err := strconv.ParseUint(low, 10, 16)
	if err != nil {
		return 0, 0, err
	}
	b, err := strconv.ParseUint(high, 10, 16)
	if err != nil || b < a {
		return 0, 0, fmt.Errorf("ports %q", s)
	}
	return uint16(a), uint16(b), nil
}

func isName(s string) bool {
	return s != "" && len(s) <= 253 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_')
	})
}

func (a Allowance) port(p uint16) bool { return p >= a.from && p <= a.to }

func (a Allowance) address(ip netip.Addr, port uint16) bool {
	return a.name == "" && a.net.Contains(ip.Unmap()) && a.port(port)
}

// String is the entry as the configuration has it.
func (a Allowance) String() string { return a.text }
