package std

import "github.com/wardflow/wardflow/runtime/flow"

// ClassicDelay is std.ClassicDelay.
func ClassicDelay() flow.Type {
	return spaced(flow.Spec{Name: "std.ClassicDelay",
		Doc: "Pass the first token on at once, then at most one each delay"})
}
