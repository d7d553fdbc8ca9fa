package attack

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
	"github.com/wardflow/wardflow/runtime/remote"
)

// A member is a hostile one: a node with a good certificate of the hospital, which
// is called something else in each attack. It is no voter, and no actor is placed on it. It has an honest door
// and an honest follower of the register, to learn what a member learns.
type member struct {
	own      flow.Signer
	door     *remote.Door
	register *register.Register
}

// enemy stands, in what must be on record, for the name of the attack's member.
const enemy = "ENEMY"

// member joins the cluster, as far as it needs to know what is agreed.
func (g *ground) member() *member {
	g.t.Helper()
	m := &member{own: g.h.Node(g.enemy)}
	where := func(n flow.NodeID) (string, bool) {
		cfg, ok := g.cfgs[n]
		if !ok {
			return "", false
		}
		return cfg.Door, true
	}
	var err error
	m.door, err = remote.Listen(remote.Config{Self: flow.NodeID(g.enemy), Listen: "127.0.0.1:0", Signer: func() flow.Signer { return m.own }, Verifier: g.h.Verifier(), Address: where})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { m.door.Close() })
	var voters []register.Voter
	for _, n := range nodeNames {
		voters = append(voters, register.Voter{ID: n, Addr: g.cfgs[n].Door})
	}
	m.register, err = register.Open(register.Config{Self: flow.NodeID(g.enemy), Transport: m.door, Voters: voters, Lookup: where, Log: quietLog})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { m.register.Close() })
	return m
}

// sees waits until the member sees the ward in the register.
func (m *member) sees(t *testing.T) *register.View {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if v := m.register.View(); len(v.Apps[wardApp].Graph.Links) > 0 && len(v.Placements) > 0 {
			return v
		}
		select {
		case <-ctx.Done():
			t.Fatal("the member was not shown what is agreed")
		case <-tick.C:
		}
	}
}

// leader is the voter that leads.
func (g *ground) leader() flow.NodeID { return g.view().Register.Leader }

var quietLog = slog.New(slog.DiscardHandler)
