package socket

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func allow(t testing.TB, of ...string) (list []Allowance) {
	t.Helper()
	for _, s := range of {
		a, err := ParseAllowance(s)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

func TestAllowance(t *testing.T) {
	for _, tt := range []struct {
		allow, ip string
		port      uint16
		want      bool
	}{
		{"10.0.3.7:9100", "10.0.3.7", 9100, true},
		{"10.0.3.7:9100", "10.0.3.7", 9101, false},
		{"10.0.3.7:9100", "10.0.3.8", 9100, false},
		{"10.0.3.0/24:9000-9100", "10.0.3.255", 9050, true},
		{"10.0.3.0/24:9000-9100", "10.0.4.1", 9050, false},
		{"10.0.3.9/24:*", "10.0.3.1", 1, true},
		{"[::1]:80", "::1", 80, true},
		{"127.0.0.1:80", "::ffff:127.0.0.1", 80, true},
		{"monitor.h1.example:80", "10.0.3.7", 80, false},
	} {
		if got := allow(t, tt.allow)[0].address(netip.MustParseAddr(tt.ip), tt.port); got != tt.want {
			t.Errorf("%s allows %s port %d: %v", tt.allow, tt.ip, tt.port, got)
		}
	}
	for _, s := range []string{"", "host", ":80", "host:", "host:x", "host:70000", "host:9-8", "ho st:80", "http://h:80", "10.0.0.0/33:80"} {
		if a, err := ParseAllowance(s); err == nil {
			t.Errorf("ParseAllowance(%q) = %+v, want an error", s, a)
		}
	}
}

func TestListenAndDial(t *testing.T) {
	l, err := NewListener(allow(t, "127.0.0.1:0")).TCP("localhost", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for _, tt := range []struct{ allow, host, want string }{
		{"127.0.0.0/8:*", "127.0.0.1", ""},
		{"localhost:*", "localhost", ""},
		{"127.0.0.1:*", "localhost", ""},
		{"127.0.0.1:1", "127.0.0.1", "does not allow connections to 127.0.0.1, port "},
		{"10.0.0.0/8:1", "localhost", "does not allow connections to localhost"},
		{"10.0.0.0/8:*", "localhost", "does not allow connections to localhost"},
		{"127.0.0.1:*", "not a host", `"not a host" is no host`},
	} {
		c, err := NewDialer(allow(t, tt.allow)).Dial(ctx, "tcp", tt.host, port)
		if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("Dial %s where %s is allowed = %v, want %q", tt.host, tt.allow, err, tt.want)
		}
		if err == nil {
			c.Close()
		}
	}
	if _, err := NewDialer(nil).Dial(ctx, "tcp", "127.0.0.1", 0); !errors.Is(err, ErrRefused) {
		t.Errorf("Dial port 0 = %v", err)
	}
}

func TestListenRefuses(t *testing.T) {
	l := NewListener(allow(t, "127.0.0.1:7000"))
	for _, tt := range []struct {
		host string
		port int
		want string
	}{
		{"", 7000, "does not allow listening at 0.0.0.0, port 7000; it allows 127.0.0.1:7000"},
		{"127.0.0.1", 7001, "port 7001"},
		{"127.0.0.1", 70000, "is no address to listen at"},
		{"example.org", 7000, "is no address to listen at"},
	} {
		if _, err := l.UDP(tt.host, tt.port); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("UDP(%s, %d) = %v, want %q", tt.host, tt.port, err, tt.want)
		}
	}
	if _, err := NewListener(nil).TCP("", 1); err == nil || !strings.Contains(err.Error(), "it allows nothing") {
		t.Errorf("TCP where nothing is allowed = %v", err)
	}
}

// A name that is pointed at this machine does not lead there.
func TestGuard(t *testing.T) {
	if err := guard("h.example")("tcp", "127.0.0.1:80", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("guard = %v", err)
	}
	if err := guard("localhost")("tcp", "127.0.0.1:80", nil); err != nil {
		t.Errorf("guard = %v", err)
	}
}

func FuzzParseAllowance(f *testing.F) {
	for _, s := range []string{"a:1", "[::1]:1-2", "10.0.0.0/8:*", "a::1", ":::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAllowance(s)
		if err == nil && (a.from > a.to || (a.name == "") == !a.net.IsValid()) {
			t.Errorf("ParseAllowance(%q) = %+v", s, a)
		}
	})
}
