package policy

import (
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/eval"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Actor is one end of a link, as rules see it.
type Actor struct {
	ID   flow.ActorID
	Type string // of the actor; for a spool that of its sender
	Node flow.NodeID
	// Who is its identity, verified. Before it runs, only the role may be known.
	Who   flow.Identity
	Spool bool // it only keeps its sender's tokens on disk
}

// A Link is what one actor asks of another: to take its tokens.
type Link struct {
	From, To         Actor
	FromPort, ToPort string
	OwnSpool         bool // To is the spool of From
}

// Link decides whether a link may be. Both identities are verified.
func (p *Policy) Link(l Link) Decision {
	return p.cached(l.asked(), func(k asked) Decision { return p.decide(p.request(k), false) })
}

// Foresee decides whether a link could be when its actors run, by what a script
// says of them: of each Who the role, and no more. It allows what no rule
// refuses whatever the certificates say.
func (p *Policy) Foresee(l Link) Decision {
	k := l.asked()
	k.from.vague, k.to.vague = true, true
	return p.cached(k, func(k asked) Decision { return p.decide(p.request(k), true) })
}

// An end is what rules see of an actor.
type end struct {
	id, role, uri, hospital, name, group, typ, node string

	spool bool
	vague bool // only its role, its type and its name are known
}

// An asked is all that the decision about a link depends on.
type asked struct {
	from, to         end
	fromPort, toPort string
	ownSpool         bool
}

func (l Link) asked() asked {
	return asked{l.From.end(), l.To.end(), l.FromPort, l.ToPort, l.OwnSpool}
}

func (a Actor) end() end {
	return end{id: string(a.ID), role: string(a.Who.Role), uri: a.Who.URI, hospital: a.Who.Hospital(), name: a.Who.Name, group: a.Who.Group,
		typ: a.Type, node: string(a.Node), spool: a.Spool}
}

const actorEntity = "Actor"

func (e end) uid() cedar.EntityUID { return cedar.NewEntityUID(actorEntity, cedar.String(e.id)) }

// entity is the actor with the attributes of the schema. What a vague one's
// certificate will say is a variable.
func (e end) entity(which string) cedar.Entity {
	said := func(attr, v string) cedar.Value {
		if e.vague {
			return eval.Variable(cedar.String(which + "." + attr))
		}
		return cedar.String(v)
	}
	parts := strings.SplitN(e.group, "/", 4)
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	return cedar.Entity{UID: e.uid(), Attributes: cedar.NewRecord(cedar.RecordMap{
		"role":     cedar.String(e.role),
		"type":     cedar.String(e.typ),
		"app":      cedar.String(flow.ActorID(e.id).App()),
		"spool":    cedar.Boolean(e.spool),
		"uri":      said("uri", e.uri),
		"hospital": said("hospital", e.hospital),
		"name":     said("name", e.name),
		"group":    said("group", e.group),
		"site":     said("site", parts[0]),
		"floor":    said("floor", parts[1]),
		"room":     said("room", parts[2]),
		"kind":     said("kind", parts[3]),
		"place":    said("place", place(e.group)),
		"node":     said("node", e.node),
	})}
}

// place is site/floor/room of a group site/floor/room/kind.
func place(group string) string {
	if i := strings.LastIndexByte(group, '/'); i >= 0 {
		return group[:i]
	}
	return group
}

func (p *Policy) request(k asked) request {
	from, to := p.entity(k.from, "principal"), p.entity(k.to, "resource")
	if from.UID == to.UID { // an actor's link to itself: two roles of one entity
		to = from
	}
	return request{
		entities: entities{from, to},
		Request: cedar.Request{Principal: from.UID, Action: ActionLink.uid(), Resource: to.UID,
			Context: cedar.NewRecord(cedar.RecordMap{
				"from": cedar.String(k.fromPort), "to": cedar.String(k.toPort), "own_spool": cedar.Boolean(k.ownSpool),
				"same_app": cedar.Boolean(flow.ActorID(k.from.id).App() == flow.ActorID(k.to.id).App())})}}
}
