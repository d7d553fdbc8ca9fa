package script

import (
	"slices"
	"strings"
)

// A priming finds out which actors can ever fire: those with an action whose
// in-ports all can get a token. What is not known of an actor is taken to be
// in its favour, so that no script that runs is warned of.
type priming struct {
	x       *expander
	into    map[portKey][]int
	actions map[*actor][]action
	alive   map[*actor]bool
	gives   map[portKey]bool
	out     [][]int // links by the actor they start at
}

// An action is what one action takes and gives.
type action struct{ in, out []string }

// checkLoops warns of loops of links that nothing starts, and of actors that
// only voidport leads to.
func (x *expander) checkLoops() {
	pr := &priming{x, map[portKey][]int{}, map[*actor][]action{}, map[*actor]bool{}, map[portKey]bool{}, make([][]int, len(x.actors))}
	void := map[*actor]bool{}
	for i := range x.links {
		l := &x.links[i]
		pr.into[l.in()] = append(pr.into[l.in()], i)
		pr.out[l.from.actor.index] = append(pr.out[l.from.actor.index], i)
		void[l.from.actor] = l.from.actor.Type == "flow.Void"
	}
	// Actors are asked what they wait for only where it matters: on circles,
	// and where it seems that they never fire.
	for _, a := range pr.circles() {
		pr.actions[a] = pr.ask(a)
	}
	pr.spread(nil)
	for _, a := range x.actors {
		if !pr.alive[a] && !void[a] {
			pr.actions[a] = pr.ask(a)
		}
	}
	if len(pr.alive) < len(x.actors) {
		pr.spread(nil)
		pr.report(void)
	}
}

// spread finds the actors that can fire, and what they give. Those of given are
// taken to.
func (pr *priming) spread(given map[*actor]bool) {
	clear(pr.alive)
	clear(pr.gives)
	queue := append([]*actor{}, pr.x.actors...)
	waits := make([]bool, len(queue))
	for len(queue) > 0 && !pr.x.over {
		a := queue[0]
		queue, waits[a.index] = queue[1:], false
		if !pr.fires(a, given[a]) {
			continue
		}
		for _, i := range pr.out[a.index] {
			if to := pr.x.links[i].to.actor; !waits[to.index] {
				queue, waits[to.index] = append(queue, to), true
			}
		}
	}
}

// fires works out anew what an actor can do and reports whether it is more.
func (pr *priming) fires(a *actor, given bool) bool {
	more := false
	for _, act := range pr.of(a) {
		if !given && slices.ContainsFunc(act.in, func(port string) bool { return !pr.reaches(portKey{a, [2]string{"in", port}}) }) {
			continue
		}
		pr.alive[a] = true
		for _, port := range act.out {
			key := portKey{a, [2]string{"out", port}}
			more = more || !pr.gives[key]
			pr.gives[key] = true
		}
	}
	return more
}

// reaches reports whether a token can come to an in-port.
func (pr *priming) reaches(key portKey) bool {
	links := pr.into[key]
	if !pr.x.spend(len(links), key.actor.inst.where) {
		return true
	}
	all := first(key.actor.Ports["in:"+key.side[1]]["routing"]) == "collect-all-tagged"
	for _, i := range links {
		if pr.gives[pr.x.links[i].out()] != all {
			return !all
		}
	}
	return all && len(links) > 0
}

// of are the actions of an actor. Of one that has not been asked it is one for
// each in-port.
func (pr *priming) of(a *actor) []action {
	if acts, ok := pr.actions[a]; ok {
		return acts
	}
	ins, known := a.inst.ports("in")
	outs, _ := a.inst.ports("out")
	outs = append(slices.Clip(outs), deadLetter)
	var acts []action
	for _, in := range ins {
		acts = append(acts, action{[]string{in}, outs})
	}
	if !known || len(ins) == 0 && a.Type != "flow.Void" {
		acts = []action{{nil, outs}}
	}
	pr.actions[a] = acts
	return acts
}

// ask makes such an actor and looks at its actions. One that can't be made is
// taken to fire by itself.
func (pr *priming) ask(a *actor) []action {
	list, err := pr.x.acts(a.Type, a.Args)
	if err != nil {
		outs, _ := a.inst.ports("out")
		return []action{{nil, append(slices.Clip(outs), deadLetter)}}
	}
	acts := make([]action, len(list))
	for i, act := range list {
		acts[i] = action{act.In, append(slices.Clip(act.Out), deadLetter)}
	}
	return acts
}

