package actors

import (
	contextactors "github.com/wardflow/wardflow/actors/context"
	"github.com/wardflow/wardflow/actors/data"
	"github.com/wardflow/wardflow/actors/exception"
	flowactors "github.com/wardflow/wardflow/actors/flow"
	ioactors "github.com/wardflow/wardflow/actors/io"
	jsonactors "github.com/wardflow/wardflow/actors/json"
	"github.com/wardflow/wardflow/actors/kappa"
	mathactors "github.com/wardflow/wardflow/actors/math"
	"github.com/wardflow/wardflow/actors/media"
	"github.com/wardflow/wardflow/actors/misc"
	netactors "github.com/wardflow/wardflow/actors/net"
	"github.com/wardflow/wardflow/actors/sensor"
	"github.com/wardflow/wardflow/actors/std"
	"github.com/wardflow/wardflow/actors/sys"
	testactors "github.com/wardflow/wardflow/actors/test"
	"github.com/wardflow/wardflow/actors/text"
	timeactors "github.com/wardflow/wardflow/actors/time"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
)

// namespaces are where actor types come from: a new folder gets a line here.
var namespaces = []func() []flow.Type{
	contextactors.Types,
	data.Types,
	exception.Types,
	flowactors.Types,
	ioactors.Types,
	jsonactors.Types,
	kappa.Types,
	mathactors.Types,
	media.Types,
	misc.Types,
	netactors.Types,
	sensor.Types,
	std.Types,
	sys.Types,
	testactors.Types,
	text.Types,
	timeactors.Types,
	ward.Types,
}

// All are the actor types of this house, by name.
func All() flow.Types {
	types := flow.Types{}
	for _, namespace := range namespaces {
		for _, t := range namespace() {
			types[t.Spec.Name] = t
		}
	}
	return types
}
