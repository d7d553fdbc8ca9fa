package value

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Args reads the arguments of an actor. The first one that does not fit is
// kept, all later reads give zero, and [Args.Err] tells:
//
//	a := value.Args{Of: args}
//	tick, data := a.Seconds("tick"), a.Any("data")
//	if err := a.Err(); err != nil { … }
type Args struct {
	Of  map[string]flow.Value
	err error
}

// Err is what did not fit, with the argument's name, or nil.
func (a *Args) Err() error { return a.err }

// Refuse says what is wrong with an argument beyond its kind.
func (a *Args) Refuse(name, format string, v ...any) {
	if a.err == nil {
		a.err = fmt.Errorf("argument %s: %s", name, fmt.Sprintf(format, v...))
	}
}

// Any is an argument of any kind. It is an error when it is missing; null is
// a value.
func (a *Args) Any(name string) flow.Value {
	v, ok := a.Of[name]
	if !ok {
		a.Refuse(name, "is missing")
	}
	return v
}

// Text is a string.
func (a *Args) Text(name string) string {
	v := a.Any(name)
	s, ok := v.(string)
	if !ok {
		a.Refuse(name, "want a string, not %s", Kind(v))
	}
	return s
}

// Name is a string that is not empty.
func (a *Args) Name(name string) string {
	s := a.Text(name)
	if s == "" {
		a.Refuse(name, "is empty")
	}
	return s
}

// Bool is true or false; 1 and 0 do as well, as Calvin's scripts write them.
func (a *Args) Bool(name string) bool {
	v := a.Any(name)
	switch n := v.(type) {
	case bool:
		return n
	case int64:
		if n == 0 || n == 1 {
			return n == 1
		}
	}
	a.Refuse(name, "want true or false, not %s", Kind(v))
	return false
}

// Int is a whole number; 3.0 is one.
func (a *Args) Int(name string) int64 {
	v := a.Any(name)
	switch n := v.(type) {
	case int64:
		return n
	case float64:
		if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			return int64(n)
		}
	}
	a.Refuse(name, "want a whole number, not %s", Kind(v))
	return 0
}

// Number is a number.
func (a *Args) Number(name string) float64 {
	v := a.Any(name)
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		if !math.IsNaN(n) && !math.IsInf(n, 0) {
			return n
		}
	}
	a.Refuse(name, "want a number, not %s", Kind(v))
	return 0
}

// longest is the longest span that a number of seconds may name: 100 years.
const longest = 100 * 365 * 24 * 3600

// Seconds is a number of seconds above 0, as everywhere in Calvin; a string
// such as "250ms" or "1m30s" does as well.
func (a *Args) Seconds(name string) time.Duration {
	d, err := seconds(a.Any(name))
	if err != nil {
		a.Refuse(name, "%v", err)
	}
	return d
}

// Pause is a number of seconds, 0 or more: 0 is no pause at all. A string such
// as "250ms" does as well.
func (a *Args) Pause(name string) time.Duration {
	v := a.Any(name)
	if n, ok := v.(int64); ok && n == 0 {
		return 0
	}
	if n, ok := v.(float64); ok && n == 0 {
		return 0
	}
	d, err := seconds(v)
	if err != nil {
		a.Refuse(name, `want seconds, 0 or more (at most 100 years), such as 1.5 or "250ms"`)
	}
	return d
}

// List is a list.
func (a *Args) List(name string) []any {
	v := a.Any(name)
	list, ok := v.([]any)
	if !ok {
		a.Refuse(name, "want a list, not %s", Kind(v))
	}
	return list
}

// Strings is a list of strings.
func (a *Args) Strings(name string) []string {
	var texts []string
	for i, v := range a.List(name) {
		s, ok := v.(string)
		if !ok {
			a.Refuse(name, "want a list of strings, and item %d is %s", i, Kind(v))
		}
		texts = append(texts, s)
	}
	return texts
}

// Mapping is a dictionary of strings.
func (a *Args) Mapping(name string) map[string]string {
	v := a.Any(name)
	dict, ok := v.(map[string]any)
	if !ok {
		a.Refuse(name, "want a dictionary, not %s", Kind(v))
	}
	texts := make(map[string]string, len(dict))
	for _, k := range slices.Sorted(maps.Keys(dict)) {
		s, ok := dict[k].(string)
		if !ok {
			a.Refuse(name, "want a dictionary of strings, and %q is %s", k, Kind(dict[k]))
		}
		texts[k] = s
	}
	return texts
}

var errSpan = errors.New(`want seconds above 0 (at most 100 years), such as 1.5 or "250ms"`)

func seconds(v flow.Value) (time.Duration, error) {
	switch n := v.(type) {
	case int64:
		if n > 0 && n <= longest {
			return time.Duration(n) * time.Second, nil
		}
	case float64:
		if d := time.Duration(n * float64(time.Second)); n > 0 && n <= longest && d > 0 {
			return d, nil
		}
	case string:
		d, err := time.ParseDuration(n)
		if err == nil && d > 0 && d <= longest*time.Second {
			return d, nil
		}
	}
	return 0, errSpan
}
