package tap

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The limits of what is shown of one token.
const (
	MaxBytes = 16 << 10 // of JSON
	maxText  = 256      // letters of one text
	maxItems = 1024     // of one list: a second of an electrocardiogram has some hundreds
	maxKeys  = 64       // of one dictionary
	maxDepth = 8        // lists and dictionaries inside each other
)

// A Shown is a token's value as it may be seen.
type Shown struct {
	JSON      []byte // one value in one line, at most [MaxBytes]
	Truncated bool   // something was left out, which the value says where it stood
	Masked    bool   // something was hidden
}

// An Opener makes a sealed value one that people can read; false if it can't.
type Opener func(flow.Sealed) (flow.Value, bool)

// Show writes a value as [flow.Plain] says it, within the limits: of a text that
// is too long its beginning and "…", of a list or dictionary some and how many
// more as {"$more": n}. Sealed values are shown opened, if open can, and else by
// their kind and size: never their bytes, in which everything stands. open may
// be nil. port is what the value came from, which may say what it is.
func Show(port string, v flow.Value, m *Mask, open Opener) Shown {
	w := &writer{mask: m, open: open}
	_, says := identifying(port)
	w.value(port, v, m != nil && says, 0)
	return Shown{JSON: w.buf.Bytes(), Truncated: w.truncated, Masked: w.masked}
}

// A writer writes one value.
type writer struct {
	mask      *Mask
	open      Opener
	buf       bytes.Buffer
	truncated bool
	masked    bool
}

// spare is what one text with its key, and the ends of all lists and dictionaries around it,
// may still take when the rest is full.
const spare = 2*6*(maxText+1) + 256

func (w *writer) full() bool { return w.buf.Len() > MaxBytes-spare }

// value writes what stands under a key. hide: all of it says who, by that key.
func (w *writer) value(key string, v flow.Value, hide bool, depth int) {
	switch v := v.(type) {
	case nil:
		w.buf.WriteString("null")
	case bool:
		if hide {
			w.hidden(key, strconv.FormatBool(v))
			return
		}
		w.buf.WriteString(strconv.FormatBool(v))
	case int64:
		if hide || w.mask.number(key, float64(v)) {
			w.hidden(key, strconv.FormatInt(v, 10))
			return
		}
		w.buf.WriteString(strconv.FormatInt(v, 10))
	case float64:
		w.float(key, v, hide)
	case string:
		w.text(key, v, hide)
	case []any:
		w.list(key, v, hide, depth)
	case map[string]any:
		w.dict(key, v, hide, depth)
	case flow.Exception:
		w.dict(key, map[string]any{"$exception": v.Kind, "value": v.Value}, hide, depth)
	case flow.Sealed:
		w.sealed(key, v, hide, depth)
	default:
		w.buf.WriteString(`"?"`) // no token holds it
	}
}

func (w *writer) float(key string, v float64, hide bool) {
	switch {
	case hide || w.mask.number(key, v):
		w.hidden(key, strconv.FormatFloat(v, 'g', -1, 64))
	case math.IsNaN(v) || math.IsInf(v, 0):
		w.buf.WriteString(`{"$float":"` + strconv.FormatFloat(v, 'g', -1, 64) + `"}`)
	default:
		b, _ := json.Marshal(flow.Plain(v)) // a number with a point
		w.buf.Write(b)
	}
}

func (w *writer) text(key, s string, hide bool) {
	if hide && w.mask != nil {
		w.hidden(key, s)
		return
	}
	seen, masked := w.mask.text(key, s)
	w.masked = w.masked || masked
	w.quote(seen)
}

// hidden writes a hash in a value's place.
func (w *writer) hidden(key, text string) {
	w.masked = true
	w.quote(w.mask.hash(key, text))
}

func (w *writer) quote(s string) {
	if utf8.RuneCountInString(s) > maxText {
		w.truncated = true
		s = string([]rune(s[:min(len(s), 4*maxText)])[:maxText]) + "…"
	}
	b, err := json.Marshal(s)
	if err != nil { // no text fails
		b = []byte(`"?"`)
	}
	w.buf.Write(b)
}

func (w *writer) list(key string, list []any, hide bool, depth int) {
	w.buf.WriteByte('[')
	for n, e := range list {
		if n > 0 {
			w.buf.WriteByte(',')
		}
		if n == maxItems || depth == maxDepth || w.full() {
			w.more(len(list) - n)
			break
		}
		w.value(key, e, hide, depth+1)
	}
	w.buf.WriteByte(']')
}

func (w *writer) dict(key string, dict map[string]any, hide bool, depth int) {
	w.buf.WriteByte('{')
	for n, k := range slices.Sorted(maps.Keys(dict)) {
		if n > 0 {
			w.buf.WriteByte(',')
		}
		if n == maxKeys || depth == maxDepth || w.full() {
			w.buf.WriteString(`"$more":` + strconv.Itoa(len(dict)-n))
			w.truncated = true
			break
		}
		name, masked := w.mask.name(k)
		w.masked = w.masked || masked
		w.quote(name)
		w.buf.WriteByte(':')
		_, says := identifying(k)
		below := k
		if hide && !says {
			below = key
		}
		w.value(below, dict[k], w.mask != nil && (hide || says), depth+1)
	}
	w.buf.WriteByte('}')
}

func (w *writer) more(n int) {
	w.truncated = true
	w.buf.WriteString(`{"$more":` + strconv.Itoa(n) + `}`)
}

func (w *writer) sealed(key string, s flow.Sealed, hide bool, depth int) {
	if w.open != nil {
		if v, ok := w.open(s); ok {
			w.value(key, v, hide, depth)
			return
		}
	}
	w.dict(key, map[string]any{"$sealed": s.Kind, "size": int64(len(s.Bytes))}, hide, depth)
}
