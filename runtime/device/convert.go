package device

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A converter turns the text of a file or a message into a value of its
// capability and back.
type converter struct {
	c     Capability
	match *regexp.Regexp // the value is its first group, or the whole match; nil: all of the text
	field []string       // of a JSON object, the path to the value; nil: the object itself
	scale float64        // what a number is multiplied by
	shift float64        // what is added to it afterwards
}

// newConverter reads the settings match, field, scale and shift.
func newConverter(c Capability, s *settings) converter {
	v := converter{c: c, scale: s.number("scale", 1), shift: s.number("shift", 0)}
	if v.scale == 0 {
		s.refuse("scale", "want a number other than 0")
	}
	if expr := s.text("match", ""); expr != "" {
		var err error
		if v.match, err = regexp.Compile(expr); err != nil {
			s.refuse("match", "%v", err)
		}
	}
	if path := s.text("field", ""); path != "" {
		v.field = strings.Split(path, ".")
	}
	return v
}

// value reads a text: JSON where the capability takes that, else words as they
// stand. White space around it does not count.
func (v *converter) value(text string) (flow.Value, error) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	got, err := v.read(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", v.c.Name, err, quote(text))
	}
	return got, nil
}

func (v *converter) read(text string) (flow.Value, error) {
	if v.match != nil {
		found := v.match.FindStringSubmatch(text)
		if found == nil {
			return nil, fmt.Errorf("the text does not match %s", v.match)
		}
		text = found[min(1, len(found)-1)]
	}
	got, err := readJSON(text)
	if err != nil {
		got, err = readNumber(text)
	}
	switch {
	case err != nil && v.field != nil:
		return nil, errors.New("the text is no JSON")
	case err != nil: // words, as they stand
		return text, v.c.Check(text)
	}
	if got, err = v.within(got); err != nil {
		return nil, err
	}
	got = v.scaled(got)
	if n, ok := got.(int64); ok && (n == 0 || n == 1) && v.c.Check(n) != nil && v.c.Check(true) == nil {
		return n == 1, nil // as pins say it
	}
	if err = v.c.Check(got); err == nil || v.field != nil || v.c.Check(text) != nil {
		return got, err
	}
	return text, nil
}

// readNumber reads what JSON does not: +36.8, or .5
func readNumber(text string) (flow.Value, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
		err = errors.New("it is no number")
	}
	return f, err
}

// readJSON reads one value that a token can carry, and nothing after it.
func readJSON(text string) (flow.Value, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	got, err := Plain(v)
	if err != nil {
		return nil, err
	}
	_, err = flow.AppendValue(nil, got)
	return got, err
}

// within follows the path of field.
func (v *converter) within(got flow.Value) (flow.Value, error) {
	for _, name := range v.field {
		dict, _ := got.(map[string]any)
		inner, ok := dict[name]
		if !ok {
			return nil, fmt.Errorf("the message has no %s", strings.Join(v.field, "."))
		}
		got = inner
	}
	return got, nil
}

func (v *converter) scaled(got flow.Value) flow.Value {
	if n, ok := number(got); ok && (v.scale != 1 || v.shift != 0) {
		return tidy(n*v.scale + v.shift)
	}
	return got
}

// text writes a value: true and false as 1 and 0, as pins want them, strings as
// they are, all else as JSON.
func (v *converter) text(got flow.Value) (string, error) {
	if err := v.c.Check(got); err != nil {
		return "", fmt.Errorf("%s: %w: %w", v.c.Name, flow.ErrUnfit, err)
	}
	if n, ok := number(got); ok && (v.scale != 1 || v.shift != 0) {
		f := tidy((n - v.shift) / v.scale)
		return strconv.FormatFloat(f, 'g', -1, 64), nil
	}
	switch got := got.(type) {
	case bool:
		if got {
			return "1", nil
		}
		return "0", nil
	case string:
		return got, nil
	}
	b, err := flow.MarshalValue(got)
	return string(b), err
}

// tidy takes away what binary fractions add: 23125 × 0.001 is 23.125.
func tidy(f float64) float64 {
	g, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 14, 64), 64)
	if err != nil {
		return f
	}
	return g
}

// quote shows a text in an error, no longer than a line.
func quote(text string) string {
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return strconv.Quote(text)
}
