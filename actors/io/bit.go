package ioactors

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/runtime/flow"
)

// bit is 1 for what counts as true, 0 for what does not, as pins have it.
func bit(v flow.Value) flow.Value {
	if python.Truth(v) {
		return int64(1)
	}
	return int64(0)
}
