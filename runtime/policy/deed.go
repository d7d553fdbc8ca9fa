package policy

import (
	"fmt"

	"github.com/cedar-policy/cedar-go"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Action is what somebody wants to do, as rules name it.
type Action string

// ActionLink is for actors, all others for people.
const (
	ActionLink Action = "link"

	ActionSee   Action = "see"   // read what the API shows of the cluster
	ActionCheck Action = "check" // compile a script, plan a deployment; changes nothing
	ActionLogin Action = "login" // make a one-time link to the page
	ActionAudit Action = "audit" // read the audit record
	ActionProve Action = "prove" // make bundles of evidence, which hold what was measured

	ActionRefusals Action = "refusals" // read what refused readings say: device, value, clause
	ActionTap      Action = "tap"      // see the tokens of a link: what was measured
	ActionPatients Action = "patients" // and of whom: pseudonyms, devices, free text

	ActionDeploy  Action = "deploy"  // put an application, or another version of it
	ActionStop    Action = "stop"    // take an application out
	ActionReport  Action = "report"  // ask an actor, and hand it something
	ActionLetters Action = "letters" // read and drop dead letters, which hold what tokens held
	ActionResume  Action = "resume"  // let an actor go on

	ActionMock Action = "mock" // drive devices made of nothing, and see what they say

	ActionOperate Action = "operate" // each of the following
	ActionMove    Action = "move"
	ActionScale   Action = "scale"
	ActionDrain   Action = "drain"
	ActionLeave   Action = "leave"
	ActionVote    Action = "vote"
	ActionBackup  Action = "backup"
	ActionRestore Action = "restore"
	ActionRotate  Action = "rotate" // the gossip key

	ActionRevoke Action = "revoke" // certificates
	ActionEnrol  Action = "enrol"  // make join tokens
	ActionPolicy Action = "policy" // change this policy
)

// deeds are the actions of people, with the group that each is in.
var deeds = map[Action]Action{
	ActionSee: "", ActionCheck: "", ActionLogin: "", ActionAudit: "", ActionProve: "", ActionRefusals: "", ActionTap: "", ActionPatients: "",
	ActionDeploy: "", ActionStop: "", ActionReport: "", ActionLetters: "", ActionResume: "",
	ActionMock:    "",
	ActionOperate: "", ActionMove: ActionOperate, ActionScale: ActionOperate, ActionDrain: ActionOperate,
	ActionLeave: ActionOperate, ActionVote: ActionOperate, ActionBackup: ActionOperate,
	ActionRestore: ActionOperate, ActionRotate: ActionOperate,
	ActionRevoke: "", ActionEnrol: "", ActionPolicy: "",
}

func (a Action) uid() cedar.EntityUID { return cedar.NewEntityUID("Action", cedar.String(a)) }

// actions are the action entities with their groups.
var actions = func() map[cedar.EntityUID]cedar.Entity {
	all := map[cedar.EntityUID]cedar.Entity{}
	for a, group := range deeds {
		e := cedar.Entity{UID: a.uid()}
		if group != "" {
			e.Parents = cedar.NewEntityUIDSet(group.uid())
		}
		all[e.UID] = e
	}
	all[ActionLink.uid()] = cedar.Entity{UID: ActionLink.uid()}
	return all
}()

// RoleViewer is the role of whoever came in by a one-time link. No certificate
// has it.
const RoleViewer flow.Role = "viewer"

// A Deed is what a person wants to do, and to what: an application, a node, or
// neither, which is the cluster.
type Deed struct {
	Do    Action
	App   string
	Actor flow.ActorID // of the application; "": all of it
	Node  flow.NodeID
}

// String is the deed in words: "stop application ward".
func (d Deed) String() string {
	switch {
	case d.Do == ActionPatients && d.Actor != "":
		return fmt.Sprintf("see of whom the tokens of %s are", d.Actor)
	case d.Actor != "":
		return fmt.Sprintf("%s %s", d.Do, d.Actor)
	case d.App != "":
		return fmt.Sprintf("%s application %s", d.Do, d.App)
	case d.Node != "":
		return fmt.Sprintf("%s node %s", d.Do, d.Node)
	}
	if words, ok := inWords[d.Do]; ok {
		return words
	}
	return string(d.Do)
}

// inWords are actions about nothing in particular whose names are no deeds.
var inWords = map[Action]string{ActionSee: "see the cluster", ActionCheck: "check a script", ActionLogin: "make a one-time link", ActionAudit: "read the audit record", ActionProve: "prove readings and checks",
	ActionRefusals: "read what refused readings say", ActionTap: "tap links", ActionPatients: "see of whom tokens are", ActionVote: "change who votes", ActionMock: "drive mock devices", ActionBackup: "back up the register", ActionRestore: "restore the register",
	ActionRotate: "rotate the gossip key", ActionRevoke: "revoke certificates", ActionEnrol: "make join tokens", ActionPolicy: "change the policy"}

// May decides whether a member of staff or a viewer may do something. Nobody
// else may do anything.
func (p *Policy) May(who flow.Identity, d Deed) Decision {
	kind, id := cedar.EntityType(""), who.Name
	switch who.Role {
	case flow.RoleStaff:
		kind = "Staff"
	case RoleViewer:
		kind = "Viewer"
	}
	if kind == "" {
		return Decision{Because: []Because{{ID: "people-only", Says: fmt.Sprintf("a %s asks nothing of people's matters", orNobody(who.Role)),
			Mend: "use a staff certificate"}}}
	}
	if _, ok := deeds[d.Do]; !ok {
		return Decision{Because: []Because{{ID: "no-such-action", Says: fmt.Sprintf("there is no action %q", d.Do)}}}
	}
	me := cedar.Entity{UID: cedar.NewEntityUID(kind, cedar.String(id))}
	if kind == "Staff" {
		me.Attributes = cedar.NewRecord(cedar.RecordMap{"name": cedar.String(who.Name), "uri": cedar.String(who.URI)})
	}
	on := d.entity()
	return p.decide(request{entities: entities{me, on}, Request: cedar.Request{Principal: me.UID, Action: d.Do.uid(), Resource: on.UID,
		Context: cedar.NewRecord(cedar.RecordMap{"actor": cedar.String(d.Actor)})}}, false)
}

func orNobody(r flow.Role) flow.Role {
	if r == "" {
		return "stranger"
	}
	return r
}

func (d Deed) entity() cedar.Entity {
	kind, name := cedar.EntityType("Cluster"), "cluster"
	if d.App != "" {
		kind, name = "App", d.App
	} else if d.Actor != "" {
		kind, name = "App", d.Actor.App()
	} else if d.Node != "" {
		kind, name = "Node", string(d.Node)
	}
	e := cedar.Entity{UID: cedar.NewEntityUID(kind, cedar.String(name))}
	if kind != "Cluster" {
		e.Attributes = cedar.NewRecord(cedar.RecordMap{"name": cedar.String(name)})
	}
	return e
}
