package node

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/register"
)

// This file is where devices that run no node bring their readings: the listener
// for HTTPS, and the capability "ingest" that ward.Intake needs.

const (
	capIngest  = "ingest"
	intakeType = "ward.Intake"
)

// askIngest is the question where a node listens for devices.
const askIngest = "node.ingest"

// An inlet is the capability "ingest". It is a ward.Inlet.
type inlet struct {
	n     *Node
	core  *ingest.Core
	known *known

	mu      sync.Mutex // guards what follows
	serving map[string]flow.ActorID
	seen    map[string]uint64 // applications and versions that serving was made from
	at      map[flow.NodeID]place
}

// A place is where a node listens for devices, as it said lately.
type place struct {
	url string
	at  time.Time
}

// offerIngest makes the capability, if devices may come to this node.
func (n *Node) offerIngest(o offer) {
	if !n.cfg.Ingest.any() {
		return
	}
	k, ok := o[capIdentities].(*known)
	if !ok {
		k = newKnown(n)
	}
	in := &inlet{n: n, known: k, at: map[flow.NodeID]place{}}
	c := &n.cfg.Ingest
	in.core = ingest.NewCore(ingest.Config{Publish: in.publish, Device: k.Device, Open: k.Open, Elsewhere: in.elsewhere,
		Rate: c.Rate, Ahead: c.Skew, Behind: c.Skew, Strict: c.Clock == clockRefuse, Audit: n.audit})
	n.ingest = in.core
	o[capIngest] = in
}

// The values of [IngestConfig].Clock.
const (
	clockWarn   = "warn"
	clockRefuse = "refuse"
)

func (c *IngestConfig) check() error {
	for key, addr := range map[string]string{"https": c.HTTPS, "mqtt": c.MQTT} {
		if addr == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return fmt.Errorf("ingest.%s %q: want host:port", key, addr)
		}
	}
	switch {
	case c.Clock != "" && c.Clock != clockWarn && c.Clock != clockRefuse:
		return fmt.Errorf("ingest.clock %q: want %s or %s", c.Clock, clockWarn, clockRefuse)
	case c.Skew < 0 || c.Rate < 0:
		return fmt.Errorf("ingest: want a skew and a rate above 0")
	}
	return c.checkBroker()
}

// openIngest listens for devices over HTTPS.
func (n *Node) openIngest(context.Context) error {
	n.door.Answer(askIngest, func(context.Context, flow.Identity, []byte) ([]byte, error) {
		return json.Marshal(n.ingestURL())
	})
	if n.cfg.Ingest.HTTPS == "" {
		return nil
	}
	s, err := ingest.Serve(ingest.ServerConfig{Addr: n.cfg.Ingest.HTTPS, Core: n.ingest, Own: n.renewal.webCertificate, Allow: n.ours,
		Verifier: n.verifier, Gate: n.limits("listener for devices"), Audit: n.audit, Log: n.log})
	if err != nil {
		return err
	}
	n.log.Info("listening for devices", "addr", s.Addr())
	n.ends = append(n.ends, s.Close)
	return nil
}

// ingestURL is where devices reach this node; "" nowhere. A listener on all
// addresses is reached where the door is.
func (n *Node) ingestURL() string {
	host, port, err := net.SplitHostPort(n.cfg.Ingest.HTTPS)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		if host, _, err = net.SplitHostPort(n.members.Self().Door); err != nil {
			return ""
		}
	}
	return "https://" + net.JoinHostPort(host, port)
}

// Serve has what these devices bring put to an actor.
func (in *inlet) Serve(actor flow.ActorID, devices []string, put func([]*flow.Arrival) error) (func(), error) {
	var epcs []string
	for _, d := range devices {
		epc, err := epcOf(d)
		if err != nil {
			return nil, fmt.Errorf("devices: %w", err)
		}
		epcs = append(epcs, epc)
	}
	return in.core.Serve(actor, epcs, put), nil
}

// epcOf is a device, named by its URI or by 24 hex digits, as certificates
// have it.
func epcOf(device string) (string, error) {
	if !strings.Contains(device, ":") {
		e, err := pki.ParseEPCHex(device)
		return e.Hex(), err
	}
	e, err := pki.ParseEPC(device)
	if err == nil {
		e, err = pki.ParseEPC(e.URI()) // a tag's filter is no part of the device's name
	}
	return e.Hex(), err
}

// Judge says what the rules make of a reading, as this node knows them now. It
// is told to the device; the judgment that counts is made behind the collector.
func (in *inlet) Judge(c *flow.Case) (flow.Verdict, error) {
	if in.n.ruling == nil {
		return flow.Verdict{}, flow.ErrLater
	}
	return in.n.ruling.book.Judge(c)
}

// Remember says what rules ask to be shown beside a reading.
func (in *inlet) Remember(kind string) (past int, beside []string) {
	if in.n.ruling == nil {
		return 0, nil
	}
	return in.n.ruling.book.Remember(kind)
}

// Still says what rules take for the same value.
func (in *inlet) Still(kind string) (within int64, asked bool) {
	if in.n.ruling == nil {
		return 0, false
	}
	return in.n.ruling.book.Still(kind)
}

// Vouch signs for readings, as [proof.Vouch]; those who open them on this node
// need not verify what was signed here.
func (in *inlet) Vouch(by flow.Signer, at time.Time, rs []proof.Vouched) ([]flow.Sealed, error) {
	return in.known.opener.Vouch(by, at, rs)
}

// publish makes a device's certificate known to all nodes.
func (in *inlet) publish(ctx context.Context, chain []*x509.Certificate) error {
	ctx, cancel := context.WithTimeout(ctx, claimWithin)
	defer cancel()
	return in.n.publish(ctx, flow.Signer{Chain: chain[:1]})
}

// elsewhere is where the node listens on which a device's intake runs; "" when
// none does, or it is here and not running.
func (in *inlet) elsewhere(epc string) string {
	view := in.n.view()
	actor, ok := in.servingOf(view, epc)
	if !ok {
		return ""
	}
	node := view.Placements[actor].Node
	if node == "" || node == in.n.cfg.Node {
		return ""
	}
	in.mu.Lock()
	p, known := in.at[node]
	in.mu.Unlock()
	if known && time.Since(p.at) < 10*time.Second {
		return p.url
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	p = place{at: time.Now()}
	if b, err := in.n.door.Ask(ctx, node, askIngest, nil); err == nil && json.Unmarshal(b, &p.url) != nil {
		p.url = ""
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.at[node] = p
	return p.url
}

// servingOf is the intake that names a device.
func (in *inlet) servingOf(view *register.View, epc string) (flow.ActorID, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	fresh := len(in.seen) == len(view.Apps)
	for name, app := range view.Apps {
		fresh = fresh && in.seen[name] == app.Version
	}
	if !fresh {
		in.seen, in.serving = map[string]uint64{}, map[string]flow.ActorID{}
		for name, app := range view.Apps {
			in.seen[name] = app.Version
			for _, a := range app.Graph.Actors {
				in.note(a)
			}
		}
	}
	id, ok := in.serving[epc]
	return id, ok
}

func (in *inlet) note(a flow.Node) {
	if a.Type != intakeType {
		return
	}
	devices, _ := a.Args["devices"].([]any)
	for _, d := range devices {
		if text, ok := d.(string); ok {
			if epc, err := epcOf(text); err == nil {
				in.serving[epc] = a.ID
			}
		}
	}
}
