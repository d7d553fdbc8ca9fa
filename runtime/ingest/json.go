package ingest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/wardflow/wardflow/runtime/proof"
)

// This file reads JSON (RFC 8259) more strictly than encoding/json does: a key
// stands once and as it is written, none is unknown, and no number is a float.

// A jsonError is what is wrong, and at which byte.
type jsonError struct {
	at   int
	what string
}

func (e *jsonError) Error() string { return fmt.Sprintf("byte %d: %s", e.at, e.what) }
func (e *jsonError) Unwrap() error { return proof.ErrForm }

// itemsJSON reads one reading, an object, or an array of at most most of them.
func itemsJSON(b []byte, most int) ([]Item, error) {
	p := &parser{b: b}
	var items []Item
	var err error
	if p.peek() != '[' {
		it, e := p.item()
		items, err = []Item{it}, e
	} else {
		err = p.list(func(i int) error {
			if i >= most {
				return p.fail("more than " + strconv.Itoa(most) + " readings")
			}
			it, err := p.item()
			items = append(items, it)
			return err
		})
	}
	switch {
	case err != nil:
		return nil, err
	case len(items) == 0:
		return nil, p.fail("no reading")
	case p.peek() != 0 || p.at < len(p.b):
		return nil, p.fail("more follows after the end")
	}
	return items, nil
}

type parser struct {
	b  []byte
	at int
}

func (p *parser) fail(what string) error { return &jsonError{p.at, what} }

