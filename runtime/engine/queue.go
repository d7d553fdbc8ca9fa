package engine

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// queueLength is how many tokens a port's own queue holds on each of its links:
// what the graph says, else what is usual here.
func queueLength(n flow.Node, side, port string, usual int) (int, error) {
	v, ok := n.Ports[side+":"+port]["queue_length"]
	if list, is := v.([]any); is && len(list) > 0 {
		v = list[0] // a list of preferences
	}
	if !ok {
		return usual, nil
	}
	length := 0
	switch v := v.(type) {
	case int64:
		length = int(v)
	case float64:
		length = int(v)
	case int:
		length = v
	}
	if length < 1 {
		return 0, fmt.Errorf("%s-port %s: queue_length %v: want a number of tokens, at least 1", side, port, v)
	}
	return length, nil
}
