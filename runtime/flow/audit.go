package flow

import "time"

// An AuditEvent is for the record of a node: something that matters for security
// was done, or was tried and refused. Parts that see one hand it to the function
// they were given for it; package audit keeps it.
type AuditEvent struct {
	At   time.Time `json:"at"`
	Kind AuditKind `json:"kind"`
	// Who is the SPIFFE ID of who did it. Unless Proven, it is only what a
	// certificate or a message claims, and may be "".
	Who    string `json:"who,omitempty"`
	Proven bool   `json:"proven,omitempty"`
	From   string `json:"from,omitempty"` // network address, host:port
	What   string `json:"what"`           // what was done or tried, in words
	Why    string `json:"why,omitempty"`  // why it was refused; "" when it was not

	Actor ActorID `json:"actor,omitempty"`
	Link  LinkID  `json:"link,omitempty"`
}

// Refused reports whether it came to nothing.
func (e AuditEvent) Refused() bool { return e.Why != "" }

// An AuditKind says what an audit event is about.
type AuditKind string

// The kinds.
const (
	AuditConnection AuditKind = "connection" // a TLS connection, whatever for
	AuditLink       AuditKind = "link"       // between two actors
	AuditFrame      AuditKind = "frame"      // what came over a connection or a link
	AuditGossip     AuditKind = "gossip"     // what a node says about itself or another
	AuditRegister   AuditKind = "register"   // what a node wants agreed
	AuditRequest    AuditKind = "request"    // of people, to the control API
	AuditReading    AuditKind = "reading"    // of a device
	AuditDeployment AuditKind = "deployment" // an application, or the policy
	AuditIdentity   AuditKind = "identity"   // enrolment, renewal, revocation, trust
	AuditTap        AuditKind = "tap"        // a person looking at the tokens of a link: its beginning and its end
)

// AuditKinds are all kinds.
var AuditKinds = []AuditKind{AuditConnection, AuditLink, AuditFrame, AuditGossip, AuditRegister, AuditRequest, AuditReading,
	AuditDeployment, AuditIdentity, AuditTap}
