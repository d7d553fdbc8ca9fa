package expand

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Check reports whether a graph is what [Run] could have made of a script's: the
// actors of the script with their types, arguments and rules, replicas of those
// that are scaled, spools on links whose queue is on disk, and the links of the
// script between all of these, none missing. Which replicas there are, where
// they are for, what ends and what closes is not in the script and is not
// judged; the specs are those of Run. The error names the first actor or link
// that the script does not account for.
func Check(source, graph *flow.Graph, specs func(typ string) (flow.Spec, bool)) error {
	c := &checking{x: &expansion{source: source, specs: specs}, graph: graph,
		script: map[flow.ActorID]flow.Node{}, actors: map[flow.ActorID]flow.Node{}, links: map[flow.LinkID]flow.Link{}, copies: map[flow.ActorID][]flow.Node{}, known: map[flow.LinkID]bool{}}
	for _, step := range []func() error{c.gather, c.checkActors, c.checkLinks, c.checkRest, c.checkLocal} {
		if err := step(); err != nil {
			return fmt.Errorf("application %s is not what its script says: %w", source.App, err)
		}
	}
	return nil
}

// A checking is one call of Check.
type checking struct {
	x      *expansion
	graph  *flow.Graph
	script map[flow.ActorID]flow.Node // the actors of the script
	actors map[flow.ActorID]flow.Node
	links  map[flow.LinkID]flow.Link
	copies map[flow.ActorID][]flow.Node // by actor of the script
	spools []flow.Node
	known  map[flow.LinkID]bool // links that are accounted for
}

func (c *checking) gather() error {
	if c.graph.App != c.x.source.App {
		return fmt.Errorf("it runs as %q", c.graph.App)
	}
	for _, n := range c.graph.Actors {
		if _, twice := c.actors[n.ID]; twice {
			return fmt.Errorf("actor %s is there twice", n.ID)
		}
		c.actors[n.ID] = n
		if n.Type == SpoolType && IsSpool(n.ID) {
			c.spools = append(c.spools, n)
			continue
		}
		c.copies[Of(n)] = append(c.copies[Of(n)], n)
	}
	for _, l := range c.graph.Links {
		if _, twice := c.links[l.ID()]; twice {
			return fmt.Errorf("link %s is there twice", l.ID())
		}
		c.links[l.ID()] = l
	}
	for _, n := range c.x.source.Actors {
		c.script[n.ID] = n
	}
	c.x.gather()
	return nil
}

func (c *checking) checkActors() error {
	for _, src := range c.x.source.Actors {
		s, scaled, err := ScalingOf(src.Rule)
		if err != nil {
			return err
		}
		active := 0
		for _, n := range c.copies[src.ID] {
			if err := c.checkCopy(src, n, scaled && s.Alone); err != nil {
				return err
			}
			if !ending(n) {
				active++
			}
		}
		most := 1
		if scaled {
			most = s.Max
		}
		if active == 0 || active > most {
			return fmt.Errorf("%d of actor %s are there, want 1 to %d", active, src.ID, most)
		}
	}
	for id, all := range c.copies {
		if _, ok := c.script[id]; !ok {
			return fmt.Errorf("the script has no actor %s", all[0].ID)
		}
	}
	return nil
}

// checkCopy compares an actor with the one of the script that it runs for.
func (c *checking) checkCopy(src, n flow.Node, alone bool) error {
	rule := src.Rule
	switch {
	case ending(n):
		rule = nil
	case alone && n.Replica != nil:
		rule = also(rule, "apart", src.ID)
	}
	switch {
	case n.ID != name(src.ID, number(n)) || number(n) < 1:
		return fmt.Errorf("actor %s runs for %s", n.ID, src.ID)
	case n.Type != src.Type:
		return fmt.Errorf("actor %s is a %s, and in the script a %s", n.ID, n.Type, src.Type)
	case !same(n.Args, src.Args):
		return fmt.Errorf("actor %s has other arguments than in the script", n.ID)
	case !same(n.Rule, rule):
		return fmt.Errorf("actor %s has another rule than in the script", n.ID)
	}
	return c.checkPorts(src, n)
}

// checkPorts compares the properties of an actor's ports. A port that a spool
// leads to whose link is no more takes from another source beside it.
func (c *checking) checkPorts(src, n flow.Node) error {
	want := withoutDisk(src.Ports)
	for key := range union(want, n.Ports) {
		if same(want[key], n.Ports[key]) {
			continue
		}
		admitted := maps.Clone(want[key])
		if admitted == nil {
			admitted = map[string]any{}
		}
		admitted["routing"] = "collect-unordered"
		if !c.leftOver(n.ID, key) || !same(admitted, n.Ports[key]) {
			return fmt.Errorf("port %s of actor %s has other properties than in the script", key, n.ID)
		}
	}
	return nil
}

// leftOver reports whether a spool that ends leads to an in-port.
func (c *checking) leftOver(id flow.ActorID, key string) bool {
	return slices.ContainsFunc(c.graph.Links, func(l flow.Link) bool {
		return l.To.Actor == id && "in:"+l.To.Port == key && IsSpool(l.From.Actor) && ending(c.actors[l.From.Actor])
	})
}

func union[V any](a, b map[string]V) map[string]bool {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return keys
}

