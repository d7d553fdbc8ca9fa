package placement

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A home is where a unit was, as far as it has a say.
type home struct {
	*site
	known bool   // the node is in the input
	held  string // why the unit can't be taken from it by anybody; "": it can
	bound []string
}

// homeOf is the node that most of a unit's actors had, those that are bound to
// theirs before others; nil: none that still exists.
func (p *planner) homeOf(u *unit) *home {
	votes := map[flow.NodeID]int{}
	for _, t := range u.tasks {
		old := p.old[t.ID].Node
		if old == "" || p.in.Gone != nil && p.in.Gone(old) {
			continue
		}
		votes[old]++
		if len(t.bound) > 0 {
			votes[old] += 1 << 16
		}
		if t.Local {
			votes[old] += 1 << 32
		}
	}
	var best flow.NodeID
	for id, n := range votes {
		if c := cmp.Or(cmp.Compare(n, votes[best]), cmp.Compare(best, id)); best == "" || c > 0 {
			best = id
		}
	}
	if best == "" {
		return nil
	}
	h := &home{site: p.sites[best], known: true}
	if h.site == nil {
		h.site, h.known = &site{NodeView: &NodeView{NodeInfo: flow.NodeInfo{ID: best}}, size: 1}, false
	}
	for _, t := range u.tasks {
		if p.old[t.ID].Node != best {
			continue
		}
		if t.Local && h.held == "" {
			h.held = "what it has not passed on is on its node's disk"
		}
		if t.exclusive && !h.Up && p.in.Leased != nil && p.in.Leased(best) {
			h.held = fmt.Sprintf("waits for the lease of %s to end", best)
		}
		h.bound = append(h.bound, t.bound...)
	}
	return h
}

// part takes those actors out of a unit that are not at its home and that the
// test tells: they are decided by themselves.
func (p *planner) part(u *unit, h *home, apart func(*task) bool) {
	if h == nil || len(u.tasks) == 1 {
		return
	}
	for _, t := range slices.Clone(u.tasks) {
		if p.old[t.ID].Node == h.ID || !apart(t) {
			continue
		}
		u.tasks = slices.DeleteFunc(u.tasks, func(o *task) bool { return o == t })
		alone := &unit{tasks: []*task{t}, apart: slices.Clone(u.apart)}
		for _, o := range u.apart {
			o.apart = append(o.apart, alone)
		}
		t.unit = alone
		if !p.stay(alone) {
			p.fit(alone)
			p.rest = append(p.rest, alone)
		}
	}
}

// binds says what of the unit's is bound to its home and not to be had on n.
func (h *home) binds(n *NodeView) string {
	for _, c := range h.bound {
		if !sameGroup(c, h.NodeView, n) {
			return c
		}
	}
	return ""
}

// sameGroup reports whether two nodes hold the same under a capability.
func sameGroup(capability string, a, b *NodeView) bool {
	return slices.ContainsFunc(a.Capabilities, func(c string) bool {
		return strings.HasPrefix(c, capability+groups) && b.Offers(c)
	})
}

// misfit says why a unit may not be on its home, up or not, and whether that is
// because what it needs is missing, which a node may offer again.
func (h *home) misfit(u *unit) (why string, missing bool) {
	if !h.known {
		return "", false
	}
	missing = true
	var all []string
	for _, t := range u.tasks {
		if t.fits(h.NodeView) {
			continue
		}
		missing = missing && t.known && t.allowed(h.NodeView)
		no := t.lacks(h.NodeView)
		if !t.known {
			no = []string{"unknown actor type " + t.Type}
		}
		all = append(all, u.of(t)+strings.Join(no, "; "))
	}
	return strings.Join(all, "; "), missing && len(all) > 0
}

// of names an actor where the unit has several.
func (u *unit) of(t *task) string {
	if len(u.tasks) == 1 {
		return ""
	}
	return string(t.ID) + ": "
}

