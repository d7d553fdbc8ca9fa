package firing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// A queue is a link with both its ends, and room for limit tokens.
type queue struct {
	tokens []flow.Token
	limit  int
	made   uint64
	peer   flow.Identity
}

func (q *queue) Len() int       { return len(q.tokens) }
func (q *queue) Room() int      { return q.limit - len(q.tokens) }
func (q *queue) Made() uint64   { return q.made }
func (q *queue) Take(time.Time) { q.tokens = q.tokens[1:] }

func (q *queue) Peek(t *flow.Token, peer *flow.Identity) bool {
	if len(q.tokens) == 0 {
		return false
	}
	*t, *peer = q.tokens[0], q.peer
	return true
}

func (q *queue) Offer(t *flow.Token, _ int) {
	if q.Room() < 1 {
		panic("offered without room")
	}
	q.made++
	c := *t
	c.Seq = q.made
	q.tokens = append(q.tokens, c)
}

func (q *queue) put(vs ...flow.Value) {
	for _, v := range vs {
		q.Offer(&flow.Token{Value: v}, 0)
	}
}

func (q *queue) values() []flow.Value {
	vs := make([]flow.Value, 0, len(q.tokens))
	for _, t := range q.tokens {
		vs = append(vs, t.Value)
	}
	return vs
}

// A box holds at most limit letters.
type box struct {
	letters []firing.Letter
	limit   int
}

func (b *box) Full() bool           { return len(b.letters) >= b.limit }
func (b *box) Keep(l firing.Letter) { b.letters = append(b.letters, l) }

// An actor has actions and routes.
type actor struct {
	actions []flow.Action
	routes  map[string]flow.Route
}

func (a actor) Actions() []flow.Action        { return a.actions }
func (a actor) Routes() map[string]flow.Route { return a.routes }

// pass is an action that gives on out what it takes from in.
func pass() flow.Action {
	return flow.Action{In: []string{"in"}, Out: []string{"out"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		return nil
	}}
}

// A rig is an actor whose in-port "in" and out-port "out" have some links.
type rig struct {
	ins, outs []*queue
	letters   *queue // linked to dead_letter; nil: not linked
	box       *box
	acts      *firing.Actions
	given     []string // what Given was told
}

// Links from a.out, b.out … lead to the in-port, and x.in, y.in … are what the
// out-port leads to.
func newRig(t testing.TB, ins, outs int, inRouting, outRouting string, a actor, change ...func(*firing.Config)) *rig {
	t.Helper()
	r := &rig{box: &box{limit: 100}}
	cfg := firing.Config{Actor: a, Spec: &flow.Spec{Name: "test.Actor"}, Box: r.box,
		Node: flow.Node{ID: "app:actor", Ports: map[string]map[string]any{
			"in:in": {"routing": inRouting}, "out:out": {"routing": outRouting}}},
		Given: func(port string, v flow.Value) { r.given = append(r.given, fmt.Sprint(port, " ", v)) }}
	for i := range ins {
		q := &queue{limit: 4, peer: flow.Identity{URI: fmt.Sprint("spiffe://test/", i)}}
		r.ins = append(r.ins, q)
		name := string(rune('a'+i)) + ".out"
		from, _ := flow.ParseEndpoint("app:" + name)
		cfg.In = append(cfg.In, firing.InLink{End: q, Link: flow.Link{From: from, FromAs: name, Tag: name,
			To: flow.Endpoint{Actor: "app:actor", Port: "in"}}})
	}
	for i := range outs {
		q := &queue{limit: 4}
		r.outs = append(r.outs, q)
		name := string(rune('x'+i)) + ".in"
		to, _ := flow.ParseEndpoint("app:" + name)
		cfg.Out = append(cfg.Out, firing.OutLink{End: q, Link: flow.Link{To: to, ToAs: name,
			From: flow.Endpoint{Actor: "app:actor", Port: "out"}}})
	}
	for _, c := range change {
		c(&cfg)
	}
	for _, o := range cfg.Out {
		if o.Link.From.Port == firing.DeadLetter {
			r.letters = o.End.(*queue)
		}
	}
	var err error
	if r.acts, err = firing.Bind(cfg); err != nil {
		t.Fatal(err)
	}
	return r
}

// fire fires once and wants no error.
func (r *rig) fire(t testing.TB) bool {
	t.Helper()
	res, err := r.acts.Fire(now)
	if err != nil {
		t.Fatal(err)
	}
	return res.Fired
}

func linked(limit int) func(*firing.Config) {
	return func(c *firing.Config) {
		c.Out = append(c.Out, firing.OutLink{End: &queue{limit: limit}, Link: flow.Link{
			From: flow.Endpoint{Actor: "app:actor", Port: firing.DeadLetter}, To: flow.Endpoint{Actor: "app:log", Port: "data"}}})
	}
}
