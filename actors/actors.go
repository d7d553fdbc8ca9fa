package actors

import (
	flowactors "github.com/wardflow/wardflow/actors/flow"
	ioactors "github.com/wardflow/wardflow/actors/io"
	"github.com/wardflow/wardflow/actors/sensor"
	"github.com/wardflow/wardflow/actors/std"
	testactors "github.com/wardflow/wardflow/actors/test"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
)

// All are the actor types of this house, by name.
func All() flow.Types {
	types := flow.Types{}
	for _, t := range []flow.Type{
		flowactors.Collect(),
		flowactors.Init(),
		flowactors.Terminator(),
		flowactors.Void(),
		ioactors.Log(),
		ioactors.Print(),
		sensor.Generator(),
		sensor.Player(),
		std.Constant(),
		std.Constantify(),
		std.Counter(),
		std.CountTimer(),
		std.Identity(),
		std.Sum(),
		std.Trigger(),
		testactors.FiniteCounter(),
		testactors.Sink(),
		ward.Collector(),
		ward.RuleCheck(),
		ward.Store(),
	} {
		types[t.Spec.Name] = t
	}
	return types
}
