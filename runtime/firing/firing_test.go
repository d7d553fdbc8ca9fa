package firing_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

type vals = []flow.Value

func dict(kv ...any) map[string]any {
	d := map[string]any{}
	for i := 0; i < len(kv); i += 2 {
		d[kv[i].(string)] = kv[i+1]
		if n, ok := kv[i+1].(int); ok {
			d[kv[i].(string)] = int64(n)
		}
	}
	return d
}

// What each collecting in-port makes of three tokens from a, one from b and
// none from c.
func TestCollect(t *testing.T) {
	route := func(order []string, mapping map[string]string) map[string]flow.Route {
		return map[string]flow.Route{"in:in": {Order: order, Mapping: mapping}}
	}
	abc := []string{"b.out", "c.out", "a.out"}
	for name, tt := range map[string]struct {
		routing string
		routes  map[string]flow.Route
		a, b, c vals
		want    vals
	}{
		"unordered": {routing: "collect-unordered", want: vals{1, "x", 2, 3}},
		"tagged":    {routing: "collect-tagged", want: vals{dict("a.out", 1), dict("b.out", "x"), dict("a.out", 2), dict("a.out", 3)}},
		"any":       {routing: "collect-any-tagged", want: vals{dict("a.out", 1, "b.out", "x"), dict("a.out", 2), dict("a.out", 3)}},
		"all waits": {routing: "collect-all-tagged", want: nil},
		"all":       {routing: "collect-all-tagged", c: vals{nil}, want: vals{dict("a.out", 1, "b.out", "x", "c.out", nil)}},
		"all, in the actor's order": {routing: "collect-all-tagged", routes: route(abc, nil), c: vals{nil},
			want: vals{vals{"x", nil, 1}}},
		"all, as the actor maps them": {routing: "collect-all-tagged", c: vals{nil},
			routes: route(nil, map[string]string{"A": "a.out", "B": "b.out", "C": "c.out"}),
			want:   vals{dict("A", 1, "B", "x", "C", nil)}},
		"any, as the actor maps them": {routing: "collect-any-tagged",
			routes: route(nil, map[string]string{"A": "a.out", "B": "b.out", "C": "c.out"}),
			want:   vals{dict("A", 1, "B", "x"), dict("A", 2), dict("A", 3)}},
		"an exception, unordered": {routing: "collect-unordered", b: vals{flow.EOS}, want: vals{1, flow.EOS, 2, 3}},
		"an exception, tagged": {routing: "collect-tagged", a: vals{flow.EOS}, b: vals{},
			want: vals{flow.Exception{Kind: flow.EOSKind, Value: dict("a.out", flow.EOS.Value)}}},
		"an exception goes alone, any": {routing: "collect-any-tagged", b: vals{flow.Exceptional("no")},
			want: vals{flow.Exception{Kind: flow.ExceptionKind, Value: dict("b.out", "no")}, dict("a.out", 1), dict("a.out", 2), dict("a.out", 3)}},
		"an exception goes alone, all": {routing: "collect-all-tagged", b: vals{flow.EOS, "x"}, c: vals{nil},
			want: vals{flow.Exception{Kind: flow.EOSKind, Value: dict("b.out", flow.EOS.Value)}, dict("a.out", 1, "b.out", "x", "c.out", nil)}},
		"an exception waits for all": {routing: "collect-all-tagged", b: vals{flow.EOS}, want: nil},
		"an exception in the actor's order": {routing: "collect-all-tagged", routes: route(abc, nil), a: vals{flow.EOS}, c: vals{nil},
			want: vals{flow.Exception{Kind: flow.EOSKind, Value: dict("2", flow.EOS.Value)}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 3, 1, tt.routing, "", actor{[]flow.Action{pass()}, tt.routes})
			r.outs[0].limit = 100
			for i, vs := range []vals{tt.a, tt.b, tt.c} {
				if vs == nil {
					vs = []vals{{1, 2, 3}, {"x"}, {}}[i]
				}
				for _, v := range vs {
					if n, ok := v.(int); ok {
						v = int64(n)
					}
					r.ins[i].put(v)
				}
			}
			for r.fire(t) {
			}
			if got, want := fmt.Sprint(r.outs[0].values()), fmt.Sprint(append(vals{}, tt.want...)); got != want {
				t.Errorf("gives\n%s, want\n%s", got, want)
			}
		})
	}
}

