package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/doctor"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/member"
	"github.com/wardflow/wardflow/runtime/pki"
)

// Examine looks at the host that a configuration file is for, whether the node
// runs there or not: its files, its ports, its disk, and the way to the other
// nodes that the file names. It writes a small file into the node's folder, for a
// moment, and connects to the others as the node.
func Examine(ctx context.Context, file string) []doctor.Finding {
	c, err := LoadConfig(file)
	found := []doctor.Finding{doctor.Config(file, err)}
	if err != nil {
		return found
	}
	found = append(found, examineTrust(c)...)
	own, verifier, certs := examineCertificates(c, time.Now())
	found = append(found, certs...)
	found = append(found, doctor.Ports(examinePorts(ctx, c, own, verifier))...)
	if verifier != nil {
		found = append(found, examineWays(ctx, c, own, verifier)...)
	} else {
		found = append(found, doctor.Skip("reach", c.Door, "it takes a certificate that holds, and a trust file"))
	}
	found = append(found, examineDisk(ctx, c)...)
	return append(found, examineHost(c)...)
}

func examineTrust(c *Config) []doctor.Finding {
	info, err := os.Stat(c.Trust)
	if err != nil {
		return []doctor.Finding{{Check: "trust", About: c.Trust, State: doctor.Bad, Found: err.Error(),
			Mend: "copy trust.pem from the hospital's authority: `wardflow ca init` has made it, `wardflow enroll` brings it"}}
	}
	return []doctor.Finding{doctor.TrustMode(c.Trust, info.Mode())}
}

// examineCertificates looks at the node's own certificate and those of its
// actors. verifier is nil when the node could not start with what there is.
func examineCertificates(c *Config, now time.Time) (own flow.Signer, verifier *pki.Verifier, found []doctor.Finding) {
	broken := func(about string, err error) doctor.Finding {
		return doctor.Finding{Check: "certificate", About: about, State: doctor.Bad, Found: err.Error(),
			Mend: "issue it anew: `wardflow enroll`, or `wardflow ca node` where the authority is"}
	}
	trust, err := pki.LoadTrust(c.Trust)
	if err != nil {
		return own, nil, []doctor.Finding{{Check: "trust", About: c.Trust, State: doctor.Bad, Found: err.Error(), Mend: "copy trust.pem from the hospital's authority"}}
	}
	verifier = pki.NewVerifier(trust)
	dirs := map[string]control.CertificateUse{c.Certificate: control.UseNode}
	if c.Identities != "" {
		entries, err := os.ReadDir(c.Identities)
		if err != nil {
			found = append(found, broken(c.Identities, err))
		}
		for _, e := range entries {
			if e.IsDir() {
				dirs[filepath.Join(c.Identities, e.Name())] = control.UseIdentity
			}
		}
	}
	var certs []control.Certificate
	for dir, use := range dirs {
		if info, err := os.Stat(filepath.Join(dir, "key.pem")); err == nil {
			found = append(found, doctor.KeyMode(filepath.Join(dir, "key.pem"), info.Mode()))
		}
		s, err := pki.LoadSigner(dir)
		if err != nil {
			found = append(found, broken(dir, err))
			continue
		}
		cert := control.Certificate{Nodes: []flow.NodeID{c.Node}, Use: use, Name: filepath.Base(dir), From: s.Chain[0].NotBefore, Until: s.Chain[0].NotAfter}
		if c.CA != "" {
			cert.Renews = cert.From.Add(cert.Until.Sub(cert.From) / 2)
		}
		id, err := verifier.Identify(s.Chain, now)
		switch {
		case err != nil:
			cert.State, cert.Failed = control.CertificateRefused, err.Error()
		case use == control.UseNode && (id.Role != flow.RoleNode || id.Name != string(c.Node)):
			cert.State, cert.Failed = control.CertificateRefused, fmt.Sprintf("it is of %s, not of the node %s", id.URI, c.Node)
		}
		if use == control.UseNode {
			cert.Name = string(c.Node)
			if s.ID = id; cert.State != "" {
				verifier = nil
			}
			own = s
		}
		cert.Judge(now)
		certs = append(certs, cert)
	}
	for _, root := range slices.Concat(trust.Roots, trust.Issuers) {
		certs = append(certs, authority(root, now))
	}
	if own.Key == nil {
		verifier = nil
	}
	certs = control.JoinCertificates(certs)
	return own, verifier, append(found, doctor.Certificates(certs)...)
}

func authority(x *x509.Certificate, now time.Time) control.Certificate {
	c := control.Certificate{Use: control.UseRoot, Name: x.Subject.CommonName, From: x.NotBefore, Until: x.NotAfter,
		Mend: "the hospital's authority makes the next one: `wardflow ca roll`"}
	if string(x.RawIssuer) != string(x.RawSubject) {
		c.Use = control.UseIssuer
	}
	c.Judge(now)
	return c
}

// examinePorts tries to listen where the node would.
func examinePorts(ctx context.Context, c *Config, own flow.Signer, v *pki.Verifier) []doctor.Port {
	var ports []doctor.Port
	for _, p := range []struct{ key, addr string }{{"door", c.Door}, {"control", c.Control}, {"ingest.https", c.Ingest.HTTPS}, {"ingest.mqtt", c.Ingest.MQTT}, {"metrics", c.Metrics}} {
		if p.addr == "" {
			continue
		}
		port := doctor.Port{Key: p.key, Addr: p.addr}
		l, err := net.Listen("tcp", p.addr)
		if err == nil {
			err = l.Close()
		} else if v != nil && p.key != "metrics" {
			port.Ours = ours(ctx, c, p.addr, own, v)
		}
		port.Err = err
		ports = append(ports, port)
	}
	// Without TLS nobody says who is there: if all else is this node's, so is that.
	running := len(ports) > 0 && ports[0].Ours
	for i := range ports {
		if ports[i].Key == "metrics" && ports[i].Err != nil {
			ports[i].Ours = running
		}
	}
	return ports
}

// ours reports whether this node itself is at an address.
func ours(ctx context.Context, c *Config, addr string, own flow.Signer, v *pki.Verifier) bool {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host, _, _ := net.SplitHostPort(addr); host == "" || net.ParseIP(host).IsUnspecified() {
		addr = net.JoinHostPort("127.0.0.1", port)
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeWithin)
	defer cancel()
	self := func() flow.Signer { return own }
	conf := pki.ClientTLS(self, v, pki.OurNamed(self, flow.RoleNode, string(c.Node)), control.ClientProto, "h2", "http/1.1")
	conn, err := (&tls.Dialer{Config: conf}).DialContext(ctx, "tcp", addr)
	if err != nil {
		// MQTT agrees on no protocol, and the door wants its own.
		conf.NextProtos = nil
		if conn, err = (&tls.Dialer{Config: conf}).DialContext(ctx, "tcp", addr); err != nil {
			return false
		}
	}
	return conn.Close() == nil
}

// examineHost looks at what the host gives a process.
func examineHost(c *Config) []doctor.Finding {
	about := string(c.Node)
	found := []doctor.Finding{doctor.Files(about, openFiles(), maxFiles())}
	h, err := new(member.Meter).Measure()
	if err != nil {
		return append(found, doctor.Skip("memory", about, err.Error()))
	}
	return append(found, doctor.Memory(about, uint64(float64(h.Memory)*(1-h.MemoryOK)), uint64(h.Memory)))
}
