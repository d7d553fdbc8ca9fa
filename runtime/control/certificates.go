package control

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Certificate is one that the cluster lives by, as people see it: whose it is,
// until when, and who sees to the next one. Its key is never shown, and neither
// is whose card it is.
type Certificate struct {
	Nodes  []flow.NodeID  `json:"nodes"`          // where it lies, sorted
	Use    CertificateUse `json:"use"`            // what for
	Name   string         `json:"name"`           // for people: "bedside", "monitor", "Ministry of Health Root"; of a card: "a card"
	URI    string         `json:"uri,omitempty"`  // SPIFFE ID of the holder; "": a browsers' one, an authority's, a card's
	Role   flow.Role      `json:"role,omitempty"` // of the holder
	Group  string         `json:"group,omitempty"`
	Hosts  []string       `json:"hosts,omitempty"`  // names and addresses of one for browsers
	Serial string         `json:"serial,omitempty"` // serial number: hex, small letters; "" of a card
	From   time.Time      `json:"from"`             // its life
	Until  time.Time      `json:"until"`
	Left   float64        `json:"left"` // the share of its life that is left, 0 to 1

	State CertificateState `json:"state"`
	// Renews is when its node sees to the next one: zero when people must.
	Renews time.Time `json:"renews,omitzero"`
	Failed string    `json:"failed,omitempty"` // why it is not renewed or not believed
	Mend   string    `json:"mend,omitempty"`   // what people must do; "": nothing
}

// A CertificateUse says what a certificate is for.
type CertificateUse string

// The uses.
const (
	UseNode     CertificateUse = "node"     // the node itself
	UseIdentity CertificateUse = "identity" // actors there: a device, a collector, storage
	UseWeb      CertificateUse = "web"      // browsers
	UseCard     CertificateUse = "card"     // a patient's card in the node's reader
	UseIssuer   CertificateUse = "issuer"   // a hospital's authority that is believed
	UseRoot     CertificateUse = "root"     // a root that is believed
)

// A CertificateState says how it is about a certificate's life.
type CertificateState string

// The states, the worst last.
const (
	CertificateGood    CertificateState = "good"
	CertificateEnding  CertificateState = "ending"  // it should have been replaced: see [Certificate.Judge]
	CertificateNotYet  CertificateState = "not yet" // it begins later than the node's clock says
	CertificateRefused CertificateState = "refused" // it is revoked, or nobody believes it for another reason
	CertificateEnded   CertificateState = "ended"
)

// handNotice is how long before the end of a certificate that people must see to
// they are told.
const handNotice = 90 * 24 * time.Hour

// Judge fills in Left and State for a moment. One that its node renews is ending
// when a third of its life is left: half of it would have been the time. One that
// people must see to is so too, but never earlier than 90 days before its end.
func (c *Certificate) Judge(now time.Time) {
	life := c.Until.Sub(c.From)
	if life > 0 {
		c.Left = min(1, max(0, float64(c.Until.Sub(now))/float64(life)))
	}
	switch {
	case !now.Before(c.Until):
		c.State = CertificateEnded
	case c.State == CertificateRefused:
	case now.Before(c.From):
		c.State = CertificateNotYet
	case 3*c.Left <= 1 && (!c.Renews.IsZero() || c.Until.Sub(now) <= handNotice):
		c.State = CertificateEnding
	default:
		c.State = CertificateGood
	}
}

// Odd reports whether somebody must look after it.
func (c *Certificate) Odd() bool {
	return c.State != CertificateGood || c.Failed != "" && !c.Renews.IsZero()
}

// Certificates are those of a cluster, the one that ends first first.
type Certificates struct {
	APIVersion string        `json:"apiVersion"`
	At         time.Time     `json:"at"`
	Items      []Certificate `json:"items"`
	Silent     []Silence     `json:"silent,omitempty"` // whose certificates are missing here
}

// A Silence is a node that did not answer.
type Silence struct {
	Node flow.NodeID `json:"node"`
	Why  string      `json:"why"`
}

// A CertificateKeeper knows the certificates of a cluster. A [Backend] that is none
// answers [ErrNotFound].
type CertificateKeeper interface {
	// Certificates asks each node that is up for its own, and waits for none longer
	// than a moment.
	Certificates(ctx context.Context) (*Certificates, error)
}

// JoinCertificates puts together what nodes have, the one that ends first first.
// What several have, such as the roots, is one with all of them.
func JoinCertificates(all []Certificate) []Certificate {
	type same struct {
		use                      CertificateUse
		uri, name, serial, until string
	}
	at := map[same]int{}
	out := []Certificate{}
	for _, c := range all {
		k := same{c.Use, c.URI, c.Name, c.Serial, c.Until.UTC().Format(time.RFC3339Nano)}
		i, had := at[k]
		if !had || c.Use == UseCard {
			at[k] = len(out)
			c.Nodes = slices.Clone(c.Nodes)
			out = append(out, c)
			continue
		}
		for _, n := range c.Nodes {
			if !slices.Contains(out[i].Nodes, n) {
				out[i].Nodes = append(out[i].Nodes, n)
			}
		}
		slices.Sort(out[i].Nodes)
	}
	slices.SortStableFunc(out, func(a, b Certificate) int {
		return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Use, b.Use), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func (s *Server) certificateRoutes() []route {
	return []route{{"GET /certificates", "see", s.getCertificates}}
}

func (s *Server) getCertificates(w http.ResponseWriter, r *http.Request) error {
	k, ok := s.cfg.Backend.(CertificateKeeper)
	if !ok {
		return fmt.Errorf("certificates here: %w", ErrNotFound)
	}
	found, err := k.Certificates(r.Context())
	if err != nil {
		return fmt.Errorf("gather the certificates: %w", err)
	}
	v := *found
	v.APIVersion, v.Items = APIVersion, list(v.Items)
	return reply(w, http.StatusOK, v)
}

// Certificates are those that the cluster lives by.
func (c *Client) Certificates(ctx context.Context) (*Certificates, error) {
	return call[Certificates](ctx, c, http.MethodGet, "/certificates", nil)
}