// peek is the next byte that is no space; 0 at the end.
func (p *parser) peek() byte {
	for ; p.at < len(p.b); p.at++ {
		switch c := p.b[p.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (p *parser) take(c byte) error {
	if p.peek() != c {
		return p.fail("want " + strconv.QuoteRune(rune(c)))
	}
	p.at++
	return nil
}

// list reads an array, whose elements each reads.
func (p *parser) list(each func(i int) error) error {
	if err := p.take('['); err != nil {
		return err
	}
	if p.peek() == ']' {
		p.at++
		return nil
	}
	for i := 0; ; i++ {
		if err := each(i); err != nil {
			return err
		}
		if p.peek() == ']' {
			p.at++
			return nil
		}
		if err := p.take(','); err != nil {
			return err
		}
	}
}

// The keys of a reading.
const (
	keyDevice = 1 << iota
	keyGroup
	keyStream
	keySeq
	keyKind
	keyUnit
	keyAt
	keyPeriod
	keyScale
	keySamples
	keyValue
	keySealed
)

var keys = map[string]int{"device": keyDevice, "group": keyGroup, "stream": keyStream, "seq": keySeq, "kind": keyKind, "unit": keyUnit,
	"at": keyAt, "period": keyPeriod, "scale": keyScale, "samples": keySamples, "value": keyValue, "sealed": keySealed}

func (p *parser) item() (Item, error) {
	if err := p.take('{'); err != nil {
		return Item{}, err
	}
	var r proof.Plain
	var sealed []byte
	began, seen := p.at, 0
	for p.peek() != '}' || seen == 0 {
		if seen != 0 {
			if err := p.take(','); err != nil {
				return Item{}, err
			}
		}
		name, err := p.text()
		if err != nil {
			return Item{}, err
		}
		key, ok := keys[name]
		if !ok || seen&key != 0 {
			return Item{}, p.fail(fmt.Sprintf("key %.40q is unknown or stands twice", name))
		}
		seen |= key
		if err := p.take(':'); err != nil {
			return Item{}, err
		}
		if err := p.member(key, &r, &sealed); err != nil {
			return Item{}, err
		}
	}
	p.at++
	var it Item
	var err error
	switch {
	case seen == keySealed:
		it, _, err = proof.SealedItem(sealed)
	case seen&keySealed != 0:
		return Item{}, &jsonError{began, "sealed stands with other keys; the sealed bytes say all"}
	case seen&keyStream == 0 || seen&keySeq == 0 || seen&keyAt == 0 || seen&(keyValue|keySamples) == 0:
		return Item{}, &jsonError{began, "a reading needs stream, seq, at, and value or samples"}
	default:
		it, err = r.Item()
	}
	if err != nil {
		return it, fmt.Errorf("byte %d: %w", began, err)
	}
	return it, nil
}

func (p *parser) member(key int, r *proof.Plain, sealed *[]byte) (err error) {
	switch key {
	case keyDevice:
		r.Device, err = p.text()
	case keyGroup:
		r.Group, err = p.text()
	case keyStream:
		r.Stream, err = p.text()
	case keyKind:
		r.Kind, err = p.text()
	case keyUnit:
		r.Unit, err = p.text()
	case keySeq:
		var n int64
		if n, err = p.integer(); err == nil && n <= 0 {
			return p.fail("seq counts from 1")
		}
		r.Seq = uint64(n)
	case keyPeriod:
		var n int64
		n, err = p.integer()
		r.Period = time.Duration(n)
	case keyScale:
		r.Scale, err = p.integer()
	case keyAt:
		r.At, err = p.instant()
	case keyValue:
		r.Value, err = p.decimal()
	case keySamples:
		err = p.list(func(i int) error {
			n, err := p.integer()
			if i >= proof.MaxSamples {
				return p.fail("more than " + strconv.Itoa(proof.MaxSamples) + " samples")
			}
			r.Samples = append(r.Samples, n)
			return err
		})
	case keySealed:
		var s string
		if s, err = p.text(); err != nil {
			return err
		}
		if *sealed, err = base64.StdEncoding.Strict().DecodeString(s); err != nil {
			return p.fail("sealed: want base64 of RFC 4648, section 4")
		}
	}
	return err
}

// instant is text of RFC 3339, or nanoseconds since 1970.
func (p *parser) instant() (time.Time, error) {
	if p.peek() != '"' {
		n, err := p.integer()
		return time.Unix(0, n).UTC(), err
	}
	s, err := p.text()
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return t, p.fail("at: want a time of RFC 3339, or nanoseconds since 1970")
	}
	return t, nil
}

// decimal is text of a decimal number, or an integer.
func (p *parser) decimal() (string, error) {
	if p.peek() != '"' {
		n, err := p.integer()
		return strconv.FormatInt(n, 10), err
	}
	s, err := p.text()
	if err == nil && s == "" {
		err = p.fail("value is empty")
	}
	return s, err
}

func (p *parser) integer() (int64, error) {
	p.peek()
	end := p.at
	for end < len(p.b) && (p.b[end] == '-' && end == p.at || '0' <= p.b[end] && p.b[end] <= '9') {
		end++
	}
	digits := p.b[p.at:end]
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' || len(digits) > 19 {
		return 0, p.fail("want an integer")
	}
	if end < len(p.b) && (p.b[end] == '.' || p.b[end]|0x20 == 'e') {
		return 0, p.fail(`this is a float, which can't be exact: want an integer, or a decimal number as text, "36.6"`)
	}
	n, err := strconv.ParseInt(string(p.b[p.at:end]), 10, 64)
	if err != nil {
		return 0, p.fail("the integer is out of range")
	}
	p.at = end
	return n, nil
}

var errText = errors.New("want text in quotation marks")

// text reads a string.
func (p *parser) text() (string, error) {
	if p.peek() != '"' {
		return "", p.fail(errText.Error())
	}
	plain := true
	for end := p.at + 1; end < len(p.b); end++ {
		switch c := p.b[end]; {
		case c == '\\':
			plain = false
			end++
		case c < 0x20:
			return "", p.fail("text holds a control character")
		case c == '"':
			raw := p.b[p.at : end+1]
			if !utf8.Valid(raw) {
				return "", p.fail("text is not UTF-8")
			}
			var s string
			if plain {
				s = string(raw[1 : len(raw)-1])
			} else if json.Unmarshal(raw, &s) != nil {
				return "", p.fail("text can't be read")
			}
			p.at = end + 1
			return s, nil
		}
	}
	return "", p.fail("text has no end")
}
