package member

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An authority makes node certificates and knows them again.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	seen sync.Map // by leaf: identities, as package pki keeps them
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{key: key, cert: cert}
}

func (a *authority) signer(t testing.TB, role flow.Role, name string) flow.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	uri, _ := url.Parse("spiffe://h1.health.example/" + string(role) + "/" + name)
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<60))
	tmpl := &x509.Certificate{SerialNumber: serial, URIs: []*url.URL{uri}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	chain := []*x509.Certificate{leaf}
	id, err := a.Identify(chain, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return flow.Signer{Key: key, Chain: chain, ID: id}
}

func (a *authority) Identify(chain []*x509.Certificate, _ time.Time) (flow.Identity, error) {
	leaf := chain[0]
	sum := sha256.Sum256(leaf.Raw)
	if id, ok := a.seen.Load(sum); ok {
		return id.(flow.Identity), nil
	}
	if err := leaf.CheckSignatureFrom(a.cert); err != nil || len(leaf.URIs) != 1 {
		return flow.Identity{}, errors.New("certificate of a stranger")
	}
	parts := strings.Split(strings.TrimPrefix(leaf.URIs[0].Path, "/"), "/")
	id := flow.Identity{URI: leaf.URIs[0].String(), Role: flow.Role(parts[0]), Name: parts[1], Leaf: sum}
	a.seen.Store(sum, id)
	return id, nil
}

// A world is a network in memory. It can be split, and nodes can crash.
type world struct {
	mu    sync.Mutex
	doors map[string]*port // by address
	side  map[string]int   // by address; only ends of one side reach each other
	conns map[net.Conn][2]string
}

func newWorld() *world {
	return &world{doors: map[string]*port{}, side: map[string]int{}, conns: map[net.Conn][2]string{}}
}

type port struct {
	w     *world
	addr  string
	id    flow.Identity
	mu    sync.Mutex
	serve func(net.Conn, flow.Identity)
}

func (w *world) port(addr string, id flow.Identity) *port {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &port{w: w, addr: addr, id: id}
	w.doors[addr] = p
	return p
}

// split puts the doors of addrs on another side, or with no addrs heals.
func (w *world) split(addrs ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.side)
	for _, a := range addrs {
		w.side[a] = 1
	}
	for c, ends := range w.conns {
		if w.side[ends[0]] != w.side[ends[1]] {
			c.Close()
			delete(w.conns, c)
		}
	}
}

// move gives a node another address. Its old connections are gone.
func (w *world) move(from, to string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.doors[from]
	delete(w.doors, from)
	p.addr = to
	w.doors[to], w.side[to] = p, w.side[from]
	for c, ends := range w.conns {
		if ends[0] == from || ends[1] == from {
			c.Close()
			delete(w.conns, c)
		}
	}
}

func (w *world) close(addr string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.doors, addr)
}

func (p *port) Handle(_ string, serve func(net.Conn, flow.Identity)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serve = serve
}

func (p *port) Dial(_ context.Context, _, addr string, want flow.NodeID) (net.Conn, error) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	to := p.w.doors[addr]
	if to == nil || p.w.side[addr] != p.w.side[p.addr] {
		return nil, errors.New("connection refused")
	}
	if want != "" && to.id.Name != string(want) {
		return nil, fmt.Errorf("handshake: %s is not %s", to.id.URI, want)
	}
	to.mu.Lock()
	serve := to.serve
	to.mu.Unlock()
	if serve == nil {
		return nil, errors.New("connection refused")
	}
	near, far := net.Pipe()
	p.w.conns[near] = [2]string{p.addr, addr}
	go serve(far, p.id)
	return near, nil
}

// A journal collects log lines and fails the test on a warning.
type journal struct {
	t     *testing.T
	mu    sync.Mutex
	lines bytes.Buffer
	loud  bool // warnings are expected
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.loud && (bytes.Contains(b, []byte("level=WARN")) || bytes.Contains(b, []byte("level=ERROR"))) {
		j.t.Errorf("log line of a cluster in good health: %s", b)
	}
	return j.lines.Write(b)
}

func (j *journal) count(what string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.lines.String(), what)
}

type cluster struct {
	t       *testing.T
	w       *world
	ca      *authority
	log     *journal
	signers map[flow.NodeID]flow.Signer
	nodes   map[flow.NodeID]*Members
	boot    uint64
}

func newCluster(t *testing.T) *cluster {
	return &cluster{t: t, w: newWorld(), ca: newAuthority(t), log: &journal{t: t},
		signers: map[flow.NodeID]flow.Signer{}, nodes: map[flow.NodeID]*Members{}}
}

func (c *cluster) config(id flow.NodeID, addr string, seeds ...string) Config {
	s, ok := c.signers[id]
	if !ok {
		s = c.ca.signer(c.t, flow.RoleNode, string(id))
		c.signers[id] = s
	}
	c.boot++
	return Config{
		Self: flow.NodeInfo{ID: id, Boot: c.boot, Door: addr, Control: addr + "0",
			Attributes:   flow.Attributes{"address": {"room": "of " + string(id)}},
			Capabilities: []string{"store." + string(id)}},
		Signer: func() flow.Signer { return s }, Verifier: c.ca, Transport: c.w.port(addr, s.ID),
		Log: slog.New(slog.NewTextHandler(c.log, nil)).With("node", id), Seeds: seeds, Preset: Local}
}

func (c *cluster) start(cfg Config) *Members {
	c.t.Helper()
	m, err := Start(cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	c.nodes[cfg.Self.ID] = m
	return m
}

// crash ends a node without a word.
func (c *cluster) crash(id flow.NodeID) {
	m := c.nodes[id]
	c.w.close(m.Self().Door)
	m.Close()
	delete(c.nodes, id)
}

func (c *cluster) stop() {
	for id := range c.nodes {
		c.crash(id)
	}
	// What memberlist had under way ends within its own times.
	time.Sleep(time.Minute)
}

// until waits for a condition on All of a node.
func (c *cluster) until(id flow.NodeID, what string, ok func([]Member) bool) {
	c.t.Helper()
	m := c.nodes[id]
	end := time.After(2 * time.Minute)
	for {
		changed := m.Changed()
		if ok(m.All()) {
			return
		}
		select {
		case <-changed:
		case <-end:
			c.t.Fatalf("node %s: %s did not come: %+v\nlog:\n%s", id, what, m.All(), c.log.lines.String())
		}
	}
}

// untilUp waits until every running node sees exactly these as up.
func (c *cluster) untilUp(ids ...flow.NodeID) {
	c.t.Helper()
	slices.Sort(ids)
	for id := range c.nodes {
		if slices.Contains(ids, id) {
			c.until(id, fmt.Sprintf("up: %v", ids), func(all []Member) bool { return slices.Equal(up(all), ids) })
		}
	}
}

func up(all []Member) (ids []flow.NodeID) {
	for _, m := range all {
		if m.Up {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

func find(all []Member, id flow.NodeID) Member {
	for _, m := range all {
		if m.ID == id {
			return m
		}
	}
	return Member{}
}
