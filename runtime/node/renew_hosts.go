package node

import (
	"crypto/x509"
	"net"
	"strings"
)

// warnOfHosts says which of this node's addresses its certificate for browsers does
// not name: browsers refuse it there, and so do devices with programs of others.
func (r *renewal) warnOfHosts(cert *x509.Certificate) {
	cfg := &r.n.cfg
	missing := unnamed(cert, cfg.Control, cfg.Ingest.HTTPS, cfg.Ingest.MQTT)
	if len(missing) == 0 {
		return
	}
	var names []string
	names = append(names, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	r.n.log.Warn("the certificate for browsers does not name where this node listens: browsers and other devices refuse it there",
		"names", strings.Join(names, ", "), "not", strings.Join(missing, ", "),
		"mend", "enrol again: wardflow ca token --role node --again --host "+strings.Join(missing, " --host "))
}

// unnamed are the hosts of addresses, host:port, that a certificate does not name.
// An address without a host, or for all of them, says nothing.
func unnamed(cert *x509.Certificate, addresses ...string) (missing []string) {
	seen := map[string]bool{}
	for _, a := range addresses {
		host, _, err := net.SplitHostPort(a)
		if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() || seen[host] {
			continue
		}
		seen[host] = true
		if cert.VerifyHostname(host) != nil {
			missing = append(missing, host)
		}
	}
	return missing
}
