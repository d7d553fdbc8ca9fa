package openapi

import (
	"encoding/json"
	"slices"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Bodies that have no type of their own in package control.
type (
	// SessionRequest opens a session.
	SessionRequest struct {
		Token string `json:"token"` // of a one-time link: what stands after "#login="
	}
	// PolicyText is a policy that is to be looked at.
	PolicyText struct {
		Text string `json:"text"` // in Cedar
	}
	// PolicyStatement is a policy that is to be put.
	PolicyStatement struct {
		Statement []byte `json:"statement"` // what control.SignPolicy makes, signed by an admin
	}
	// Skipped is the data of the event "skipped".
	Skipped struct {
		Skipped uint64 `json:"skipped"` // snapshots that were not sent
	}
	// Bye is the data of the events "bye" and "end".
	Bye struct {
		Why string `json:"why"` // for people
	}
	// Changes is the data of the event "changes": a JSON merge patch (RFC 7396) of
	// the snapshot before. Lists that have keys (nodes, apps, actors, links, chains,
	// checks) are objects by them, with null for what is gone; what came to the front
	// of refusals, alarms and events stands in newRefusals, newAlarms and newEvents.
	Changes map[string]json.RawMessage
)

// types are those of the document that no operation names as a whole.
var types = []any{control.Problem{}, Skipped{}, Bye{}, Changes{}, control.TapAbout{}, control.TapToken{}, control.TapSkipped{}}

// operations are all that the API does, by what they are about.
var operations = slices.Concat(looking, running, moving, cluster, proving, writing, entering)

var looking = []operation{
	{route: "GET /status", id: "getStatus", tag: "look", says: "The whole cluster at this moment", gives: control.Snapshot{}},
	{route: "GET /events", id: "watch", tag: "look", says: "The cluster as it goes on: a stream of Server-Sent Events",
		more:  "Events: `snapshot` (data: Snapshot, id: to resume from with Last-Event-ID), `skipped` (Skipped: so many before the next were not sent), `problem` (Problem), `bye` (Bye: the stream ends on purpose), and with ?changes, after the first snapshot, `changes` (Changes) in its place.",
		query: []parameter{{"changes", "after a snapshot send only what changed", "flag", false}}, as: "text/event-stream", fails: []int{503}},
	{route: "GET /apps", id: "listApps", tag: "look", says: "The applications", query: filters("state: running, starting, waiting, shadow, faulted or stopped"), gives: control.Page[control.App]{}},
	{route: "GET /apps/{name}", id: "getApp", tag: "look", says: "An application with its script, and what of it runs where", gives: control.AppDetail{}},
	{route: "GET /nodes", id: "listNodes", tag: "look", says: "The nodes", query: filters("condition: up, suspected, draining, leaving or down"), gives: control.Page[control.NodeState]{}},
	{route: "GET /actors", id: "listActors", tag: "look", says: "The actors, and why each is where it is", query: filters("app: of this application", "node: on this node", "state: in this state", "type: of this type"), gives: control.Page[control.ActorState]{}},
	{route: "GET /links", id: "listLinks", tag: "look", says: "The links, with their counters and who speaks over them", query: filters("app: of this application", "node: with an end on this node", "actor: from or to this actor"), gives: control.Page[control.LinkState]{}},
	{route: "GET /links/why", id: "whyLink", tag: "look", says: "Why a link is there, or is not, step by step",
		query: []parameter{{"from", "an actor, or its out-port", "string", true}, {"to", "an actor, or its in-port", "string", true}}, gives: control.LinkWhy{}, fails: []int{404}},
	{route: "GET /links/{id}/tap", id: "tapLink", tag: "look", says: "The tokens of a link as they come: a stream of Server-Sent Events",
		more:  "Sampled, at most 20 a second; cut short; masked unless ?patients=true and the caller may; off by itself after 15 minutes; on record with who asked. Events: `tap` (TapAbout), `token` (TapToken), `skipped` (TapSkipped), `end` (Bye).",
		query: []parameter{{"patients", "show what tells whose the tokens are", "boolean", false}}, as: "text/event-stream", fails: []int{503}},
	{route: "GET /refusals", id: "listRefusals", tag: "look", says: "The newest readings that were judged and refused", query: filters("app: by this application", "actor: by this actor", "reason: for this reason"), gives: control.Page[control.Refusal]{}},
	{route: "GET /timeline", id: "getTimeline", tag: "look", says: "How the nodes have been", gives: control.Timeline{}, fails: []int{404}},
	{route: "GET /certificates", id: "listCertificates", tag: "look", says: "The certificates that the cluster lives by, and until when", gives: control.Certificates{}, fails: []int{404}},
}

var running = []operation{
	{route: "POST /apps", id: "deployApp", tag: "run", says: "Deploy an application, or plan to",
		more:  "Without ?dry-run it must be signed (control.SignDeployment); the answer is the App, and its actors may still be starting. With ?dry-run the answer is 200 with a PlanResult.",
		query: []parameter{dryRun}, takes: control.Deployment{}, status: 201, gives: control.App{}, fails: []int{409, 422}},
	{route: "DELETE /apps/{name}", id: "stopApp", tag: "run", says: "Stop an application everywhere"},
	{route: "POST /actors/{id}/report", id: "askActor", tag: "run", says: "Ask a running actor, and hand it what it takes", takes: control.Asked{}, gives: control.Asked{}, fails: []int{409}},
	{route: "GET /actors/{id}/letters", id: "listLetters", tag: "run", says: "The dead letters that an actor keeps, oldest first", gives: control.List[control.Letter]{}, fails: []int{503}},
	{route: "DELETE /actors/{id}/letters", id: "dropLetters", tag: "run", says: "Take dead letters out", query: []parameter{{"upto", "the number of the last to drop", "integer", true}}},
	{route: "POST /actors/{id}/resume", id: "resumeActor", tag: "run", says: "Let an actor go on that stopped"},
	{route: "GET /mocks", id: "listMocks", tag: "run", says: "The mock devices, and what they say where the caller may drive them", gives: control.List[control.Mock]{}, fails: []int{404}},
	{route: "POST /mocks/{id}/{mock}", id: "driveMock", tag: "run", says: "Have a mock device say something, play what was recorded, or go wrong", takes: control.Drive{}, gives: control.Mock{}, fails: []int{409}},
}

var moving = []operation{
	{route: "GET /actors/{id}/choices", id: "listChoices", tag: "move", says: "To which nodes an actor could be moved, and why to no other", gives: control.List[control.Choice]{}},
	{route: "POST /actors/{id}/move", id: "moveActor", tag: "move", says: "Send an actor to a node, or let placement decide again", takes: control.Moved{}, fails: []int{409, 422}},
	{route: "POST /actors/{id}/scale", id: "scaleActor", tag: "move", says: "Say how many replicas of an actor run", takes: control.Scaled{}, fails: []int{409}},
	{route: "GET /nodes/{id}/drain", id: "foreseeDrain", tag: "move", says: "What would become of the actors of a node if it were drained", gives: control.List[control.Planned]{}},
	{route: "PUT /nodes/{id}/drain", id: "drainNode", tag: "move", says: "Send the actors of a node elsewhere"},
	{route: "DELETE /nodes/{id}/drain", id: "undrainNode", tag: "move", says: "Let a node have actors again", fails: []int{409}},
	{route: "DELETE /nodes/{id}", id: "removeNode", tag: "move", says: "Take a node out for good", fails: []int{409}},
}

var cluster = []operation{
	{route: "GET /register", id: "getRegister", tag: "cluster", says: "The agreed memory of the cluster, as this node sees it", gives: control.RegisterState{}, fails: []int{404}},
	{route: "PUT /register/voters/{id}", id: "addVoter", tag: "cluster", says: "Give a node a vote", fails: []int{409}},
	{route: "DELETE /register/voters/{id}", id: "removeVoter", tag: "cluster", says: "Take a node's vote", fails: []int{409}},
	{route: "GET /register/backup", id: "backUp", tag: "cluster", says: "The whole register, with a checksum", as: "application/octet-stream"},
	{route: "POST /register/restore", id: "restore", tag: "cluster", says: "Give the register what a backup has",
		query: []parameter{{"force", "in place of what is there", "flag", false}}, takes: raw{}, kind: "application/octet-stream", fails: []int{409}},
	{route: "POST /gossip/rotate", id: "rotateGossipKey", tag: "cluster", says: "Give gossip a new key"},
	{route: "GET /policy", id: "getPolicy", tag: "cluster", says: "Who may do what", gives: control.Policy{}, fails: []int{404}},
	{route: "POST /policy/check", id: "checkPolicy", tag: "cluster", says: "What another policy would change", takes: PolicyText{}, gives: control.PolicyCheck{}, fails: []int{404}},
	{route: "PUT /policy", id: "putPolicy", tag: "cluster", says: "Put the hospital's own policy, signed", takes: PolicyStatement{}, gives: control.PolicyCheck{}, fails: []int{404, 422}},
	{route: "GET /revocations", id: "getRevocations", tag: "cluster", says: "What is revoked, and which nodes know it", gives: control.Revoked{}, fails: []int{404}},
	{route: "POST /revocations", id: "revoke", tag: "cluster", says: "Bring a list of revocations", more: "DER or PEM (RFC 5280, section 5). It proves itself.", takes: raw{}, kind: "application/pkix-crl", gives: control.Revoked{}, fails: []int{404}},
	{route: "POST /rules/relay", id: "relayRule", tag: "cluster", says: "Bring a change of the rules to the chain", takes: control.RuleCall{}, gives: control.RulePaid{}, fails: []int{404, 409}},
}

var proving = []operation{
	{route: "GET /audit", id: "listAudit", tag: "prove", says: "The node's audit record, oldest first",
		query: []parameter{{"since", "RFC 3339", "string", false}, {"kind", "of event", "string", false}, {"who", "a part of a name or an address", "string", false},
			{"refused", "only what was refused", "boolean", false}, {"limit", "the newest so many, up to 1000", "integer", false}}, gives: control.List[control.AuditEntry]{}},
	{route: "GET /checks", id: "listChecks", tag: "prove", says: "The node's log of checks",
		query: []parameter{{"from", "the number of the first; without it the newest come", "integer", false}, {"limit", "1 to 1000; default 100", "integer", false}}, gives: control.List[control.CheckEntry]{}, fails: []int{404}},
	{route: "GET /evidence", id: "prove", tag: "prove", says: "A bundle that proves a reading or a check to a stranger, as package evidence writes it",
		query: []parameter{{"of", "DEVICE/STREAM/SEQ, DEVICE/STREAM, a reading's hash, or ACCOUNT/INDEX of a check", "string", true}, {"wait", "for what is on its way to the chain: 30s, at most 1m", "string", false},
			{"early", "then take what is there", "boolean", false}}, gives: json.RawMessage{}, fails: []int{404, 503}},
}

var writing = []operation{
	{route: "POST /check", id: "checkScript", tag: "scripts", says: "What is wrong with a script: 200 whether it compiles or not", takes: control.Deployment{}, gives: control.List[control.Issue]{}},
	{route: "POST /scripts/complete", id: "completeScript", tag: "scripts", says: "What could stand at a place of a script", takes: control.ScriptPlace{}, gives: control.List[control.Completion]{}},
	{route: "POST /scripts/hover", id: "hoverScript", tag: "scripts", says: "What there is to know about what stands at a place of a script", takes: control.ScriptPlace{}, gives: control.Hover{}},
	{route: "POST /scripts/format", id: "formatScript", tag: "scripts", says: "A script in the one style", takes: control.Deployment{}, gives: control.Formatted{}, fails: []int{422}},
	{route: "GET /types", id: "listTypes", tag: "scripts", says: "The actor types that scripts may use", gives: control.List[flow.Spec]{}},
	{route: "GET /explanations/{code}", id: "explain", tag: "scripts", says: "The page about a kind of mistake", gives: control.Explanation{}},
	{route: "GET /openapi.json", id: "describe", tag: "scripts", says: "This document", gives: json.RawMessage{}},
}

var entering = []operation{
	{route: "POST /logins", id: "createLogin", tag: "session", says: "Make a one-time link to the page: who opens it may look", status: 201, gives: control.Login{}},
	{route: "POST /session", id: "openSession", tag: "session", says: "Exchange a one-time link for a session", takes: SessionRequest{}, status: 201, gives: control.Caller{}},
	{route: "GET /session", id: "getSession", tag: "session", says: "Who asks, and what that one may do",
		query: []parameter{{"app", "to this application", "string", false}, {"node", "to this node", "string", false}}, gives: control.Session{}},
	{route: "DELETE /session", id: "closeSession", tag: "session", says: "End the session"},
}

// raw is a body of bytes.
type raw struct{}

// tags are the groups in the order in which they are shown.
var tags = [][2]string{
	{"look", "See what runs, and how it goes"}, {"run", "Applications, actors and devices"}, {"move", "Where things run"}, {"cluster", "The cluster itself: votes, policy, revocations, rules"},
	{"prove", "Records and proofs"}, {"scripts", "Help for who writes scripts, and programs"}, {"session", "Who asks"},
}
