package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

// chainPath is where a node that keeps the chain serves its JSON-RPC, on the
// listener of the control API.
const chainPath = "/chain/rpc"

// A ruling is this node's own view of the chain and its rules.
type ruling struct {
	chain   chain.Chain
	replica *chain.Replica // nil: other nodes have it
	book    *rule.Book
}

func (n *Node) openChain(context.Context) (err error) {
	n.door.Answer(askChain, n.answerChain)
	if n.ruling, err = n.openRules(); err == nil && n.ruling != nil {
		n.ends = append(n.ends, n.ruling.close)
	}
	return err
}

// openRules opens the chain, here or by way of the node that has it, and
// begins to follow the rules. A node that judges nothing gets nil.
func (n *Node) openRules() (*ruling, error) {
	if n.cfg.Chain == nil {
		return nil, nil
	}
	manager, err := chain.ParseAddress(n.cfg.Chain.Manager)
	if err != nil {
		return nil, fmt.Errorf("chain.manager: %w", err)
	}
	var r ruling
	var remote *chain.Remote
	if n.cfg.Chain.Dir != "" {
		if r.replica, err = n.openReplica(manager); err != nil {
			return nil, err
		}
		r.chain = r.replica
	} else {
		if remote, err = n.dialChain(); err != nil {
			return nil, err
		}
		r.chain = remote
	}
	r.book, err = rule.Start(n.bookOf(r.chain, manager))
	if err != nil {
		return nil, errors.Join(err, r.closeChain())
	}
	return &r, nil
}

// dialChain reaches the chain's JSON-RPC: at the address that is configured,
// or at whichever member offers the chain.
func (n *Node) dialChain() (*chain.Remote, error) {
	conf, err := n.chainTLS()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: false}
	at := n.cfg.Chain.RPC
	if at == "" {
		at = "https://chain.node" + chainPath // the name is never looked up: DialTLSContext knows better
	}
	transport.DialTLSContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if n.cfg.Chain.RPC == "" {
			found, ok := n.chainMember()
			if !ok {
				return nil, errors.New("no member that is up offers the chain")
			}
			addr = found
		}
		return (&tls.Dialer{Config: conf}).DialContext(ctx, network, addr)
	}
	cfg := chain.RemoteConfig{Endpoint: at, HTTP: &http.Client{Transport: transport, Timeout: 5 * time.Second}}
	if n.cfg.Chain.RPC == "" {
		cfg.Agreed = n.held.agreed.get
	}
	return chain.Connect(cfg)
}

// systemRoots in chain.rpc_roots are the roots of this host.
const systemRoots = "system"

// chainTLS says how whoever serves the chain proves who it is: as a node of the
// hospital, or as the web server that chain.rpc_roots vouch for. What it says of
// the chain is proved against its blocks in any case.
func (n *Node) chainTLS() (*tls.Config, error) {
	conf := pki.ClientTLS(n.signer, n.verifier, pki.Ours(n.signer, flow.RoleNode))
	conf.NextProtos = []string{"http/1.1", control.ClientProto}
	file := n.cfg.Chain.RPCRoots
	if file == "" {
		return conf, nil
	}
	web := &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}, GetClientCertificate: conf.GetClientCertificate}
	if file == systemRoots {
		return web, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("chain.rpc_roots: %w", err)
	}
	web.RootCAs = x509.NewCertPool()
	if !web.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("chain.rpc_roots: %s holds no PEM certificates", file)
	}
	return web, nil
}

func (n *Node) chainMember() (addr string, ok bool) {
	for _, m := range n.members.All() {
		if m.Up && m.Control != "" && m.Offers(capChain) {
			return m.Control, true
		}
	}
	return "", false
}

func (r *ruling) closeChain() error {
	if c, ok := r.chain.(interface{ Close() error }); ok {
		return c.Close()
	}
	return nil
}

func (r *ruling) close() error {
	if r == nil {
		return nil
	}
	return errors.Join(r.book.Close(), r.closeChain())
}

// chainState is the chain as this node reads it; nil when it reads none.
func (n *Node) chainState(ctx context.Context) *control.ChainState {
	if n.ruling == nil {
		return nil
	}
	st := n.ruling.book.Status(time.Now())
	s := &control.ChainState{Seen: n.cfg.Node, Manager: st.Manager, Epoch: st.Epoch, Head: st.Block, Finalized: st.Block,
		Ready: st.Why == "", Why: st.Why, Judging: judgingOf(st)}
	if !st.BlockAt.IsZero() {
		s.Age = time.Since(st.BlockAt).Seconds()
	}
	s.ID = n.chainID.Load()
	if s.ID == 0 {
		ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		if id, err := n.ruling.chain.ID(ctx); err == nil {
			n.chainID.Store(id)
			s.ID = id
		}
	}
	if r := n.ruling.replica; r != nil {
		st := r.Status()
		if s.Node = st.Maker; s.Node == "" {
			s.Node = n.cfg.Node
		}
		s.Head = max(s.Head, st.Number, st.Agreed)
		if !s.Ready && st.Problem != "" {
			s.Why = st.Problem
		}
	} else if addr, ok := n.chainMember(); ok {
		if number, _, heard := n.held.agreed.get(); heard && n.cfg.Chain.RPC == "" {
			s.Head = max(s.Head, number)
		}
		for _, m := range n.members.All() {
			if m.Control == addr {
				s.Node = m.ID
			}
		}
	}
	return s
}
