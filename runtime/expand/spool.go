package expand

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// SpoolType is the actor type that [Run] puts on links whose queue is on disk.
// It has the in-port and the out-port "token", and the arguments bytes, length,
// overflow and as (whose certificate it speaks with).
const SpoolType = "sys.Spool"

// Disk is the value of the port property "queue" that asks for a spool.
const Disk = "disk"

// IsSpool reports whether an actor's name is that of a spool.
func IsSpool(id flow.ActorID) bool { return strings.Count(string(id), string(Mark)) >= 2 }

// spoolName is the name of a link's spool: the sender's, its port, and six
// digits that tell apart the links of one port.
func spoolName(l flow.Link) flow.ActorID {
	sum := sha256.Sum256([]byte(l.ID()))
	return flow.ActorID(fmt.Sprintf("%s%c%s%c%s", l.From.Actor, Mark, l.From.Port, Mark, hex.EncodeToString(sum[:3])))
}

// spill leads the links whose queue is on disk through spools, and keeps the
// spools that are not wanted any more until they are empty.
func (x *expansion) spill() error {
	actors := map[flow.ActorID]flow.Node{}
	for i, n := range x.out.Actors {
		actors[n.ID] = n
		x.out.Actors[i].Ports = withoutDisk(n.Ports)
	}
	links := make([]flow.Link, 0, len(x.out.Links))
	has := map[flow.ActorID]bool{}
	for _, l := range x.out.Links {
		from := actors[l.From.Actor]
		props, err := diskOf(from, actors[l.To.Actor], l)
		if err != nil {
			return err
		}
		if props == nil {
			links = append(links, l)
			continue
		}
		if x.direct(l) {
			l.Closing = true
			links = append(links, l)
			continue
		}
		s := x.spool(l, from, props)
		if l.Closing { // its taker ends, and waits until the spool has
			s.Replica = &flow.Replica{Of: s.ID, Number: 1, Ending: true}
		}
		if has[s.ID] {
			return fmt.Errorf("link %s: its spool has the name of another's, %s: rename the actor at one end", l.ID(), s.ID)
		}
		has[s.ID] = true
		x.out.Actors = append(x.out.Actors, s)
		links = append(links, through(l, s.ID)...)
	}
	x.out.Links = links
	x.drain(has, actors)
	return nil
}

// direct reports whether a link that shall have a spool runs without one, and
// still holds something: what is on it is to arrive before what the spool gets.
func (x *expansion) direct(l flow.Link) bool {
	return x.st.Old != nil && x.st.Drained != nil && !x.st.Drained[l.ID()] &&
		slices.ContainsFunc(x.st.Old.Links, func(o flow.Link) bool { return o.ID() == l.ID() })
}

// diskOf are the properties of the port that has a link's queue on disk: the
// out-port's, else the in-port's, else nil.
func diskOf(from, to flow.Node, l flow.Link) (map[string]any, error) {
	for _, props := range []map[string]any{from.Ports["out:"+l.From.Port], to.Ports["in:"+l.To.Port]} {
		switch q := first(props["queue"]); q {
		case nil, "memory":
		case Disk:
			return props, nil
		default:
			return nil, fmt.Errorf("link %s: queue %v: want %q or \"memory\"", l.ID(), q, Disk)
		}
	}
	return nil, nil
}

// first is the value of a property that may be a list of preferences.
func first(v any) any {
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return nil
		}
		return list[0]
	}
	return v
}

// withoutDisk are port properties less the lengths of queues on disk, which
// are not those of the queues in memory.
func withoutDisk(ports map[string]map[string]any) map[string]map[string]any {
	var changed map[string]map[string]any
	for key, props := range ports {
		if _, has := props["queue_length"]; !has || first(props["queue"]) != Disk {
			continue
		}
		if changed == nil {
			changed = maps.Clone(ports)
		}
		changed[key] = maps.Clone(props)
		delete(changed[key], "queue_length")
	}
	if changed == nil {
		return ports
	}
	return changed
}

