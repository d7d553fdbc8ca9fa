package flow

// A Spec is everything there is to know about an actor type without running
// it. The compiler, the placement, the documentation and the page read it.
type Spec struct {
	Name     string    `json:"name"` // "std.Sum": namespace and type
	Doc      string    `json:"doc"`  // first line: one sentence
	Args     []ArgSpec `json:"args,omitempty"`
	In       []Port    `json:"in,omitempty"`
	Out      []Port    `json:"out,omitempty"`
	Requires []string  `json:"requires,omitempty"` // capabilities that its node must offer
	State    int       `json:"state,omitempty"`    // version of what Save writes

	// Fault is what follows when an action returns an error; "" is [FaultLetter].
	Fault FaultPolicy `json:"fault,omitempty"`

	// Exclusive types act on the world, where no epoch is checked: a pump, a
	// lamp. Their node holds a lease while they run, and stops them before it
	// ends, so that at no time two of one actor act.
	Exclusive bool `json:"exclusive,omitempty"`

	// Keeps types hold on their node's disk what they have taken: it is settled
	// at their own checkpoint, and does not wait until what they gave is. Such
	// an actor is a [Committer].
	Keeps bool `json:"keeps,omitempty"`

	// Identity names the argument that says which certificate the actor
	// speaks with, such as "device"; "" is the certificate of its node.
	// The node must hold it: the capability "identity.<argument's value>".
	Identity string `json:"identity,omitempty"`
	// Speaks is the role that certificate must have, such as [RoleDevice].
	Speaks Role `json:"speaks,omitempty"`
}

// A FaultPolicy says what follows when an action returns an error or panics.
type FaultPolicy string

// The policies. No token is lost by any of them.
const (
	// FaultLetter lays the tokens of the firing among the actor's dead letters
	// and goes on with the next ones. It fits actors that only compute: the
	// same tokens would fail again.
	FaultLetter FaultPolicy = "dead-letter"
	// FaultRetry leaves the tokens where they are and tries again with growing
	// pauses. It fits actors that need something of the world.
	FaultRetry FaultPolicy = "retry"
	// FaultStop leaves the tokens and stops until somebody lets it go on.
	FaultStop FaultPolicy = "stop"
)

// An ArgSpec describes one argument of an actor type.
type ArgSpec struct {
	Name     string `json:"name"`
	Doc      string `json:"doc,omitempty"`
	Kind     string `json:"kind,omitempty"` // "number", "string", "bool", "list", "dict"; "" is any
	Required bool   `json:"required,omitempty"`
	Default  Value  `json:"default,omitempty"`
}

// A Port describes one in-port or out-port.
type Port struct {
	Name    string `json:"name"`
	Doc     string `json:"doc,omitempty"`
	Kind    string `json:"kind,omitempty"`    // in the language of package kind: "number<Cel>", "list<string>"; "" is any
	Routing string `json:"routing,omitempty"` // Calvin's routing: "collect-unordered", "round-robin"; "" is default
}

// Arg finds an argument of the type.
func (s *Spec) Arg(name string) (ArgSpec, bool) {
	for _, a := range s.Args {
		if a.Name == name {
			return a, true
		}
	}
	return ArgSpec{}, false
}

// InPort finds an in-port of the type.
func (s *Spec) InPort(name string) (Port, bool) { return portNamed(s.In, name) }

// OutPort finds an out-port of the type.
func (s *Spec) OutPort(name string) (Port, bool) { return portNamed(s.Out, name) }

func portNamed(ports []Port, name string) (Port, bool) {
	for _, p := range ports {
		if p.Name == name {
			return p, true
		}
	}
	return Port{}, false
}