// circles are the actors on circles of links, and some between two circles:
// those that are left when one takes away, again and again, what nothing leads
// to and what leads to nothing.
func (pr *priming) circles() []*actor {
	links, actors := pr.x.links, pr.x.actors
	gone := make([]bool, len(actors))
	// peel takes away the actors with no links on one side.
	peel := func(near, far func(l *crossing) *actor) {
		count, next := make([]int, len(actors)), make([][]*actor, len(actors))
		for i := range links {
			a, b := near(&links[i]), far(&links[i])
			if !gone[a.index] && !gone[b.index] {
				count[b.index]++
				next[a.index] = append(next[a.index], b)
			}
		}
		queue := slices.DeleteFunc(slices.Clone(actors), func(a *actor) bool { return gone[a.index] || count[a.index] > 0 })
		for len(queue) > 0 {
			a := queue[len(queue)-1]
			queue, gone[a.index] = queue[:len(queue)-1], true
			for _, b := range next[a.index] {
				if count[b.index]--; count[b.index] == 0 {
					queue = append(queue, b)
				}
			}
		}
	}
	from, to := func(l *crossing) *actor { return l.from.actor }, func(l *crossing) *actor { return l.to.actor }
	peel(from, to)
	peel(to, from)
	return slices.DeleteFunc(slices.Clone(actors), func(a *actor) bool { return gone[a.index] })
}

// report tells of the loops among the actors that never fire. Then, as if the
// loops were started, of those that only voidport leads to.
func (pr *priming) report(void map[*actor]bool) {
	dead := map[*actor]bool{}
	for _, a := range pr.x.actors {
		dead[a] = !pr.alive[a] && !void[a]
	}
	started := map[*actor]bool{}
	for _, loop := range pr.loops(dead) {
		pr.x.report(pr.unprimed(loop))
		for _, i := range loop {
			started[pr.x.links[i].from.actor] = true
		}
	}
	pr.spread(started)
	told := map[Span]bool{} // once for all instances of a component
	for _, a := range pr.x.actors {
		if pr.alive[a] || void[a] || a.inst.made || pr.onlyVoid(a, void) {
			continue
		}
		if told[a.inst.where] {
			continue
		}
		told[a.inst.where] = true
		pr.x.report(neverFires.at(pr.x.file, a.inst.where, a.ID.Local()).
			help("link it to an actor that gives tokens, or leave it out"))
	}
}

// onlyVoid reports whether voidport leads straight to an actor, which is
// warned of there.
func (pr *priming) onlyVoid(a *actor, void map[*actor]bool) bool {
	ins, _ := a.inst.ports("in")
	return slices.ContainsFunc(ins, func(port string) bool {
		return slices.ContainsFunc(pr.into[portKey{a, [2]string{"in", port}}], func(i int) bool {
			return void[pr.x.links[i].from.actor]
		})
	})
}

// loops are circles of links among actors that wait for each other, one for
// each such set, found by going from an actor to one that it waits for.
func (pr *priming) loops(dead map[*actor]bool) [][]int {
	var found [][]int
	done := map[*actor]bool{}
	for _, a := range pr.x.actors {
		var trail []int // links, each from the actor that the one before waits for
		on := map[*actor]int{}
		for dead[a] && !done[a] {
			if from, ok := on[a]; ok {
				loop := slices.Clone(trail[from:])
				slices.Reverse(loop) // into the direction of the tokens
				found = append(found, loop)
				break
			}
			on[a] = len(trail)
			i, ok := pr.waitsFor(a, dead)
			if !ok {
				break
			}
			trail = append(trail, i)
			a = pr.x.links[i].from.actor
		}
		for a := range on {
			done[a] = true
		}
	}
	return found
}

// waitsFor is a link from an actor that never fires, to a port that a needs.
func (pr *priming) waitsFor(a *actor, dead map[*actor]bool) (int, bool) {
	ins, _ := a.inst.ports("in")
	for _, port := range ins {
		key := portKey{a, [2]string{"in", port}}
		if pr.reaches(key) {
			continue
		}
		for _, i := range pr.into[key] {
			l := &pr.x.links[i]
			if dead[l.from.actor] && !pr.gives[l.out()] {
				return i, true
			}
		}
	}
	return 0, false
}

// unprimed is the issue with a loop.
func (pr *priming) unprimed(loop []int) Issue {
	names := make([]string, 0, len(loop)+1)
	last := &pr.x.links[loop[0]]
	for _, i := range loop {
		l := &pr.x.links[i]
		names = append(names, l.from.actor.ID.Local())
		if last.wire.to.where.before(l.wire.to.where) {
			last = l // the link that stands last closes the loop
		}
	}
	names = append(names, names[0])
	i := deadlock.at(pr.x.file, last.wire.to.where, strings.Join(names, " > "))
	from, to := last.wire.from, last.wire.to
	if from.actor == "" || to.actor == "" || from.actor[0] == '_' || to.actor[0] == '_' {
		return i.help("put a flow.Init into it, which gives its data once and then passes tokens on")
	}
	return i.help("put a flow.Init into it: start : flow.Init(data=...), %s > start.in, start.out > %s", from.name(), to.name())
}
