package mqtt

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// longestTopic is MQTT's own limit, in bytes.
const longestTopic = 65535

// CheckTopic refuses what is no name of a topic (MQTT 5, section 4.7).
func CheckTopic(topic string) error {
	if err := checkText(topic); err != nil {
		return fmt.Errorf("topic %q: %w", topic, err)
	}
	if strings.ContainsAny(topic, "+#") {
		return fmt.Errorf("topic %q: one can't publish to + and #", topic)
	}
	return nil
}

// CheckFilter refuses what is no filter of topics: + stands for one whole level,
// # for all that follow.
func CheckFilter(filter string) error {
	if err := checkText(filter); err != nil {
		return fmt.Errorf("topic %q: %w", filter, err)
	}
	levels := strings.Split(filter, "/")
	for i, l := range levels {
		switch {
		case strings.Contains(l, "+") && l != "+":
			return fmt.Errorf("topic %q: + stands for a whole level", filter)
		case strings.Contains(l, "#") && (l != "#" || i != len(levels)-1):
			return fmt.Errorf("topic %q: # stands for all the levels that follow, so it is the last", filter)
		}
	}
	return nil
}

func checkText(s string) error {
	switch {
	case s == "":
		return errors.New("it is empty")
	case len(s) > longestTopic:
		return errors.New("it is too long")
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return errors.New("it is no text")
	}
	return nil
}

// Match reports whether a topic is among those of a filter. A filter that
// begins with a wildcard leaves out topics that begin with $.
func Match(filter, topic string) bool {
	if strings.HasPrefix(topic, "$") && !strings.HasPrefix(filter, "$") {
		return false
	}
	return within(filter, topic)
}

// within reports whether all topics of the filter inner are among those of
// outer. A topic is a filter of itself.
func within(outer, inner string) bool {
	out, in := strings.Split(outer, "/"), strings.Split(inner, "/")
	for i, o := range out {
		if o == "#" {
			return true // "a/#" is also "a"
		}
		if i >= len(in) || in[i] == "#" || o != "+" && o != in[i] {
			return false
		}
	}
	return len(out) == len(in)
}
