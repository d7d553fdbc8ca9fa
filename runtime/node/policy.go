package node

import (
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// mayLink is the policy of who may speak to whom: a device to the collector of
// its own room and to nobody else, so that no reading comes to a store past the
// rules; a patient's or a person's certificate to no actor at all; everything
// else may. A device may speak to itself: that is its sensor and the spool
// behind it. Both identities are verified.
func mayLink(from, to flow.Identity) error {
	if from.URI == to.URI && from.Role == flow.RoleDevice {
		return nil
	}
	switch from.Role {
	case flow.RoleDevice:
		if to.Role != flow.RoleCollector {
			return fmt.Errorf("%s is a device and may speak to a collector only, not to %s", from.URI, to.URI)
		}
		if room(from.Group) != room(to.Group) {
			return fmt.Errorf("%s is of group %s and may not speak to %s of group %s: not the same room", from.URI, from.Group, to.URI, to.Group)
		}
	case flow.RoleStaff, flow.RolePatient:
		return fmt.Errorf("%s is a person and speaks for no actor", from.URI)
	}
	if to.Role == flow.RoleDevice {
		return fmt.Errorf("%s is a device and takes nothing, here from %s", to.URI, from.URI)
	}
	return nil
}

// room is site/floor/room of a group site/floor/room/type.
func room(group string) string {
	i := strings.LastIndexByte(group, '/')
	if i < 0 {
		return group
	}
	return group[:i]
}

// mayWire is what of mayLink can be seen in a script: the roles its actor types
// speak with. It refuses a deployment that could never carry a token.
func mayWire(g *flow.Graph, types flow.Types) error {
	role := map[flow.ActorID]flow.Role{}
	for _, a := range g.Actors {
		role[a.ID] = flow.RoleNode
		if s := types[a.Type].Spec; s.Speaks != "" {
			role[a.ID] = s.Speaks
		}
	}
	for _, l := range g.Links {
		from, to := role[l.From.Actor], role[l.To.Actor]
		if from == flow.RoleDevice && to != flow.RoleCollector {
			return fmt.Errorf("link %s: a device may speak to a collector only; put a ward.Collector between", l.ID())
		}
		if to == flow.RoleDevice {
			return fmt.Errorf("link %s: a device takes no tokens", l.ID())
		}
	}
	return nil
}
