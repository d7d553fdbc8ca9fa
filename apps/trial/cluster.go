package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

// A cluster is some nodes, each in a process of its own on this host.
type cluster struct {
	dir     string
	exe     string
	args    []string
	names   []flow.NodeID
	ca      *pki.Authority
	staff   flow.Signer
	configs map[flow.NodeID]*node.Config
	hosts   map[flow.NodeID]*child // that run
	ground  Ground                 // nil: all stand on this host
	clients map[flow.NodeID]*control.Client
}

const trialHospital = "trial.example"

// newCluster prepares nodes below a new directory; the first voters of them
// keep the register. edit changes each configuration; it may be nil.
func newCluster(exe string, args []string, names []flow.NodeID, voters int, edit func(*cluster, *node.Config) error) (*cluster, error) {
	return newClusterOn(nil, exe, args, names, voters, edit)
}

// newClusterOn is newCluster on other ground.
func newClusterOn(g Ground, exe string, args []string, names []flow.NodeID, voters int, edit func(*cluster, *node.Config) error) (*cluster, error) {
	dir, err := os.MkdirTemp("", "wardflow-trial-")
	if err != nil {
		return nil, err
	}
	c := &cluster{ground: g, dir: dir, exe: exe, args: args, names: names, configs: map[flow.NodeID]*node.Config{}, hosts: map[flow.NodeID]*child{}, clients: map[flow.NodeID]*control.Client{}}
	if err := c.prepare(voters, edit); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

func (c *cluster) prepare(voters int, edit func(*cluster, *node.Config) error) (err error) {
	if c.ca, err = pki.NewAuthority(trialHospital, time.Now()); err != nil {
		return err
	}
	if err := pki.SaveTrust(c.file("trust.pem"), c.ca.Trust()); err != nil {
		return err
	}
	if c.staff, err = c.ca.Enroll(pki.Request{Role: flow.RoleStaff, Name: "trial"}, time.Now()); err != nil {
		return err
	}
	addrs, err := c.addresses()
	if err != nil {
		return err
	}
	for i, n := range c.names {
		if err := c.enroll(c.file(string(n), "certificate"), pki.Request{Role: flow.RoleNode, Name: string(n)}); err != nil {
			return err
		}
		c.configs[n] = &node.Config{Node: n, Dir: c.file(string(n)), Door: addrs[2*i], Control: addrs[2*i+1], Gossip: "local",
			Certificate: c.file(string(n), "certificate"), Trust: c.file("trust.pem"), Admins: []string{"trial"},
			Attributes: flow.Attributes{"node_name": {"name": string(n)}}}
	}
	for _, cfg := range c.configs {
		for i, n := range c.names {
			cfg.Join = append(cfg.Join, c.configs[n].Door)
			if i < voters {
				cfg.Voters = append(cfg.Voters, node.Voter{Node: n, Door: c.configs[n].Door})
			}
		}
		if edit != nil {
			if err := edit(c, cfg); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *cluster) file(parts ...string) string {
	return filepath.Join(append([]string{c.dir}, parts...)...)
}

// enroll makes a certificate in a folder.
func (c *cluster) enroll(dir string, req pki.Request) error {
	s, err := c.ca.Enroll(req, time.Now())
	if err != nil {
		return err
	}
	return pki.SaveSigner(dir, s)
}

// rules makes a chain with the default rules, which the node of the
// configuration keeps, and returns the address of its manager. Its rule admins
// have their cards in authority.
func (c *cluster) rules(ctx context.Context, keeper flow.NodeID) (manager string, err error) {
	return c.found(ctx, keeper, rule.Default())
}

// found is rules with others than the default ones.
func (c *cluster) found(ctx context.Context, keeper flow.NodeID, rules []rule.Rule) (manager string, err error) {
	f := rule.Founding{Rules: rules}
	for _, name := range []string{"rules-1", "rules-2"} {
		s, err := c.ca.Enroll(pki.Request{Role: flow.RoleStaff, Name: name}, time.Now())
		if err == nil {
			err = pki.SaveSigner(c.file("authority", name), s)
		}
		if err != nil {
			return "", err
		}
		f.Admins = append(f.Admins, s.Key.Public())
	}
	info, err := rule.Init(ctx, c.file(string(keeper), "chain"), f)
	return info.Manager.Hex(), err
}

// start runs a node's process; its log goes on where it was.
func (c *cluster) start(ctx context.Context, name flow.NodeID) error {
	log, err := os.OpenFile(c.file(string(name), "node.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	exe, args := c.exe, c.args
	if c.ground != nil {
		exe, args = c.ground.Command(slices.Index(c.names, name), exe, args)
	}
	h, err := spawnTo(log, exe, args...)
	if err != nil {
		return err
	}
	c.hosts[name] = h
	if err := h.ask(ctx, hostWish{Start: c.configs[name]}, new(hostTold)); err != nil {
		return fmt.Errorf("start node %s: %w\n%s", name, err, tail(c.file(string(name), "node.log")))
	}
	return nil
}

// startAll runs all nodes and returns when they have met and agreed on a leader.
func (c *cluster) startAll(ctx context.Context) error {
	for _, n := range c.names {
		if err := c.start(ctx, n); err != nil {
			return err
		}
	}
	return c.until(ctx, c.names[0], "the nodes meet and agree", func(s *control.Snapshot) string {
		up := 0
		for _, n := range s.Nodes {
			if n.Up {
				up++
			}
		}
		switch {
		case up < len(c.names):
			return fmt.Sprintf("%d of %d nodes are up", up, len(c.names))
		case s.Register == nil || s.Register.Leader == "":
			return "the register has no leader"
		case s.Chain != nil && !s.Chain.Ready:
			return "the rules are not known: " + s.Chain.Why
		}
		return ""
	})
}

// kill ends a node at once, as a power failure would.
func (c *cluster) kill(name flow.NodeID) {
	h := c.hosts[name]
	delete(c.hosts, name)
	h.cmd.Process.Kill()
	h.end()
}

// end lets all nodes that run end, and waits for it.
func (c *cluster) end() (err error) {
	for _, cl := range c.clients {
		cl.Close()
	}
	clear(c.clients)
	for _, h := range c.hosts { // all at once: each would wait for those that are gone
		h.in.Close()
	}
	for name, h := range c.hosts {
		if e := h.end(); e != nil {
			err = errors.Join(err, fmt.Errorf("node %s did not end well: %w", name, e))
		}
	}
	clear(c.hosts)
	return err
}

// stop ends all nodes and removes everything. When err is one, or there is one
// now, it comes back with where the logs are, which stay.
func (c *cluster) stop(err error) error {
	if e := c.end(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("%w; the nodes' logs are %s", err, c.file("*", "node.log"))
	}
	return os.RemoveAll(c.dir)
}

// ask asks a node's process.
func (c *cluster) ask(ctx context.Context, name flow.NodeID, w hostWish) (t hostTold, err error) {
	h := c.hosts[name]
	if h == nil {
		return t, fmt.Errorf("node %s does not run", name)
	}
	return t, h.ask(ctx, w, &t)
}

// client speaks to a node as a member of staff.
func (c *cluster) client(name flow.NodeID) (*control.Client, error) {
	if cl := c.clients[name]; cl != nil {
		return cl, nil
	}
	trust, err := pki.LoadTrust(c.file("trust.pem"))
	if err != nil {
		return nil, err
	}
	conf := pki.ClientTLS(func() flow.Signer { return c.staff }, pki.NewVerifier(trust), pki.Only(flow.RoleNode))
	cl, err := control.NewClient("https://"+c.configs[name].Control, conf)
	c.clients[name] = cl
	return cl, err
}

// until looks at the cluster from a node until missing says nothing.
func (c *cluster) until(ctx context.Context, from flow.NodeID, what string, missing func(*control.Snapshot) string) error {
	cl, err := c.client(from)
	if err != nil {
		return err
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	why := "no node answers"
	for {
		s, err := cl.Snapshot(ctx)
		if err != nil {
			why = err.Error()
		} else if why = missing(s); why == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w: %s", what, context.Cause(ctx), why)
		case <-tick.C:
		}
	}
}

// addresses are two for each node.
func (c *cluster) addresses() (addrs []string, err error) {
	if c.ground == nil {
		return freeAddresses(2 * len(c.names))
	}
	for i := range c.names {
		addrs = append(addrs, c.ground.Address(i)+":7000", c.ground.Address(i)+":7001")
	}
	return addrs, nil
}

// freeAddresses are loopback addresses that nobody listens at now.
func freeAddresses(n int) ([]string, error) {
	var addrs []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // all at the end, so that no two are the same
		addrs = append(addrs, l.Addr().String())
	}
	return addrs, nil
}

// tail is the end of a file, for an error.
func tail(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.Size() > 2000 {
		f.Seek(-2000, io.SeekEnd)
	}
	b, _ := io.ReadAll(f)
	return string(b)
}
