package sensor

import (
	"time"

	"github.com/wardflow/wardflow/actors/value"
)

// micros is an argument in microseconds, as the motion sensors of Calvin have
// it; a string such as "20ms" does as well.
func micros(a *value.Args, name string) time.Duration {
	if _, ok := a.Of[name].(string); ok {
		return a.Seconds(name)
	}
	n := a.Number(name)
	if a.Err() == nil && !(n >= 1 && n <= 1e12) {
		a.Refuse(name, "want microseconds, 1 to 1e12, not %v", n)
		return 0
	}
	return time.Duration(n * float64(time.Microsecond))
}
