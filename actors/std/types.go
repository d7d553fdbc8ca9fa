package std

import "github.com/wardflow/wardflow/runtime/flow"

// Types are the actor types of this namespace: a new one gets a line here.
func Types() []flow.Type {
	return []flow.Type{
		Burn(),
		ClassicDelay(),
		Compare(),
		Constant(),
		Constantify(),
		ConstSequencer(),
		Counter(),
		CountTimer(),
		DelayToken(),
		Identity(),
		Iterate(),
		Once(),
		RecTimer(),
		SampleHold(),
		Sequencer(),
		Stringify(),
		Sum(),
		Trigger(),
		Watchdog(),
	}
}
