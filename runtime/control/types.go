package control

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// APIVersion stands in every document the API and the command line give out.
// Fields may be added under it; none is renamed, removed or given a new meaning.
const APIVersion = "wardflow/v1"

// A Deployment is a script to run under a name.
type Deployment struct {
	Name   string `json:"name"`           // of the application: a letter, then letters, digits, "_" or "-"; at most 63
	Script string `json:"script"`         // CalvinScript
	File   string `json:"file,omitempty"` // what issues call the script; default Name + ".calvin"
	// Includes are the texts of what the script includes, and of what that
	// includes, by the names that stand after the word include.
	Includes map[string]string `json:"includes,omitempty"`
	// Signature is what [SignDeployment] made of all this: without it nothing is
	// deployed. [Client.Deploy] fills it in.
	Signature []byte `json:"signature,omitempty"`
}

// An Issue is something wrong with a script, at the place to mend it.
type Issue struct {
	File     string `json:"file"`
	Line     int    `json:"line"`           // from 1
	Col      int    `json:"col"`            // from 1
	Severity string `json:"severity"`       // "error", "warning", or "note": nothing wrong, good to know
	Code     string `json:"code,omitempty"` // "WF0102"
	Msg      string `json:"msg"`
	Hint     string `json:"hint,omitempty"` // what to write instead

	EndLine int   `json:"endLine,omitempty"` // where the piece ends that is wrong; 0: not said
	EndCol  int   `json:"endCol,omitempty"`  // the column behind it
	Fixes   []Fix `json:"fixes,omitempty"`   // what would mend it, as far as that is clear
}

// A Letter is what an actor could not take: the tokens of a firing that did not
// happen.
type Letter struct {
	Number uint64         `json:"number"` // rises, with gaps
	At     time.Time      `json:"at"`
	Why    string         `json:"why"`
	Tokens map[string]any `json:"tokens"` // by in-port; as package flow writes values in JSON
}

// A PlanResult is what a deployment would change.
type PlanResult struct {
	APIVersion string      `json:"apiVersion"` // filled in by the server
	App        string      `json:"app"`
	Actors     []Planned   `json:"actors"` // sorted by ID
	Links      []flow.Link `json:"links"`
	Issues     []Issue     `json:"issues,omitempty"` // warnings and notes only
	Patients   []string    `json:"-"`                // the pseudonyms that what runs is about, as in App

	// Links that the running version does not have, and those only it has;
	// nil when none runs.
	LinksAdded   []flow.Link `json:"linksAdded,omitempty"`
	LinksRemoved []flow.Link `json:"linksRemoved,omitempty"`
}

// A Change is what a plan does to an actor.
type Change string

// The changes of a plan.
const (
	ChangeStart Change = "start" // it does not run yet
	ChangeKeep  Change = "keep"  // it runs there and stays
	ChangeMove  Change = "move"  // it runs elsewhere
	ChangeStop  Change = "stop"  // the new script does not have it
	ChangeWait  Change = "wait"  // no node is fit: Why says for what it waits
)

// Planned is one actor of a plan.
type Planned struct {
	ID     flow.ActorID `json:"id"`
	Type   string       `json:"type"`
	Change Change       `json:"change"`
	Node   flow.NodeID  `json:"node"`           // where it will run; "": nowhere
	From   flow.NodeID  `json:"from,omitempty"` // where it runs now
	Why    []string     `json:"why,omitempty"`  // sentences: why there, or why nowhere

	// How this script differs from the one that runs; "" where none runs.
	Difference Difference `json:"difference,omitempty"`
	Changes    []string   `json:"changes,omitempty"` // of a changed actor: "argument max was 3 and is 4"
}

// A Snapshot is the cluster at one moment, as one node knows it.
type Snapshot struct {
	APIVersion string         `json:"apiVersion"` // filled in by the server
	At         time.Time      `json:"at"`
	Node       flow.NodeID    `json:"node"`                             // who answers
	Nodes      []NodeState    `json:"nodes" merge:"by=id"`              // sorted by ID
	Apps       []App          `json:"apps" merge:"by=name"`             // sorted by name
	Actors     []ActorState   `json:"actors" merge:"by=id"`             // sorted by ID
	Links      []LinkState    `json:"links" merge:"by=id"`              // sorted by ID
	Refusals   []Refusal      `json:"refusals" merge:"newest=100"`      // newest first, at most [MaxRefusals]
	Alarms     []Alarm        `json:"alarms" merge:"newest=100"`        // newest first, at most [MaxAlarms]
	Events     []Event        `json:"events" merge:"newest=200"`        // newest first, at most [MaxEvents]
	Chain      *ChainState    `json:"chain,omitempty"`                  // as Node reads it, or another if it reads none
	Chains     []ChainState   `json:"chains,omitempty" merge:"by=seen"` // as each node that reads it does, sorted by Seen
	Checks     []ChecksState  `json:"checks,omitempty" merge:"by=node"` // sorted by node
	Register   *RegisterState `json:"register,omitempty"`
	Store      *StoreState    `json:"store,omitempty"`
}

