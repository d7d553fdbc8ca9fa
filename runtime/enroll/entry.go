package enroll

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A State says what a holder may have.
type State string

// The states. Only an active holder gets its certificate renewed; those of one
// who is suspended or revoked are on the revocation list.
const (
	Invited   State = "invited" // may fetch its first certificate with its token
	Active    State = "active"
	Suspended State = "suspended" // may be reinstated
	Revoked   State = "revoked"   // for good; a new invitation makes a new start
)

// An Invitation says who is to get a certificate, and what it is to say.
type Invitation struct {
	Role  flow.Role `json:"role"`
	Name  string    `json:"name,omitempty"`  // all but devices
	EPC   string    `json:"epc,omitempty"`   // devices: urn:epc:id:giai:0614141.5678
	Group string    `json:"group,omitempty"` // site/floor/room/type: devices and collectors must have one
	Rule  string    `json:"rule,omitempty"`  // ADDRESS@VERSION of the oldest rule it may be judged by

	// Life of its certificates; 0: what is usual for the role.
	Life time.Duration `json:"life,omitempty"`
	// Hosts are the DNS names and IP addresses that a node may get a certificate
	// for browsers for.
	Hosts []string `json:"hosts,omitempty"`
	// For is how long the token can be used: at most, and by default, 10 min.
	For time.Duration `json:"for,omitempty"`
	// Again invites a holder who has been here before: it has lost its key, or was
	// revoked and comes back. Its old certificates are revoked when it enrols.
	Again bool `json:"again,omitempty"`
}

// request is what the invitation asks of the authority.
func (i *Invitation) request() (pki.Request, error) {
	req := pki.Request{Role: i.Role, Name: i.Name, Group: i.Group, Life: i.Life}
	if i.Rule != "" {
		pin, err := pki.ParseRulePin(i.Rule)
		if err != nil {
			return req, err
		}
		req.Rule = &pin
	}
	if i.Role == flow.RoleDevice {
		if i.Name != "" {
			return req, errors.New("a device is named by its EPC, not by a name")
		}
		epc, err := pki.ParseEPC(i.EPC)
		if err != nil {
			return req, err
		}
		req.EPC = epc
		return req, nil
	}
	if i.EPC != "" {
		return req, errors.New("only a device has an EPC")
	}
	return req, nil
}

// An Entry is what the registry knows of one holder.
type Entry struct {
	URI   string        `json:"uri"` // its SPIFFE ID, which is what the registry finds it by
	Role  flow.Role     `json:"role"`
	Name  string        `json:"name,omitempty"`
	EPC   string        `json:"epc,omitempty"` // pure identity
	Group string        `json:"group,omitempty"`
	Rule  string        `json:"rule,omitempty"`
	Life  time.Duration `json:"life,omitempty"`
	Hosts []string      `json:"hosts,omitempty"`

	// Generation counts how many times it has begun anew, by a token that says
	// Again. What was issued to an earlier one is renewed no more.
	Generation int `json:"generation,omitempty"`

	State  State     `json:"state"`
	Reason string    `json:"reason,omitempty"` // of RFC 5280, for suspended and revoked ones
	By     string    `json:"by"`               // who brought it into this state
	Since  time.Time `json:"since"`
}

// request is what the authority is asked for at a renewal: the same as ever.
func (e *Entry) request() (pki.Request, error) {
	i := Invitation{Role: e.Role, Name: e.Name, EPC: e.EPC, Group: e.Group, Rule: e.Rule, Life: e.Life}
	return i.request()
}

// allows is nil for an entry whose holder may have a certificate renewed now.
func (e *Entry) allows() error {
	switch e.State {
	case Active:
		return nil
	case Suspended:
		return fmt.Errorf("%s is suspended since %s: %w", e.URI, e.Since.Format(time.RFC3339), ErrSuspended)
	case Revoked:
		return fmt.Errorf("%s is revoked since %s (%s): %w", e.URI, e.Since.Format(time.RFC3339), e.Reason, ErrRevoked)
	}
	return fmt.Errorf("%s has not fetched its first certificate: %w", e.URI, ErrUnknown)
}

// uriOf is the SPIFFE ID that a request's certificate will have.
func uriOf(domain string, req pki.Request) (string, error) {
	if req.Role != flow.RoleDevice {
		return "spiffe://" + domain + "/" + string(req.Role) + "/" + req.Name, nil
	}
	if err := req.EPC.Valid(); err != nil {
		return "", err
	}
	path := strings.Replace(strings.TrimPrefix(req.EPC.URI(), "urn:epc:id:"), ":", "/", 1)
	return "spiffe://" + domain + "/device/" + path, nil
}

// maxHosts bounds the names of one certificate for browsers.
const maxHosts = 16

// checkHosts is nil for names that a node may show to browsers: addresses, and
// DNS names below the hospital's, except the one by which the CA service is known.
func checkHosts(hosts []string, domain string) error {
	if len(hosts) > maxHosts {
		return fmt.Errorf("%d host names: want at most %d", len(hosts), maxHosts)
	}
	for _, h := range hosts {
		ip := net.ParseIP(h)
		switch {
		case ip != nil && !private(ip):
			return fmt.Errorf("address %s: want one of a private network, or a DNS name below %s", h, domain)
		case ip != nil:
		case strings.EqualFold(h, caHost(domain)):
			return fmt.Errorf("host %s is the CA service's own name: nobody else gets it", h)
		case !strings.HasSuffix(h, "."+domain) || len(h) > 253 || strings.ContainsFunc(h, notHost):
			return fmt.Errorf("host %.100q: want an IP address, or a DNS name in small letters below %s", h, domain)
		}
	}
	return nil
}

// private reports whether an address is one that the hospital's authority gives
// certificates for: of no network but its own (RFC 1918, 3927, 4193, 6598).
func private(ip net.IP) bool {
	shared := net.IPNet{IP: net.IPv4(100, 64, 0, 0).To4(), Mask: net.CIDRMask(10, 32)}
	return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || shared.Contains(ip)
}

func notHost(r rune) bool {
	return !slices.Contains([]rune{'.', '-'}, r) && (r < '0' || r > '9') && (r < 'a' || r > 'z')
}

// caHost is the DNS name in the certificate of a hospital's CA service,
// wherever it listens. It is how our clients know that they speak to it.
func caHost(domain string) string { return "ca." + domain }
