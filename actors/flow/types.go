package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Types are the actor types of this namespace: a new one gets a line here.
func Types() []flow.Type {
	return []flow.Type{
		Alternate(),
		Alternate2(),
		Bool(),
		Collect(),
		CollectCompleteDict(),
		CollectDict(),
		Dealternate(),
		Dealternate2(),
		Deselect(),
		Dispatch(),
		DispatchDict(),
		Init(),
		Join(),
		Select(),
		Switch(),
		Terminator(),
		Void(),
	}
}
