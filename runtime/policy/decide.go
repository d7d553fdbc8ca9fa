package policy

import (
	"sync"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/eval"
)

// A Decision is yes or no, and why.
type Decision struct {
	Allowed bool      `json:"allowed"`
	Because []Because `json:"because,omitempty"` // the rules that decided
	// Near are the rules that would permit it and came nearest, when none
	// permits it and none forbids it; the nearest first.
	Near []Near `json:"near,omitempty"`
}

// A Because is a rule that decided.
type Because struct {
	ID   string `json:"id"`
	Says string `json:"says,omitempty"`
	Mend string `json:"mend,omitempty"`
	Own  bool   `json:"own,omitempty"` // of the hospital's text
	Line int    `json:"line,omitempty"`
}

// A Near is a rule that would permit it, but for a condition.
type Near struct {
	Because
	Failed string `json:"failed"`          // the condition, as the rule has it
	Found  string `json:"found,omitempty"` // what there was: principal.place is "h1/2/icu-9"
}

// A request is what is asked, with the entities that it names.
type request struct {
	cedar.Request
	entities entities
}

// entities are who asks and what for; actions are known to all.
type entities [2]cedar.Entity

// Get is for cedar.
func (es entities) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	for _, e := range es {
		if e.UID == uid {
			return e, true
		}
	}
	e, ok := actions[uid]
	return e, ok
}

// decide asks the rules. With vague set, what is not known may come out either
// way: it is refused only if it is refused whatever that is.
func (p *Policy) decide(r request, vague bool) Decision {
	if vague {
		return p.foresee(r)
	}
	got, why := cedar.Authorize(p.about[Action(r.Action.ID)], r.entities, r.Request)
	var d Decision
	// cedar skips a rule that fails. A prohibition that can't be judged holds:
	// to skip it would open what it guards.
	for _, e := range why.Errors {
		if rule := p.rule(string(e.PolicyID)); !rule.Permits {
			b := rule.because()
			b.Says = "it can't be judged whether this holds: " + orID(b) + ": " + e.Message
			d.Because = append(d.Because, b)
		}
	}
	if len(d.Because) > 0 {
		return d
	}
	d.Allowed = got == cedar.Allow
	for _, reason := range why.Reasons {
		d.Because = append(d.Because, p.rule(string(reason.PolicyID)).because())
	}
	if !d.Allowed && len(d.Because) == 0 {
		d.Near = p.near(r.env())
	}
	return d
}

// foresee is decide for what is known in part.
func (p *Policy) foresee(r request) Decision {
	var d, may Decision
	env := r.env()
	for _, rule := range p.about[Action(r.Action.ID)] {
		switch v, _ := rule.judge(env); {
		case !rule.Permits && (v == holds || v == fails):
			d.Because = append(d.Because, rule.because())
		case rule.Permits && (v == holds || v == maybe):
			may.Because = append(may.Because, rule.because())
		}
	}
	if len(d.Because) > 0 {
		return d
	}
	if may.Allowed = len(may.Because) > 0; !may.Allowed {
		may.Near = p.near(env)
	}
	return may
}

func (r request) env() eval.Env {
	return eval.Env{Entities: r.entities, Principal: r.Principal, Action: r.Action, Resource: r.Resource, Context: r.Context}
}

func (p *Policy) rule(id string) *rule {
	for _, r := range p.rules {
		if r.ID == id {
			return r
		}
	}
	panic("policy: a rule decided that is not there: " + id)
}

func (r *rule) because() Because {
	return Because{ID: r.ID, Says: r.Says, Mend: r.Mend, Own: r.Own, Line: r.Line}
}

// A cache has the newest decisions about links, and the actors that they were
// about: there are few of them, and each is asked again and again.
type cache struct {
	mu   sync.Mutex // guards what follows
	all  map[question]Decision
	ends map[endAs]cedar.Entity
}

// An endAs is an actor at one end of a link.
type endAs struct {
	end
	as string // principal or resource
}

// mostCached is how many of each are kept; beyond it all are forgotten.
const mostCached = 8192

// entity is an actor with its attributes.
func (p *Policy) entity(e end, as string) cedar.Entity {
	k := endAs{e, as}
	p.cache.mu.Lock()
	defer p.cache.mu.Unlock()
	ent, ok := p.cache.ends[k]
	if ok {
		return ent
	}
	if p.cache.ends == nil || len(p.cache.ends) >= mostCached {
		p.cache.ends = map[endAs]cedar.Entity{}
	}
	ent = e.entity(as)
	p.cache.ends[k] = ent
	return ent
}

// A question is what is asked about a link, by what is known or in part.
type question = asked

func (p *Policy) cached(q question, decide func(question) Decision) Decision {
	p.cache.mu.Lock()
	d, ok := p.cache.all[q]
	p.cache.mu.Unlock()
	if ok {
		return d
	}
	d = decide(q)
	p.cache.mu.Lock()
	defer p.cache.mu.Unlock()
	if p.cache.all == nil || len(p.cache.all) >= mostCached {
		p.cache.all = map[question]Decision{}
	}
	p.cache.all[q] = d
	return d
}
