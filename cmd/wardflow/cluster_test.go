package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// The scripts of testdata/cluster talk to real nodes, a, b and c, of which each
// votes, in this process. Each script finds $A, $B and $C, their addresses, a
// context.yaml for a, and the commands
//
//	cluster start|stop NODE
//	cluster counted N ACTOR   waits until a test.Sink has 1 to N, each once, in order
//	cluster gathered N ACTOR  the same, in any order
//	cluster sees NODE STATE   waits until a sees a node so
func TestClusterScripts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/cluster",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return startCluster(env, t) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"cluster": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(ts.Value(clusterKey{}).(*realCluster).do(args))
			},
		},
	})
}

type clusterKey struct{}

// A realCluster is three nodes of one hospital, over loopback.
type realCluster struct {
	t       *testing.T
	h       *pkitest.Hospital
	dir     string
	door    map[flow.NodeID]string
	control map[flow.NodeID]string
	nodes   map[flow.NodeID]*node.Node
	client  *control.Client // of a
}

var clusterNames = []flow.NodeID{"a", "b", "c"}

func startCluster(env *testscript.Env, t *testing.T) error {
	c := &realCluster{t: t, h: pkitest.New(t), dir: env.WorkDir, door: map[flow.NodeID]string{}, control: map[flow.NodeID]string{}, nodes: map[flow.NodeID]*node.Node{}}
	env.Values[clusterKey{}] = c
	env.Setenv("HOME", env.WorkDir)
	if err := pki.SaveTrust(c.path("trust.pem"), c.h.Authority.Trust()); err != nil {
		return err
	}
	admin := c.h.Staff("admin")
	if err := pki.SaveSigner(c.path("admin"), admin); err != nil {
		return err
	}
	for _, name := range clusterNames {
		c.door[name], c.control[name] = porttest.Address(t), porttest.Address(t)
		env.Setenv(string(name[0]-'a'+'A'), "https://"+c.control[name])
		if err := pki.SaveSigner(c.path(string(name), "certificate"), c.h.Node(string(name))); err != nil {
			return err
		}
	}
	env.Defer(c.close)
	for _, name := range clusterNames {
		if err := c.start(name); err != nil {
			return err
		}
	}
	var err error
	if c.client, err = control.NewClient("https://"+c.control["a"], pki.ClientTLS(func() flow.Signer { return admin }, c.h.Verifier(), pki.Only(flow.RoleNode), "h2")); err != nil {
		return err
	}
	env.Setenv("WARDFLOW_CONTEXT", c.path("context.yaml"))
	text := "node: https://" + c.control["a"] + "\ncert: admin\ntrust: trust.pem\n"
	if err := os.WriteFile(c.path("context.yaml"), []byte(text), 0o600); err != nil {
		return err
	}
	return c.watch("the nodes meet and agree", func(s *control.Snapshot) bool {
		up := 0
		for _, n := range s.Nodes {
			if n.Condition() == "up" {
				up++
			}
		}
		return up == 3 && s.Register.Quorum
	})
}

func (c *realCluster) path(parts ...string) string {
	return filepath.Join(append([]string{c.dir}, parts...)...)
}

func (c *realCluster) start(name flow.NodeID) error {
	cfg := node.Config{Node: name, Dir: c.path(string(name)), Door: c.door[name], Control: c.control[name], Gossip: "local",
		Certificate: c.path(string(name), "certificate"), Trust: c.path("trust.pem"), Admins: []string{"admin"}, Attributes: flow.Attributes{"node_name": {"name": string(name)}}}
	for _, n := range clusterNames {
		cfg.Voters = append(cfg.Voters, node.Voter{Node: n, Door: c.door[n]})
		cfg.Join = append(cfg.Join, c.door[n])
	}
	log, err := os.OpenFile(c.path(string(name), "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := node.Start(c.t.Context(), cfg, actors.All(), slog.New(slog.NewTextHandler(log, nil)))
	if err == nil {
		c.nodes[name] = n
	}
	return err
}

func (c *realCluster) stop(name flow.NodeID) error {
	n := c.nodes[name]
	delete(c.nodes, name)
	return n.Close()
}

func (c *realCluster) close() {
	for name := range c.nodes {
		if err := c.stop(name); err != nil {
			c.t.Error(err)
		}
	}
	if c.client != nil {
		c.client.Close()
	}
}

func (c *realCluster) do(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "start":
		return c.start(flow.NodeID(args[1]))
	case len(args) == 2 && args[0] == "stop":
		return c.stop(flow.NodeID(args[1]))
	case len(args) == 3 && args[0] == "counted":
		return c.sunk(args[1], flow.ActorID(args[2]), inOrder)
	case len(args) == 3 && args[0] == "gathered":
		return c.sunk(args[1], flow.ActorID(args[2]), inAnyOrder)
	case len(args) == 3 && args[0] == "sees":
		return c.watch(args[1]+" is "+args[2], func(s *control.Snapshot) bool {
			for _, n := range s.Nodes {
				if n.ID == flow.NodeID(args[1]) {
					return n.Condition() == args[2]
				}
			}
			return args[2] == "gone"
		})
	}
	return errors.New("usage: cluster start|stop NODE, cluster counted|gathered N ACTOR, cluster sees NODE STATE")
}

// within is how long a script waits for anything.
const within = 5 * time.Minute

func (c *realCluster) watch(what string, ok func(*control.Snapshot) bool) error {
	ctx, cancel := context.WithTimeoutCause(c.t.Context(), within, fmt.Errorf("not within %s: %s", within, what))
	defer cancel()
	return keepWatching(ctx, c.client, newProgress(io.Discard), func(s *control.Snapshot) bool { return !ok(s) })
}

// sunk waits until a sink has all numbers up to that, and looks for what is
// wrong with all that it has.
func (c *realCluster) sunk(upto string, id flow.ActorID, look func(got []any, n int) (all bool, err error)) error {
	n, err := strconv.Atoi(upto)
	if err != nil {
		return err
	}
	for end := time.Now().Add(within); ; {
		v, failed := c.client.Report(c.t.Context(), id, nil)
		got, _ := v.([]any) // none while the actor is on its way
		all, err := look(got, n)
		if all || err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s has not all up to %d after %s: %w: %v", id, n, within, failed, got)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-c.t.Context().Done():
			return c.t.Context().Err()
		}
	}
}

func inOrder(got []any, n int) (bool, error) {
	for i, v := range got {
		if v != int64(i+1) {
			return false, fmt.Errorf("token %d is %v: lost, repeated or out of order: %v", i+1, v, got)
		}
	}
	return len(got) >= n, nil
}

func inAnyOrder(got []any, n int) (bool, error) {
	seen := map[int64]bool{}
	upto := 0 // of 1 to n
	for _, v := range got {
		i, ok := v.(int64)
		if !ok || i < 1 || seen[i] {
			return false, fmt.Errorf("%v is no number, or came twice: %v", v, got)
		}
		seen[i] = true
		if i <= int64(n) {
			upto++
		}
	}
	return upto == n, nil
}
