package flow

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Tokens in JSON, as people write and read them: test cases, reports, what a
// run printed. Integers and floats stay apart, since a float is written with a
// point or an exponent. What JSON lacks is a dictionary with one known key:
//
//	{"$exception": "EOSToken", "value": "End of stream"}
//	{"$sealed": "reading", "bytes": "<base64>"}
//	{"$float": "NaN"}, "+Inf", "-Inf"
//
// The bytes that travel between nodes are not these: see [AppendValue].

const (
	keyException = "$exception"
	keySealed    = "$sealed"
	keyFloat     = "$float"
)

// Plain is v in kinds that [json.Marshal] writes: exception tokens, sealed
// values and floats beyond JSON become dictionaries. What is no [Value] is
// written as its Go type's name in angle brackets.
func Plain(v Value) any {
	switch v := v.(type) {
	case nil, bool, int64, string:
		return v
	case float64:
		return plainFloat(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = Plain(e)
		}
		return list
	case map[string]any:
		return PlainArgs(v)
	case Exception:
		return map[string]any{keyException: v.Kind, "value": Plain(v.Value)}
	case Sealed:
		return map[string]any{keySealed: v.Kind, "bytes": base64.StdEncoding.EncodeToString(v.Bytes)}
	}
	return fmt.Sprintf("<%T>", v)
}

// PlainArgs is [Plain] for each value of a dictionary.
func PlainArgs(args map[string]Value) map[string]any {
	out := make(map[string]any, len(args))
	for k, e := range args {
		out[k] = Plain(e)
	}
	return out
}

func plainFloat(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return map[string]any{keyFloat: strconv.FormatFloat(f, 'g', -1, 64)}
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return json.Number(s)
}

// MarshalValue writes v as JSON in one line.
func MarshalValue(v Value) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(Plain(v)); err != nil {
		return nil, fmt.Errorf("write value as JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// UnmarshalValue reads one JSON value: what [MarshalValue] writes, or any other
// JSON. A number with neither point nor exponent is an int64, or an error when
// it is beyond 64 bits. An exception token may leave its value out.
func UnmarshalValue(b []byte) (Value, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("read value: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read value: want one JSON value and nothing after it")
	}
	return FromPlain(v)
}

// FromPlain undoes [Plain] on what a JSON decoder gives, with or without
// [json.Decoder.UseNumber].
func FromPlain(v any) (Value, error) {
	switch v := v.(type) {
	case nil, bool, int64, string, float64, Exception, Sealed:
		return v, nil
	case json.Number:
		return fromNumber(string(v))
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			var err error
			if list[i], err = FromPlain(e); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		return fromObject(v)
	}
	return nil, fmt.Errorf("a token can't carry a Go %T", v)
}

func fromNumber(s string) (Value, error) {
	if strings.ContainsAny(s, ".eE") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("number %s is beyond 64 bits", s)
		}
		return f, nil
	}
	i, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("integer %s is beyond 64 bits", s)
	}
	return i, nil
}

func fromObject(m map[string]any) (Value, error) {
	for key, read := range map[string]func(map[string]any) (Value, error){
		keyException: fromException, keySealed: fromSealed, keyFloat: fromFloat,
	} {
		if _, ok := m[key]; ok {
			return read(m)
		}
	}
	out := make(map[string]any, len(m))
	for k, e := range m {
		v, err := FromPlain(e)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

func fromException(m map[string]any) (Value, error) {
	kind, _ := m[keyException].(string)
	value, given := m["value"]
	switch {
	case kind != EOSKind && kind != ExceptionKind:
		return nil, fmt.Errorf("%s: want %q or %q", keyException, ExceptionKind, EOSKind)
	case len(m) > 2 || len(m) == 2 && !given:
		return nil, fmt.Errorf("%s: beside it only \"value\" may stand", keyException)
	case !given && kind == EOSKind:
		return EOS, nil
	case !given:
		return Exceptional("Exception"), nil // Calvin's default
	}
	v, err := FromPlain(value)
	return Exception{Kind: kind, Value: v}, err
}

func fromSealed(m map[string]any) (Value, error) {
	kind, named := m[keySealed].(string)
	text, given := m["bytes"].(string)
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !named || !given {
		return nil, fmt.Errorf("%s: want the kind, and beside it \"bytes\" in base64", keySealed)
	}
	return Sealed{Kind: kind, Bytes: b}, nil
}

func fromFloat(m map[string]any) (Value, error) {
	text, _ := m[keyFloat].(string)
	switch {
	case len(m) != 1:
	case text == "NaN":
		return math.NaN(), nil
	case text == "+Inf" || text == "-Inf":
		return math.Inf(len("+") - 2*strings.Count(text, "-")), nil
	}
	return nil, fmt.Errorf("%s: want \"NaN\", \"+Inf\" or \"-Inf\"", keyFloat)
}