// spool is the actor on a link. It speaks as its sender does, so that who takes
// from it sees the sender.
func (x *expansion) spool(l flow.Link, from flow.Node, props map[string]any) flow.Node {
	args := map[string]flow.Value{}
	for arg, prop := range map[string]string{"bytes": "queue_bytes", "length": "queue_length", "overflow": "overflow"} {
		if v := first(props[prop]); v != nil {
			args[arg] = v
		}
	}
	if x.specs != nil {
		if spec, ok := x.specs(from.Type); ok && spec.Identity != "" {
			if as, _ := from.Args[spec.Identity].(string); as != "" {
				args["as"] = as
			}
		}
	}
	if len(args) == 0 {
		args = nil
	}
	return flow.Node{ID: spoolName(l), Type: SpoolType, Args: args, Rule: also(nil, "near", from.ID)}
}

// through are the two links that a link becomes.
func through(l flow.Link, spool flow.ActorID) []flow.Link {
	at := flow.Endpoint{Actor: spool, Port: "token"}
	in, out := l, l
	in.To, in.Tag = at, ""
	out.From, out.Closing = at, false
	return []flow.Link{in, out}
}

// drain keeps the spools of before whose link is there no more while they hold
// something and its other end is there to take it. A link that shall do without
// its spool waits for that: what the spool holds comes first.
func (x *expansion) drain(has map[flow.ActorID]bool, actors map[flow.ActorID]flow.Node) {
	for _, s := range x.spools {
		if has[s.ID] || x.st.Empty[s.ID] {
			continue
		}
		in, out := x.st.Old.LinksOf(s.ID)
		out = slices.DeleteFunc(out, func(l flow.Link) bool { _, there := actors[l.To.Actor]; return !there })
		if len(out) == 0 {
			continue
		}
		for i := range in {
			if _, there := actors[in[i].From.Actor]; there {
				x.out.Links = slices.DeleteFunc(x.out.Links, func(l flow.Link) bool { return l.From == in[i].From && l.To == out[0].To })
				in[i].Closing = true
				x.out.Links = append(x.out.Links, in[i])
			} else {
				s.Rule = nil // its sender, which it was near, is no more
			}
		}
		s.Replica = &flow.Replica{Of: s.ID, Number: 1, Ending: true}
		x.out.Actors = append(x.out.Actors, s)
		x.out.Links = append(x.out.Links, out...)
		x.admit(out[0])
	}
}

// admit lets an in-port that has another source by now take from a spool that
// ends, too.
func (x *expansion) admit(last flow.Link) {
	other := func(l flow.Link) bool { return l.To == last.To && l.From != last.From }
	if !slices.ContainsFunc(x.out.Links, other) {
		return
	}
	const old = string(Mark) + "old" // in tags: the other source may have the same
	for i := range x.out.Links {
		if l := &x.out.Links[i]; l.ID() == last.ID() {
			l.Tag = strings.TrimSuffix(l.Tag, old) + old
		}
	}
	i := slices.IndexFunc(x.out.Actors, func(n flow.Node) bool { return n.ID == last.To.Actor })
	n := &x.out.Actors[i]
	port := "in:" + last.To.Port
	if routing, _ := first(n.Ports[port]["routing"]).(string); strings.HasPrefix(routing, "collect-") {
		return
	}
	ports := maps.Clone(n.Ports)
	if ports == nil {
		ports = map[string]map[string]any{}
	}
	props := maps.Clone(ports[port])
	if props == nil {
		props = map[string]any{}
	}
	props["routing"] = "collect-unordered"
	ports[port], n.Ports = props, ports
}

// bind makes spools local, and all that is upstream of one.
func (x *expansion) bind() {
	up := map[flow.ActorID][]flow.ActorID{}
	for _, l := range x.out.Links {
		up[l.To.Actor] = append(up[l.To.Actor], l.From.Actor)
	}
	local := map[flow.ActorID]bool{}
	var visit func(flow.ActorID)
	visit = func(id flow.ActorID) {
		if local[id] {
			return
		}
		local[id] = true
		for _, from := range up[id] {
			visit(from)
		}
	}
	for _, n := range x.out.Actors {
		if n.Type == SpoolType {
			visit(n.ID)
		}
	}
	for i := range x.out.Actors {
		x.out.Actors[i].Local = local[x.out.Actors[i].ID]
	}
}
