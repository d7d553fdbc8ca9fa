package node

import (
	"crypto/x509"
	"net"
	"slices"
	"testing"
)

// Only hosts that a node says it listens at must stand in its certificate for
// browsers.
func TestUnnamedHosts(t *testing.T) {
	cert := &x509.Certificate{DNSNames: []string{"ward.h1.health.example"}, IPAddresses: []net.IP{net.IPv4(10, 0, 0, 5)}}
	got := unnamed(cert, "10.0.0.5:7443", "ward.h1.health.example:1", "0.0.0.0:1", "[::]:1", ":1", "", "10.0.0.6:7443", "10.0.0.6:8883", "desk.h1.health.example:1")
	if want := []string{"10.0.0.6", "desk.h1.health.example"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
