package stage_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The actor types of the tests: each is a few lines, so that a test can be read
// without looking elsewhere.

// A simple actor has actions over one number of state.
type simple struct {
	env     flow.Env
	n       int64
	begun   func(*simple)
	actions func(*simple) []flow.Action
}

func (s *simple) Actions() []flow.Action { return s.actions(s) }

func (s *simple) Start(env flow.Env) error {
	s.env = env
	if s.begun != nil {
		s.begun(s)
	}
	return nil
}

func (s *simple) Save() ([]byte, error) { return binary.AppendVarint(nil, s.n), nil }

func (s *simple) Restore(_ int, b []byte) error {
	s.n, _ = binary.Varint(b)
	return nil
}

// typ is a type with in-ports and out-ports of these names.
func typ(name string, in, out []string, actions func(s *simple, args map[string]flow.Value) []flow.Action) flow.Type {
	t := flow.Type{Spec: flow.Spec{Name: name, State: 1}}
	for _, p := range in {
		t.Spec.In = append(t.Spec.In, flow.Port{Name: p})
	}
	for _, p := range out {
		t.Spec.Out = append(t.Spec.Out, flow.Port{Name: p})
	}
	t.New = func(args map[string]flow.Value) (flow.Actor, error) {
		return &simple{actions: func(s *simple) []flow.Action { return actions(s, args) }}, nil
	}
	return t
}

// one is a type with one action.
func one(name string, in, out []string, fire func(s *simple, args map[string]flow.Value, f *flow.Firing) error) flow.Type {
	return typ(name, in, out, func(s *simple, args map[string]flow.Value) []flow.Action {
		return []flow.Action{{In: in, Out: out, Exceptions: true, Fire: func(f *flow.Firing) error { return fire(s, args, f) }}}
	})
}

var (
	ins  = []string{"in"}
	outs = []string{"out"}
)

// types are those that the tests use.
func types() flow.Types {
	all := flow.Types{}
	for _, t := range []flow.Type{
		one("count", nil, outs, func(s *simple, _ map[string]flow.Value, f *flow.Firing) error {
			s.n++
			f.Give(0, s.n)
			return nil
		}),
		limited(),
		one("same", ins, outs, func(_ *simple, _ map[string]flow.Value, f *flow.Firing) error {
			f.Give(0, flat(f.In[0].Value))
			return nil
		}),
		one("sum", ins, outs, func(s *simple, _ map[string]flow.Value, f *flow.Firing) error {
			if f.In[0].Value == "x" {
				return errors.New("x is no number")
			}
			s.n += number(f.In[0].Value)
			f.Give(0, s.n)
			return nil
		}),
		one("constantify", ins, outs, func(_ *simple, args map[string]flow.Value, f *flow.Firing) error {
			f.Give(0, args["constant"])
			return nil
		}),
		typ("alternate", []string{"a", "b"}, outs, func(s *simple, _ map[string]flow.Value) []flow.Action {
			return []flow.Action{s.pass("a", 0, 1), s.pass("b", 1, 0)}
		}),
		typ("init", ins, outs, func(s *simple, args map[string]flow.Value) []flow.Action {
			return []flow.Action{{Out: outs, Guard: func() bool { return s.n == 0 }, Fire: func(f *flow.Firing) error {
				s.n = 1
				f.Give(0, args["data"])
				return nil
			}}, s.pass("in", 1, 1)}
		}),
		typ("deselect", []string{"select", "a", "b"}, outs, func(s *simple, _ map[string]flow.Value) []flow.Action {
			choose := flow.Action{In: []string{"select"}, Guard: func() bool { return s.n == 0 }, Fire: func(f *flow.Firing) error {
				s.n = 1 + even(f.In[0].Value)
				return nil
			}}
			return []flow.Action{choose, s.pass("a", 1, 0), s.pass("b", 2, 0)}
		}),
		one("zip", []string{"a", "b"}, outs, func(_ *simple, _ map[string]flow.Value, f *flow.Firing) error {
			f.Give(0, 31*number(f.In[0].Value)+number(f.In[1].Value))
			return nil
		}),
		one("select", []string{"select", "data"}, []string{"odd", "even"}, func(_ *simple, _ map[string]flow.Value, f *flow.Firing) error {
			f.Give(int(even(f.In[0].Value)), flat(f.In[1].Value))
			return nil
		}),
		one("sink", ins, nil, func(s *simple, _ map[string]flow.Value, f *flow.Firing) error {
			s.n++
			return nil
		}),
		typ("stuck", ins, nil, func(*simple, map[string]flow.Value) []flow.Action { return nil }),
		every(),
	} {
		all[t.Spec.Name] = t
	}
	return all
}

// limited counts from 1 to steps, each plus base.
func limited() flow.Type {
	return typ("limited", nil, outs, func(s *simple, args map[string]flow.Value) []flow.Action {
		return []flow.Action{{Out: outs, Guard: func() bool { return s.n < args["steps"].(int64) }, Fire: func(f *flow.Firing) error {
			s.n++
			base, _ := args["base"].(int64)
			f.Give(0, base+s.n)
			return nil
		}}}
	})
}

// every gives 1, 2, 3 …, one each period.
func every() flow.Type {
	t := typ("every", nil, outs, nil)
	t.New = func(args map[string]flow.Value) (flow.Actor, error) {
		period := time.Duration(args["seconds"].(int64)) * time.Second
		var due time.Time
		return &simple{
			begun: func(s *simple) {
				due = s.env.Now().Add(period)
				s.env.WakeAt(due)
			},
			actions: func(s *simple) []flow.Action {
				return []flow.Action{{Out: outs, Guard: func() bool { return !s.env.Now().Before(due) }, Fire: func(f *flow.Firing) error {
					s.n++
					due = due.Add(period)
					s.env.WakeAt(due)
					f.Give(0, s.n)
					return nil
				}}}
			},
		}, nil
	}
	return t
}

// pass is an action that passes a token on from a port, when the state is
// before, and leaves the state after.
func (s *simple) pass(port string, before, after int64) flow.Action {
	return flow.Action{In: []string{port}, Out: outs, Guard: func() bool { return s.n == before }, Fire: func(f *flow.Firing) error {
		s.n = after
		f.Give(0, flat(f.In[0].Value))
		return nil
	}}
}

// number is some number for each value.
func number(v flow.Value) int64 {
	if n, ok := v.(int64); ok {
		return n
	}
	h := fnv.New32a()
	fmt.Fprint(h, v)
	return int64(h.Sum32())
}

// flat is a value in which dictionaries have become numbers, since in a loop
// they would grow for ever.
func flat(v flow.Value) flow.Value {
	if _, ok := v.(map[string]any); ok && len(fmt.Sprint(v)) > 200 {
		return number(v)
	}
	return v
}

func even(v flow.Value) int64 { return 1 - number(v)&1 }

// node is an actor of the application app, and at and link are ports and links
// of it.
func node(id, typ string, args map[string]flow.Value) flow.Node {
	return flow.Node{ID: flow.ActorID("app:" + id), Type: typ, Args: args}
}

func at(s string) flow.Endpoint {
	e, err := flow.ParseEndpoint("app:" + s)
	if err != nil {
		panic(err)
	}
	return e
}

func link(from, to string) flow.Link {
	return flow.Link{From: at(from), To: at(to), FromAs: from, ToAs: to, Tag: from}
}