// The longest lists of a snapshot: the server cuts off what is more.
const (
	MaxRefusals = 100
	MaxEvents   = 200
)

// NodeState is one node of the cluster.
type NodeState struct {
	flow.NodeInfo
	Up    bool      `json:"up"`
	Since time.Time `json:"since"`         // when it came up, or went down
	Why   string    `json:"why,omitempty"` // why it is down or not trusted, for people

	Suspected bool       `json:"suspected,omitempty"` // up, but it has not answered lately
	Draining  bool       `json:"draining,omitempty"`  // its actors are sent elsewhere
	Leaving   bool       `json:"leaving,omitempty"`   // draining to go for good
	Voter     bool       `json:"voter,omitempty"`     // it holds the register
	Leads     bool       `json:"leads,omitempty"`     // it leads the register
	Zone      string     `json:"zone,omitempty"`      // where its certificate says it stands: "h1/3"
	Load      *NodeLoad  `json:"load,omitempty"`      // nil: not known
	Facts     *NodeFacts `json:"facts,omitempty"`     // nil: its report has not come
}

// An App is a deployed application.
type App struct {
	APIVersion string    `json:"apiVersion,omitempty"` // when it is a document by itself
	Name       string    `json:"name"`
	State      State     `json:"state"`
	Why        string    `json:"why,omitempty"` // why it is not running
	By         string    `json:"by"`            // SPIFFE ID of who deployed it
	At         time.Time `json:"at"`            // when
	Version    uint64    `json:"version"`       // of the cluster's memory: rises with each change of what runs, and not by one
	// Revision counts the deployments of this name for people: 1, 2, 3 … since it was
	// last stopped. 0: it was deployed before they were counted.
	Revision uint64 `json:"revision,omitempty"`
	Script   string `json:"script,omitempty"`
	// Includes are the texts of what the script includes, by name, where Script is.
	Includes map[string]string `json:"includes,omitempty"`
	Patients []string          `json:"-"`       // the pseudonyms that it is about: the server keeps them from who may not know
	Actors   int               `json:"actors"`  // how many it has
	Running  int               `json:"running"` // how many of them run
}

// A State is how far an application or an actor has come.
type State string

// The states. An application has the worst one of its actors.
const (
	Running  State = "running"
	Starting State = "starting" // placed, but its node has not started it yet
	Waiting  State = "waiting"  // it is held up: its node is down, or what it waits for
	Shadow   State = "shadow"   // no node here has the type, capability or right it needs: Why says what is missing
	Faulted  State = "faulted"  // a firing failed; it is tried again after a pause
	Stopped  State = "stopped"  // it fires no more until somebody lets it go on
)

// An AppDetail is an application with what runs where.
type AppDetail struct {
	App
	Parts []ActorState `json:"parts"`
	Links []LinkState  `json:"links"`
}

// An ActorState is one actor of an application.
type ActorState struct {
	ID        flow.ActorID `json:"id"`
	App       string       `json:"app"`
	Type      string       `json:"type"`           // "std.Sum"
	Node      flow.NodeID  `json:"node,omitempty"` // "": nowhere
	Epoch     uint64       `json:"epoch"`
	State     State        `json:"state"`
	Why       []string     `json:"why,omitempty"`    // sentences: why it is on this node, or on none
	In        []string     `json:"in,omitempty"`     // in-ports in the order of the type
	Out       []string     `json:"out,omitempty"`    // out-ports
	Speaks    string       `json:"speaks,omitempty"` // SPIFFE ID it signs and speaks with; "": its node's
	Firings   uint64       `json:"firings"`          // since this activation
	PerSecond float64      `json:"perSecond"`        // firings, over the last seconds
	Errors    uint64       `json:"errors"`           // firings that failed
	LastError string       `json:"lastError,omitempty"`
	Letters   uint64       `json:"letters,omitempty"` // dead letters since this activation
	Judged    *Judged      `json:"judged,omitempty"`  // actors that judge readings

	Stays     string        `json:"stays,omitempty"`     // why it can't leave its node, which is drained or down
	Pinned    *Pin          `json:"pinned,omitempty"`    // somebody moved it there
	Replica   *flow.Replica `json:"replica,omitempty"`   // it is one of several for an actor of the script
	Replicas  int           `json:"replicas,omitempty"`  // of an actor that may have several: how many run, with itself
	Scaling   string        `json:"scaling,omitempty"`   // "manual", "device" or "performance": how that number comes about
	Local     bool          `json:"local,omitempty"`     // its checkpoints are on its node's disk, which it stays with
	Exclusive bool          `json:"exclusive,omitempty"` // it may exist once only, under a lease
	Lease     *Lease        `json:"lease,omitempty"`     // of an exclusive actor; nil: nobody holds one
	Spool     *SpoolState   `json:"spool,omitempty"`     // of a sys.Spool: what waits on disk
}

