package play

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

// The horizon of a [Case]: an actor that gives without end is stopped when a
// port has given caseTokens, or after caseTime on its clock.
const (
	caseTime   = 1000 * time.Second
	caseTokens = 1000
)

// A CaseResult is what became of a case.
type CaseResult struct {
	// Out is what each out-port of the type gave; one that gave nothing is
	// there, too.
	Out     map[string][]flow.Value
	Ended   string       // why no more was given
	Letters []flow.Value // dead letters
	Stopped string       // why the actor stopped; "": it did not
}

// MarshalJSON writes {"out": {port: [token, …], …}}.
func (r CaseResult) MarshalJSON() ([]byte, error) { return marshal("out", r.Out) }

// Run runs the case in virtual time until the actor rests or the horizon is
// reached: 1000 s, or 1000 tokens on an out-port. What the actor requires is
// asked of capability.
func (c Case) Run(ctx context.Context, types flow.Types, capability func(name string) (any, error)) (CaseResult, error) {
	typ := types[c.Actor]
	me := flow.ActorID("case:" + c.Actor[strings.LastIndexByte(c.Actor, '.')+1:])
	cfg := stage.Config{Types: types, Graph: &flow.Graph{App: "case", Actors: []flow.Node{{ID: me, Type: c.Actor, Args: c.Args}}},
		Capability: func(_ flow.ActorID, name string) (any, error) { return capability(name) }, Await: true}
	for _, in := range c.In {
		cfg.Feeds = append(cfg.Feeds, stage.Feed{To: flow.Endpoint{Actor: me, Port: in.Port}, As: in.Peer})
	}
	res := CaseResult{Out: map[string][]flow.Value{}}
	for _, p := range typ.Spec.Out {
		cfg.Watch = append(cfg.Watch, flow.Endpoint{Actor: me, Port: p.Name})
	}
	s, err := stage.New(cfg)
	if err != nil {
		return res, err
	}
	defer s.Close()
	for i, in := range c.In {
		if err := s.Feed(cfg.Feeds[i], in.Tokens...); err != nil {
			return res, err
		}
	}
	res.Ended = string(s.Run(ctx, s.Now().Add(caseTime), func() bool {
		return slices.ContainsFunc(cfg.Watch, func(e flow.Endpoint) bool { return s.Count(e) >= caseTokens })
	}))
	for _, e := range cfg.Watch {
		res.Out[e.Port] = s.Given(e)
	}
	for _, l := range s.Letters() {
		res.Letters = append(res.Letters, l.Value)
	}
	res.Stopped = s.Stopped()[me]
	return res, nil
}
