package flow

import (
	"fmt"
	"strings"
)

// A NodeID names a node: the last part of its certificate's SPIFFE path, such
// as "bedside".
type NodeID string

// An ActorID names an actor in the whole cluster: application, then one part
// for each component around it, then its own name, joined by colons, such as
// "ward:bed1:ecg". Calvin's deployable uses the same form.
type ActorID string

// App is the application the actor belongs to: the part before the first colon.
func (id ActorID) App() string {
	app, _, _ := strings.Cut(string(id), ":")
	return app
}

// Local is the name within the application: what stands after the first colon.
func (id ActorID) Local() string {
	_, local, _ := strings.Cut(string(id), ":")
	return local
}

// An Endpoint is one port of one actor.
type Endpoint struct {
	Actor ActorID `json:"actor"`
	Port  string  `json:"port"`
}

// String is the actor's name and the port's, joined by a dot.
func (e Endpoint) String() string { return string(e.Actor) + "." + e.Port }

// ParseEndpoint reads what [Endpoint.String] writes: the port follows the last dot.
func ParseEndpoint(s string) (Endpoint, error) {
	i := strings.LastIndexByte(s, '.')
	if i <= 0 || i == len(s)-1 {
		return Endpoint{}, fmt.Errorf("endpoint %q: want ACTOR.PORT", s)
	}
	return Endpoint{Actor: ActorID(s[:i]), Port: s[i+1:]}, nil
}

// A LinkID names a link: its two ends, joined by " > ".
type LinkID string

// A Link joins an out-port to an in-port.
type Link struct {
	From Endpoint `json:"from"`
	To   Endpoint `json:"to"`

	// FromAs and ToAs are the ends as the script calls them where the other end
	// stands: "sensor.reading". Ports with routing by peer know them by it.
	FromAs string `json:"from_as,omitempty"`
	ToAs   string `json:"to_as,omitempty"`
	// Tag is the label that collecting in-ports give to tokens of this link:
	// the out-port's property, else FromAs.
	Tag string `json:"tag,omitempty"`
	// Closing links carry what was given on them already, and get nothing new.
	Closing bool `json:"closing,omitempty"`
}

// ID is the link's name. Two links of one graph differ in an end, so in the name.
func (l Link) ID() LinkID { return LinkID(l.From.String() + " > " + l.To.String()) }

// ParseLinkID reads what [Link.ID] writes.
func ParseLinkID(id LinkID) (Link, error) {
	from, to, ok := strings.Cut(string(id), " > ")
	if !ok {
		return Link{}, fmt.Errorf("link %q: want FROM.PORT > TO.PORT", id)
	}
	f, err := ParseEndpoint(from)
	if err != nil {
		return Link{}, fmt.Errorf("link %q: %w", id, err)
	}
	t, err := ParseEndpoint(to)
	if err != nil {
		return Link{}, fmt.Errorf("link %q: %w", id, err)
	}
	return Link{From: f, To: t}, nil
}