// What each out-port does with 1 2 3 4 5 6 when its second link has room for
// one token only.
func TestDispatch(t *testing.T) {
	for name, tt := range map[string]struct {
		routing string
		order   []string
		x, y, z string
		left    int
	}{
		"fanout":      {"fanout", nil, "[1]", "[1]", "[1]", 5},
		"default":     {"", nil, "[1]", "[1]", "[1]", 5},
		"round-robin": {"round-robin", nil, "[1 4]", "[2]", "[3]", 2},
		"ordered":     {"dispatch-ordered", []string{"z.in", "x.in", "y.in"}, "[2 5]", "[3]", "[1 4]", 1},
		"ordered, a peer twice": {"dispatch-ordered", []string{"z.in", "x.in", "z.in", "y.in"},
			"[2 6]", "[4]", "[1 3 5]", 0},
		"ordered, nothing stated": {"dispatch-ordered", nil, "[1 4]", "[2]", "[3]", 2},
		"balanced":                {"balanced", nil, "[1 3 5]", "[]", "[2 4 6]", 0},
	} {
		t.Run(name, func(t *testing.T) {
			a := actor{[]flow.Action{pass()}, map[string]flow.Route{"out:out": {Order: tt.order}}}
			r := newRig(t, 1, 3, "", tt.routing, a)
			r.outs[1].limit = 1
			r.ins[0].limit = 6
			for i := range int64(6) {
				r.ins[0].put(i + 1)
			}
			for r.fire(t) {
			}
			for i, want := range []string{tt.x, tt.y, tt.z} {
				if got := fmt.Sprint(r.outs[i].values()); got != want {
					t.Errorf("%c.in gets %s, want %s", 'x'+i, got, want)
				}
			}
			if n := r.ins[0].Len(); n != tt.left {
				t.Errorf("%d tokens left, want %d", n, tt.left)
			}
		})
	}
}

// A port with dispatch-mapped routing takes one-entry dictionaries and makes
// letters of all else; it waits for room at every peer.
func TestDispatchMapped(t *testing.T) {
	for name, mapping := range map[string]map[string]string{
		"mapped by the actor": {"x.in": "y.in", "one": "x.in", "two": "x.in"},
		"by their names":      nil,
	} {
		r := newRig(t, 1, 2, "", "dispatch-mapped", actor{[]flow.Action{pass()}, map[string]flow.Route{"out:out": {Mapping: mapping}}})
		r.ins[0].limit = 10
		bad := vals{"text", dict(), dict("x.in", 1, "y.in", 2), dict("who", 1), flow.EOS}
		r.ins[0].put(dict("x.in", 1))
		r.ins[0].put(bad...)
		r.ins[0].put(dict("x.in", 2))
		for r.fire(t) {
		}
		to := 0
		if mapping != nil {
			to = 1
		}
		if got := fmt.Sprint(r.outs[to].values()); got != "[1 2]" || r.outs[1-to].Len() > 0 {
			t.Errorf("%s: gives %s and %v", name, got, r.outs[1-to].values())
		}
		if len(r.box.letters) != len(bad) {
			t.Fatalf("%s: %d letters, want %d", name, len(r.box.letters), len(bad))
		}
		for i, l := range r.box.letters {
			if got := l.Tokens[0]; got.Port != "out" || !reflect.DeepEqual(got.Token.Value, bad[i]) {
				t.Errorf("%s: letter about %v of %s, want %v of out", name, got.Token.Value, got.Port, bad[i])
			}
		}
		r.outs[1-to].limit = 0
		r.ins[0].put(dict("x.in", 3))
		if r.fire(t) {
			t.Errorf("%s: fires although a peer has no room", name)
		}
	}
}

// Turns go on where they were when an actor moves, since the tokens made say
// where that was.
func TestTurnsSurviveAMove(t *testing.T) {
	for _, routing := range []string{"round-robin", "dispatch-ordered", "random"} {
		run := func(moves bool) string {
			r := newRig(t, 1, 3, "", routing, actor{actions: []flow.Action{pass()}})
			for i := range int64(60) {
				if moves && i%7 == 3 {
					old := r
					r = newRig(t, 1, 3, "", routing, actor{actions: []flow.Action{pass()}}, func(c *firing.Config) {
						for n, q := range old.outs {
							c.Out[n].End = q
						}
					})
					r.outs = old.outs
				}
				r.ins[0].put(i)
				for _, q := range r.outs {
					q.limit = 100
				}
				r.fire(t)
			}
			return fmt.Sprint(r.outs[0].values(), r.outs[1].values(), r.outs[2].values())
		}
		if got, want := run(true), run(false); got != want {
			t.Errorf("%s with moves:\n%s, without:\n%s", routing, got, want)
		}
	}
}