// Judged is what an actor that judges by rules has done, and with which rules.
type Judged struct {
	Rule     string            `json:"rule"`    // address of the contract
	Version  uint64            `json:"version"` // of the newest rule used
	Epoch    uint64            `json:"epoch"`
	Block    uint64            `json:"block"`
	Accepted uint64            `json:"accepted"`
	Refused  map[string]uint64 `json:"refused,omitempty"` // by reason in words
}

// A LinkState is one link of an application.
type LinkState struct {
	ID        flow.LinkID    `json:"id"`
	App       string         `json:"app"`
	From      flow.Endpoint  `json:"from"`
	To        flow.Endpoint  `json:"to"`
	FromNode  flow.NodeID    `json:"fromNode,omitempty"`
	ToNode    flow.NodeID    `json:"toNode,omitempty"`
	Tokens    uint64         `json:"tokens"`              // given since this activation
	Bytes     uint64         `json:"bytes"`               // of the tokens given since this activation, about
	PerSecond float64        `json:"perSecond"`           // tokens, over the last seconds
	Held      int            `json:"held"`                // tokens given and not settled yet
	Window    int            `json:"window"`              // how many it may hold
	Resent    uint64         `json:"resent,omitempty"`    // tokens sent anew after a connection was lost, since this activation
	Oldest    float64        `json:"oldest,omitempty"`    // age of the oldest held token in seconds
	AgeMedian float64        `json:"ageMedian,omitempty"` // seconds from given to taken, half of the tokens, within a factor of two
	Age99     float64        `json:"age99,omitempty"`     // the same for 99 in 100
	Up        bool           `json:"up"`                  // both ends have agreed and tokens can flow
	Peer      *flow.Identity `json:"peer,omitempty"`      // the giving end, as the taking end verified it
	Taker     *flow.Identity `json:"taker,omitempty"`     // the taking end, as the giving end verified it
	Refused   string         `json:"refused,omitempty"`   // why an end is not verified: the link carries nothing then
	// Refusals are tokens that came and were not taken for good since the taker's
	// activation: dead letters, and readings that it judged and refused.
	Refusals uint64 `json:"refusals,omitempty"`

	Closing bool        `json:"closing,omitempty"` // it gets no new tokens, and goes when it is empty
	Spool   *SpoolState `json:"spool,omitempty"`   // it leads into a spool: what waits there; filled in by the server
}

// A Refusal is one reading that was judged and not accepted.
type Refusal struct {
	At      time.Time    `json:"at"`
	Actor   flow.ActorID `json:"actor"`  // who judged
	Device  string       `json:"device"` // EPC, 24 hex digits; "" in an outline
	Group   string       `json:"group,omitempty"`
	Stream  string       `json:"stream"` // "" in an outline
	Kind    string       `json:"kind"`   // LOINC code
	Name    string       `json:"name"`   // the kind in words: "body temperature"; "" if the code is not known
	Value   string       `json:"value"`  // in words: "1.1 Cel"; "" in an outline
	Reason  string       `json:"reason"` // [flow.Reason] in words
	Clause  string       `json:"clause"` // the deciding clause; "" in an outline
	Rule    string       `json:"rule"`   // address of the contract
	Version uint64       `json:"version"`
	Epoch   uint64       `json:"epoch"`
	Block   uint64       `json:"block"`
	Outline bool         `json:"outline,omitempty"` // the caller has no right to "refusals": no device, value or clause
}

// ChainState is the chain that the rules are on, as this node reads it.
type ChainState struct {
	ID        uint64      `json:"id"`             // of the chain
	Node      flow.NodeID `json:"node"`           // which node seals or serves it
	Seen      flow.NodeID `json:"seen,omitempty"` // which node reads it so
	Head      uint64      `json:"head"`           // number of the newest block that the node has heard of
	Finalized uint64      `json:"finalized"`      // and of the newest that is final here: its rules are judged by
	Age       float64     `json:"age"`            // seconds since the newest answer of the chain
	Manager   string      `json:"manager"`        // address of the rule manager
	Epoch     uint64      `json:"epoch"`          // of its rules
	Ready     bool        `json:"ready"`          // fresh enough to judge by
	Why       string      `json:"why,omitempty"`  // why not ready

	Judging *Judging `json:"judging,omitempty"` // what this node has done by the rules
}

