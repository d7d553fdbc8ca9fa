package ward

import "github.com/wardflow/wardflow/runtime/flow"

// Types are the actor types of this namespace: a new one gets a line here.
func Types() []flow.Type {
	return []flow.Type{
		Intake(),
		Collector(),
		RuleCheck(),
		Store(),
	}
}
