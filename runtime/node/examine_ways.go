package node

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/doctor"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/remote"
)

// How long a connection and a handshake may take: on a way on which large packets
// are lost a handshake would hang for ever.
const (
	connectWithin   = 3 * time.Second
	handshakeWithin = 5 * time.Second
)

// A way leads to another node's door.
type way struct {
	node flow.NodeID // "": whoever is there
	addr string
}

// ways are those to the nodes that a configuration names, but for its own.
func (c *Config) ways() []way {
	var all []way
	for _, v := range slices.Concat(c.Voters, c.StoreGroup.Members) {
		all = append(all, way{v.Node, v.Door})
	}
	for _, door := range c.Join {
		if !slices.ContainsFunc(all, func(w way) bool { return w.addr == door }) {
			all = append(all, way{"", door})
		}
	}
	all = slices.DeleteFunc(all, func(w way) bool { return w.node == c.Node || w.addr == c.Door })
	var once []way
	for _, w := range all {
		if !slices.Contains(once, w) {
			once = append(once, w)
		}
	}
	return once
}

// examineWays goes to the doors of the others, as the node, and asks what time
// it is there.
func examineWays(ctx context.Context, c *Config, own flow.Signer, v *pki.Verifier) []doctor.Finding {
	ways := c.ways()
	if len(ways) == 0 {
		return []doctor.Finding{doctor.Skip("reach", c.Door, "the configuration names no other node")}
	}
	reached := make([]doctor.Reach, len(ways))
	var wg sync.WaitGroup
	for i, w := range ways {
		wg.Go(func() { reached[i] = goTo(ctx, w, own, v) })
	}
	wg.Wait()
	found := doctor.Reached(reached)
	var skews []time.Duration
	var within time.Duration
	for _, r := range reached {
		if r.Asked {
			skews, within = append(skews, r.Skew), max(within, r.RTT/2)
		}
	}
	if len(skews) == 0 {
		return append(found, doctor.Skip("clock", string(c.Node), "no other node tells the time"))
	}
	return append(found, doctor.Skew(string(c.Node), -median(skews), within))
}

// goTo goes one way, step by step.
func goTo(ctx context.Context, w way, own flow.Signer, v *pki.Verifier) doctor.Reach {
	r := doctor.Reach{Node: string(w.node), Addr: w.addr}
	raw, err := (&net.Dialer{Timeout: connectWithin}).DialContext(ctx, "tcp", w.addr)
	if err != nil {
		r.TCP = err
		return r
	}
	defer raw.Close()
	self := func() flow.Signer { return own }
	allow := pki.Ours(self, flow.RoleNode)
	if w.node != "" {
		allow = pki.OurNamed(self, flow.RoleNode, string(w.node))
	}
	shake, cancel := context.WithTimeout(ctx, handshakeWithin)
	defer cancel()
	t := tls.Client(raw, pki.ClientTLS(self, v, allow, "h2"))
	if err := t.HandshakeContext(shake); err != nil {
		r.TLS, r.Hung = err, shake.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded)
		return r
	}
	// The server's refusal of our certificate comes after the handshake (RFC 8446,
	// section 4.4.2.4): asking shows it.
	id, err := v.Identify(t.ConnectionState().PeerCertificates, time.Now())
	if err != nil {
		r.TLS = err
		return r
	}
	r.Node = id.Name
	as, err := askTime(ctx, way{flow.NodeID(id.Name), w.addr}, own, v)
	if err != nil {
		r.Silent = err
		return r
	}
	best, _ := as.best()
	r.Asked, r.RTT, r.Skew = true, best.rtt(), best.skew()
	return r
}

// askTime asks a node for its clock a few times, through a door of its own that
// nobody else knows.
func askTime(ctx context.Context, w way, own flow.Signer, v *pki.Verifier) (askings, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeWithin)
	defer cancel()
	door, err := remote.Listen(remote.Config{Self: flow.NodeID(own.ID.Name), Listen: "127.0.0.1:0", Signer: func() flow.Signer { return own }, Verifier: v,
		Address: func(flow.NodeID) (string, bool) { return w.addr, true }})
	if err != nil {
		return nil, err
	}
	var as askings
	for range 4 { // the first makes the connection
		a, aerr := askClockOf(ctx, door, w.node)
		if aerr != nil {
			err = aerr
			break
		}
		as = as.with(a)
	}
	return as, errors.Join(err, door.Close())
}
