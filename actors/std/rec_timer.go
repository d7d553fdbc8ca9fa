package std

import "github.com/wardflow/wardflow/runtime/flow"

// RecTimer is std.RecTimer, an old name of [ClassicDelay].
func RecTimer() flow.Type {
	return spaced(flow.Spec{Name: "std.RecTimer",
		Doc: "Pass the first token on at once, then at most one each delay (write std.ClassicDelay instead)"})
}