// Random routing gives each peer its share and depends on the seed.
func TestRandomIsFair(t *testing.T) {
	const tokens, peers = 3000, 3
	draws := map[string]bool{}
	for seed := range uint64(4) {
		r := newRig(t, 1, peers, "", "random", actor{actions: []flow.Action{pass()}}, func(c *firing.Config) { c.Seed = seed })
		for i := range int64(tokens) {
			for _, q := range r.outs {
				q.limit = tokens
			}
			r.ins[0].put(i)
			r.fire(t)
		}
		for i, q := range r.outs {
			if off := math.Abs(float64(q.Len() - tokens/peers)); off > 150 { // 5.8 standard deviations
				t.Errorf("seed %d: peer %d gets %d of %d", seed, i, q.Len(), tokens)
			}
		}
		draws[fmt.Sprint(r.outs[0].values()[:20])] = true
	}
	if len(draws) != 4 {
		t.Errorf("4 seeds draw only %d ways", len(draws))
	}
}

// A token made of several is as old as the oldest, and speaks for somebody
// only if all of them come from the same.
func TestJoinedToken(t *testing.T) {
	var got flow.Token
	var who flow.Identity
	r := newRig(t, 2, 0, "collect-any-tagged", "", actor{actions: []flow.Action{{In: []string{"in"}, Fire: func(f *flow.Firing) error {
		got, who = f.In[0], f.Peers[0]
		return nil
	}}}})
	r.ins[0].Offer(&flow.Token{Value: "a", Source: "app:a", Made: now}, 0)
	r.fire(t)
	if got.Source != "app:a" || got.Seq != 1 || who != r.ins[0].peer {
		t.Errorf("of one: %+v from %v", got, who)
	}
	r.ins[0].Offer(&flow.Token{Value: "a", Source: "app:a", Made: now}, 0)
	r.ins[1].Offer(&flow.Token{Value: "b", Source: "app:b", Made: now.Add(-time.Second)}, 0)
	r.fire(t)
	if got.Source != "" || got.Seq != 0 || !got.Made.Equal(now.Add(-time.Second)) || who.Known() {
		t.Errorf("of two: %+v from %v", got, who)
	}
}

func TestBindRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		in, out string
		routes  map[string]flow.Route
		want    string
	}{
		"two links, no collecting": {"", "", nil, "in-port in: 2 links lead to it, and it does not collect"},
		"an unknown routing":       {"collect", "", nil, "no routing collect for in-ports"},
		"on the wrong side":        {"collect-tagged", "collect-tagged", nil, "no routing collect-tagged for out-ports"},
		"a stranger in order":      {"collect-all-tagged", "", map[string]flow.Route{"in:in": {Order: []string{"a.out", "q.out"}}}, "told of q.out, which is not linked"},
		"twice in order":           {"collect-all-tagged", "", map[string]flow.Route{"in:in": {Order: []string{"a.out", "a.out"}}}, "told of a.out twice"},
		"one left out":             {"collect-tagged", "", map[string]flow.Route{"in:in": {Mapping: map[string]string{"t": "a.out"}}}, "b.out is linked to it, but the actor is not told of it"},
		"a peer left out":          {"collect-tagged", "dispatch-ordered", map[string]flow.Route{"out:out": {Order: []string{"x.in"}}}, "y.in is linked"},
		"a stranger in a mapping":  {"collect-tagged", "dispatch-mapped", map[string]flow.Route{"out:out": {Mapping: map[string]string{"1": "x.in", "2": "y.in", "3": "z.in"}}}, "z.in, which is not"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := firing.Config{Actor: actor{[]flow.Action{pass()}, tt.routes}, Spec: &flow.Spec{}, Box: &box{},
				Node: flow.Node{ID: "app:actor", Ports: map[string]map[string]any{"in:in": {"routing": tt.in}, "out:out": {"routing": tt.out}}}}
			for _, n := range []string{"a", "b"} {
				cfg.In = append(cfg.In, firing.InLink{Link: flow.Link{To: flow.Endpoint{Port: "in"}, FromAs: n + ".out", Tag: n}, End: &queue{}})
			}
			for _, n := range []string{"x", "y"} {
				cfg.Out = append(cfg.Out, firing.OutLink{Link: flow.Link{From: flow.Endpoint{Port: "out"}, ToAs: n + ".in"}, End: &queue{}})
			}
			_, err := firing.Bind(cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	_, err := firing.Bind(firing.Config{Actor: actor{}, Spec: &flow.Spec{}})
	if err == nil || errors.Is(err, firing.ErrLettersFull) {
		t.Errorf("without a box: %v", err)
	}
}
