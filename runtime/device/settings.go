package device

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// settings are what a configuration says of one device. The first mistake is
// kept, and [settings.err] tells; a key that nobody asked for is one.
type settings struct {
	name  string // of the capability
	base  string // what relative paths are relative to
	of    map[string]any
	log   *slog.Logger
	asked map[string]bool
	first error
}

func (s *settings) refuse(key, format string, args ...any) {
	if s.first == nil {
		s.first = fmt.Errorf("devices: %s: %s: %s", s.name, key, fmt.Sprintf(format, args...))
	}
}

// err is the first mistake, or nil. Call it when everything was asked for.
func (s *settings) err() error {
	for _, key := range slices.Sorted(maps.Keys(s.of)) {
		if !s.asked[key] {
			s.refuse(key, "is no setting of the driver %v; it has %s", s.of["driver"], strings.Join(slices.Sorted(maps.Keys(s.asked)), ", "))
		}
	}
	return s.first
}

func (s *settings) get(key string) (any, bool) {
	if s.asked == nil {
		s.asked = map[string]bool{}
	}
	s.asked[key] = true
	v, ok := s.of[key]
	return v, ok
}

// text is a string; a number will do.
func (s *settings) text(key, other string) string {
	v, ok := s.get(key)
	if !ok {
		return other
	}
	switch v := v.(type) {
	case string:
		return v
	case int, int64, float64:
		return fmt.Sprint(v)
	}
	s.refuse(key, "want a text, not %v", v)
	return other
}

// need is a string that must be there.
func (s *settings) need(key, what string) string {
	text := s.text(key, "")
	if text == "" {
		s.refuse(key, "is missing: %s", what)
	}
	return text
}

// path is a file's name; one that is not absolute is relative to the
// configuration.
func (s *settings) path(key, what string) string {
	p := s.need(key, what)
	if p != "" && !filepath.IsAbs(p) {
		p = filepath.Join(s.base, p)
	}
	return p
}

func (s *settings) number(key string, other float64) float64 {
	v, ok := s.get(key)
	if !ok {
		return other
	}
	if got, err := Plain(v); err == nil {
		if n, ok := number(got); ok {
			return n
		}
	}
	s.refuse(key, "want a number, not %v", v)
	return other
}

func (s *settings) bool(key string, other bool) bool {
	v, ok := s.get(key)
	if !ok {
		return other
	}
	b, ok := v.(bool)
	if !ok {
		s.refuse(key, "want true or false, not %v", v)
	}
	return b
}

// span is a time such as 250ms, above 0; other stands where nothing is said.
func (s *settings) span(key string, other time.Duration) time.Duration {
	text := s.text(key, "")
	if text == "" {
		return other
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		s.refuse(key, "want a time above 0 such as 250ms or 1m30s, not %s", text)
		return other
	}
	return d
}

// value is any value.
func (s *settings) value(key string, other flow.Value) flow.Value {
	v, ok := s.get(key)
	if !ok {
		return other
	}
	got, err := Plain(v)
	if err != nil {
		s.refuse(key, "%v", err)
	}
	return got
}

// Plain is what YAML or JSON gave as a value. Unlike [flow.FromPlain] it knows
// no exception tokens and no sealed values: a stranger may have written it.
func Plain(v any) (flow.Value, error) {
	switch v := v.(type) {
	case nil, bool, int64, float64, string:
		return v, nil
	case int:
		return int64(v), nil
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		return v.Float64()
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			var err error
			if list[i], err = Plain(e); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		dict := make(map[string]any, len(v))
		for k, e := range v {
			var err error
			if dict[k], err = Plain(e); err != nil {
				return nil, err
			}
		}
		return dict, nil
	}
	return nil, fmt.Errorf("no token can carry %v", v)
}