// Judging counts what a node has judged since it started. Every refusal and one
// in a thousand of what was accepted was judged by the contract as well.
type Judging struct {
	Rules  int  `json:"rules"`
	Paused bool `json:"paused,omitempty"` // all readings wait
	// Native says that limits are judged without asking their contract. False:
	// the contract once said otherwise, and has been asked about each reading since.
	Native    bool   `json:"native"`
	Accepted  uint64 `json:"accepted_total"`
	Refused   uint64 `json:"refused_total"`
	Later     uint64 `json:"later_total"`     // sent back to wait, each time counted
	Checked   uint64 `json:"checked_total"`   // the contract said the same
	Disagreed uint64 `json:"disagreed_total"` // the contract said otherwise
	Unchecked uint64 `json:"unchecked_total"` // it could not be asked
}

// RegisterState is the cluster's agreed memory, as this node sees it.
type RegisterState struct {
	Leader flow.NodeID   `json:"leader"` // "": none
	Term   uint64        `json:"term"`
	Index  uint64        `json:"index"` // newest entry applied here
	Voters []flow.NodeID `json:"voters"`
	Quorum bool          `json:"quorum"` // a majority answers
	Why    string        `json:"why,omitempty"`

	LostSince time.Time    `json:"lostSince,omitzero"` // when there was last a majority, if there is none
	Members   []VoterState `json:"members,omitempty"`  // the voters with what is known of them, in the order of Voters
	MayLose   int          `json:"mayLose"`            // how many more voters may fail before there is no majority
	Changing  string       `json:"changing,omitempty"` // the change of voters that is under way, for people
}

// StoreState counts what is stored, over all the storing actors this node hears of.
type StoreState struct {
	Readings uint64 `json:"readings"` // in the record
	Windows  uint64 `json:"windows"`  // signed windows in the record
	Refused  uint64 `json:"refused"`  // refusals kept
	Waiting  uint64 `json:"waiting"`  // readings whose window has not come yet
	Bytes    uint64 `json:"bytes"`    // on disk
}

// EventKind says what happened, for filters and icons.
type EventKind string

// The kinds of event.
const (
	NodeUp         EventKind = "node-up"
	NodeDown       EventKind = "node-down"
	AppDeployed    EventKind = "app-deployed"
	AppStopped     EventKind = "app-stopped"
	ActorStarted   EventKind = "actor-started"
	ActorStopped   EventKind = "actor-stopped"
	ActorMoved     EventKind = "actor-moved"
	ActorFault     EventKind = "actor-faulted"
	LinkUp         EventKind = "link-up"
	LinkDown       EventKind = "link-down"
	LinkRefused    EventKind = "link-refused" // Text says who and why
	RuleChanged    EventKind = "rule-changed" // this node judges by other rules from now on
	RuleDoubted    EventKind = "rule-doubted" // the contract does not share a native verdict: it judges alone from now on
	LeaderNew      EventKind = "leader-changed"
	ChecksBehind   EventKind = "checks-behind"   // a node's checks do not come to the chain, or do again: Text says which
	ChainStands    EventKind = "chain-stands"    // this node's replica of the chain: Text says what to mend
	ReadingsAmiss  EventKind = "readings-amiss"  // an alarm of a store: see Snapshot.Alarms
	ReadingsMended EventKind = "readings-mended" // the end of one
	PeerRefused    EventKind = "peer-refused"    // somebody knocked who is not let in

	NodeSuspected EventKind = "node-suspected" // it has not answered lately
	NodeDraining  EventKind = "node-draining"  // or again takes actors: Text says which
	NodeLeft      EventKind = "node-left"      // for good
	ActorScaled   EventKind = "actor-scaled"
	MajorityLost  EventKind = "majority-lost"
	MajorityBack  EventKind = "majority-back"
	VotersChanged EventKind = "voters-changed"
	KeyRotated    EventKind = "key-rotated" // gossip has a new key
)

// An Event is something that happened to the cluster.
type Event struct {
	Seq   uint64       `json:"seq"` // by which the node that answers tells events apart: an event's stays, a later one's is greater
	At    time.Time    `json:"at"`
	Kind  EventKind    `json:"kind"`
	Text  string       `json:"text"` // one sentence for people, in the past tense
	Bad   bool         `json:"bad,omitempty"`
	Node  flow.NodeID  `json:"node,omitempty"`  // who tells
	About flow.NodeID  `json:"about,omitempty"` // the node that it happened to, if it did to one
	App   string       `json:"app,omitempty"`
	Actor flow.ActorID `json:"actor,omitempty"`
	Link  flow.LinkID  `json:"link,omitempty"`
	Peer  string       `json:"peer,omitempty"` // SPIFFE ID, as far as it is known
}

// A List is a document that lists things.
type List[T any] struct {
	APIVersion string `json:"apiVersion"`
	Items      []T    `json:"items"` // never null
}
