package devices

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Need is what the node offers under a name, as the T that the actor wants.
func Need[T any](env flow.Env, name string) (T, error) {
	var want T
	v, err := env.Capability(name)
	if err != nil {
		return want, err
	}
	got, ok := v.(T)
	if !ok {
		return want, fmt.Errorf("capability %s is a %T, want a %T", name, v, &want)
	}
	return got, nil
}