// stay leaves a unit where it is, or moves it where a person wants it, if
// either may be. Otherwise the unit is to be placed, on one of u.fit.
func (p *planner) stay(u *unit) bool {
	h := p.homeOf(u)
	p.part(u, h, func(t *task) bool {
		own := p.homeOf(&unit{tasks: []*task{t}})
		return own != nil && (own.held != "" || own.binds(h.NodeView) != "")
	})
	if by, n := p.pinned(u, h); n != nil {
		u.fixed = "moved there by " + by
		p.decide(u, n, u.fixed)
		return true
	}
	if h == nil || u.torn != "" {
		return false
	}
	misfit, missing := h.misfit(u)
	blocker := u.blocked(h.ID)
	leave := misfit != "" || blocker != "" || !h.Up && p.in.Failover || h.Up && h.Drain
	if !leave {
		p.remain(u, h)
		return true
	}
	u.fit = slices.DeleteFunc(p.fit(u), func(n *site) bool { return n.ID == h.ID || misfit == "" && h.binds(n.NodeView) != "" })
	if missing { // what is bound to the node waits there for what is missing
		u.fit = slices.DeleteFunc(u.fit, func(n *site) bool { return h.binds(n.NodeView) != "" })
	}
	is := state(h)
	if misfit != "" {
		is = strings.TrimPrefix(is+" and not fit (", " and ")
		is = "is " + strings.TrimPrefix(is, "is ") + misfit + ")"
	}
	switch {
	case h.held != "":
		p.hold(u, h, is, h.held)
	case len(u.fit) > 0:
		return false
	case len(h.bound) > 0 && (misfit == "" || missing):
		p.hold(u, h, is, fmt.Sprintf("can't be taken elsewhere: %s is bound to its node", h.bound[0]))
	case misfit != "" || blocker != "":
		return false
	default:
		p.hold(u, h, is, "no other node fits")
	}
	return true
}

// pinned is the node that a person moved a unit to, if it may be there.
func (p *planner) pinned(u *unit, h *home) (by string, n *site) {
	for _, t := range u.tasks {
		pin, ok := p.in.Pins[t.ID]
		if !ok {
			continue
		}
		if by = pin.By; by == "" {
			by = "hand"
		}
		n := p.sites[pin.Node]
		switch {
		case n == nil || !ready(n.NodeView) || !u.fits(n.NodeView) || u.blocked(n.ID) != "":
		case h != nil && h.ID != n.ID && (h.held != "" || h.binds(n.NodeView) != ""):
		default:
			return by, n
		}
	}
	return "", nil
}

// remain keeps a unit on its home, which fits.
func (p *planner) remain(u *unit, h *home) {
	if !h.Up {
		p.part(u, h, p.elsewhere)
	}
	switch {
	case !h.Up:
		u.fixed = "its node is " + strings.TrimPrefix(state(h), "is ")
	case h.held != "" || len(h.bound) > 0:
		u.fixed = "it is bound to its node"
	}
	p.settle(u, h.site, func(t *task) []string {
		if !h.Up {
			return []string{fmt.Sprintf("%s: %s; waits for it to come back", h.ID, state(h))}
		}
		praise := t.praise(h.NodeView)
		old := p.old[t.ID]
		switch {
		case old.Node != h.ID:
			return p.among(t, praise, "the others have it already")
		case len(old.Why) > 0 && old.Why[0] == praise:
			return old.Why
		}
		return p.among(t, praise, "it stays where it was")
	})
}

// hold keeps a unit on its home though it should leave. It is what the home is.
func (p *planner) hold(u *unit, h *home, is, why string) {
	p.part(u, h, p.elsewhere)
	u.fixed = why
	p.settle(u, h.site, func(t *task) []string {
		p.stays[t.ID] = fmt.Sprintf("%s; %s", is, why)
		return []string{fmt.Sprintf("%s: %s; %s", h.ID, is, why)}
	})
}

// elsewhere reports whether an actor has a node of its own, which it does not
// leave for one that is not well.
func (p *planner) elsewhere(t *task) bool { return p.homeOf(&unit{tasks: []*task{t}}) != nil }

// state says what is not well about a node, or nothing.
func state(h *home) string {
	switch {
	case !h.known:
		return "is not heard of"
	case !h.Up:
		return "is down"
	case h.Drain:
		return "is being drained"
	}
	return ""
}