// same compares values whose empty lists and maps are nil in one of them.
func same(a, b any) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.IsValid() && vb.IsValid() && va.Kind() == reflect.Map && va.Len() == 0 && vb.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// checkLinks finds for each link of the script, between all replicas of its
// ends, what it has become, and notes that.
func (c *checking) checkLinks() error {
	for _, l := range c.x.source.Links {
		team := c.x.oneTeam(l)
		for _, from := range c.copies[l.From.Actor] {
			for _, to := range c.copies[l.To.Actor] {
				apart := team && (from.Replica == nil || to.Replica == nil || from.Replica.Node != to.Replica.Node)
				if err := c.checkLink(between(l, from, to), from, to, apart); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkLink checks what a link has become; one between members of a team that
// are apart need not be there.
func (c *checking) checkLink(want flow.Link, from, to flow.Node, apart bool) error {
	props, err := diskOf(c.script[Of(from)], c.script[Of(to)], want)
	if err != nil {
		return err
	}
	has := false
	if len(c.spools) > 0 {
		if has, err = c.checkSpooled(want, c.x.spool(want, from, props), props != nil); err != nil {
			return err
		}
	}
	if direct, there := c.links[want.ID()]; there {
		if props != nil && !direct.Closing {
			return fmt.Errorf("link %s does without the spool that the script asks for", want.ID())
		}
		if err := c.account(want); err != nil {
			return err
		}
		has = true
	}
	if !has && !apart && !ending(from) && !ending(to) {
		return fmt.Errorf("link %s of the script is missing", want.ID())
	}
	return nil
}

// checkSpooled checks whether a link goes through its spool, and whether that is
// as the script asks.
func (c *checking) checkSpooled(want flow.Link, spool flow.Node, asked bool) (bool, error) {
	s, there := c.actors[spool.ID]
	if !there {
		return false, nil
	}
	halves := through(want, spool.ID)
	for _, h := range halves {
		if _, there := c.links[h.ID()]; !there {
			return false, nil
		}
	}
	switch {
	case ending(s):
	case !asked:
		return false, fmt.Errorf("link %s has a spool, which the script does not ask for", want.ID())
	case !same(s.Args, spool.Args) || !same(s.Rule, spool.Rule):
		return false, fmt.Errorf("the spool of link %s has other arguments than in the script", want.ID())
	}
	return true, c.account(halves...)
}

// account compares links with those of the graph, and notes that they are
// accounted for. Whether they close is not in the script.
func (c *checking) account(links ...flow.Link) error {
	for _, want := range links {
		got := c.links[want.ID()]
		got.Closing = want.Closing
		if tag, ok := strings.CutSuffix(got.Tag, string(Mark)+"old"); ok && IsSpool(want.From.Actor) {
			got.Tag = tag
		}
		if got != want {
			return fmt.Errorf("link %s is called otherwise than in the script", want.ID())
		}
		c.known[want.ID()] = true
	}
	return nil
}

// checkRest accounts for what the script of before has left: spools that empty
// themselves, into which nothing new goes. Everything else is of nobody's making.
func (c *checking) checkRest() error {
	for _, s := range c.spools {
		in, out := c.graph.LinksOf(s.ID)
		if err := c.checkSpool(s, in, out); err != nil {
			return err
		}
		if !ending(s) {
			continue
		}
		for _, l := range append(in, out...) {
			c.known[l.ID()] = true
		}
	}
	for _, l := range c.graph.Links {
		if !c.known[l.ID()] {
			return fmt.Errorf("the script has no link %s", l.ID())
		}
	}
	return nil
}

// checkSpool checks a spool as such: that it takes from the port that it is
// named for alone, gives to one taker, and speaks as its sender does.
func (c *checking) checkSpool(s flow.Node, in, out []flow.Link) error {
	sender := s.ID
	for range 2 {
		sender = sender[:strings.LastIndexByte(string(sender), Mark)]
	}
	if len(in) > 1 || len(out) > 1 || len(out) == 0 && len(in) > 0 {
		return fmt.Errorf("spool %s has %d links in and %d out", s.ID, len(in), len(out))
	}
	from, there := c.actors[sender]
	for _, l := range in {
		port := fmt.Sprintf("%s%c%s%c", l.From.Actor, Mark, l.From.Port, Mark)
		if !strings.HasPrefix(string(s.ID), port) || !there {
			return fmt.Errorf("spool %s takes from %s", s.ID, l.From)
		}
		if ending(s) && !l.Closing && !c.known[l.ID()] {
			return fmt.Errorf("spool %s ends, and its link %s goes on", s.ID, l.ID())
		}
	}
	if !ending(s) && (len(in) == 0 || !c.known[in[0].ID()] || s.Replica != nil) {
		return fmt.Errorf("the script asks for no spool %s", s.ID)
	}
	if there {
		as := c.x.spool(flow.Link{}, c.script[Of(from)], nil).Args["as"]
		if s.Args["as"] != as {
			return fmt.Errorf("spool %s speaks as %v, and its sender as %v", s.ID, s.Args["as"], as)
		}
	}
	return nil
}

// checkLocal compares what is bound to its node: spools, and all that leads to
// one.
func (c *checking) checkLocal() error {
	again := &expansion{out: flow.Graph{Actors: slices.Clone(c.graph.Actors), Links: c.graph.Links}}
	again.bind()
	for i, n := range again.out.Actors {
		if n.Local != c.graph.Actors[i].Local {
			return fmt.Errorf("actor %s keeps its checkpoints elsewhere than its links ask for", n.ID)
		}
	}
	return nil
}
