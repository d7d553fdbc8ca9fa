package tap

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wardflow/wardflow/runtime/flow"
)

// KeySize is how many random bytes a mask is made of.
const KeySize = 32

// A Mask hides who a token is about. What it lets stand is measured, a time, or
// made of words that name no one; it does not look for names, which can't be
// found for certain, but hides all that it does not know. A nil Mask hides
// nothing.
type Mask struct {
	key   []byte
	known func(string) bool // more words that name no one
}

// NewMask makes the mask of one tap of a random key, which is used for no other.
// known, which may be nil, tells words that name no one beside those that are
// known here: the names of ports, say.
func NewMask(key []byte, known func(word string) bool) *Mask {
	if len(key) != KeySize {
		panic("tap: a mask's key has " + strconv.Itoa(len(key)) + " bytes")
	}
	if known == nil {
		known = func(string) bool { return false }
	}
	return &Mask{key: key, known: known}
}

var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// hash is what stands in a text's place: what it was, as far as its key tells,
// and a hash that is the same throughout the tap. Short as it is, whoever lacks
// the key finds nothing by trying all that it might stand for.
func (m *Mask) hash(key, text string) string {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(text))
	return labelOf(key) + "-" + letters.EncodeToString(h.Sum(nil))[:6]
}

// labelOf is what kind of thing a key names.
func labelOf(key string) string {
	switch stem, _ := identifying(key); stem {
	case "patient", "device", "card":
		return stem
	case "epc", "serial":
		return "device"
	case "":
		return "text"
	}
	return "id"
}

// text is a text under a key as it may be seen, and whether it was hidden.
func (m *Mask) text(key, s string) (string, bool) {
	if m == nil || s == "" {
		return s, false
	}
	if _, is := identifying(key); is || !m.harmless(key, s) {
		return m.hash(key, s), true
	}
	return s, false
}

// name is a key of a dictionary as it may be seen: it may be what identifies,
// as in {"p-17": 36.9}.
func (m *Mask) name(key string) (string, bool) {
	if m == nil || m.word(key) || reserved[key] {
		return key, false
	}
	if _, is := identifying(key); is && plainWord(key) {
		return key, false // it says what is hidden
	}
	return m.hash("", key), true
}

// number reports whether a number under a key must be hidden: one that says who,
// and one so large that it may.
func (m *Mask) number(key string, v float64) bool {
	if m == nil {
		return false
	}
	_, is := identifying(key)
	return is || (v >= largest || v <= -largest) && v == float64(int64(v)) && !counts[strings.ToLower(key)]
}

// largest is below what numbers of records, telephones and cards begin at.
const largest = 1e6

// harmless reports whether a text tells of no one.
func (m *Mask) harmless(key, s string) bool {
	if len(s) > 80 {
		return false
	}
	if _, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return true
	}
	switch strings.ToLower(key) {
	case "unit":
		if units[s] {
			return true
		}
	case "kind":
		if isLOINC(s) || isDigits(s, 6) { // or of MDC
			return true
		}
	case "rule":
		if isAddress(s) {
			return true
		}
	case "value", "clause":
		return m.phrase(s, true)
	}
	return isMeasure(s) || m.phrase(s, false)
}

// phrase reports whether a text is made of words that name no one, and, where
// they may stand in it, of units and short numbers.
func (m *Mask) phrase(s string, numbers bool) bool {
	if joined.MatchString(s) {
		return false
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;:/_-…", r) })
	for _, w := range words {
		if !m.word(w) && !(numbers && (units[w] || isShort(w))) {
			return false
		}
	}
	return len(words) > 0
}

// joined are short numbers that may be pieces of a long one: of a telephone's, of a
// record's or a card's, or of a day of birth. A blood pressure, "120/80", is none, nor
// are two limits with a comma.
var joined = regexp.MustCompile(`\d[ ;:_-]+\d|\d{4}[/,] *\d|\d[/,] *\d{4}|\d[/,] *[\d.]+[/,] *\d`)

func (m *Mask) word(w string) bool { return words[w] || m.known(w) }

// identifying reports whether what stands under a key says who or which, and by
// which part of it.
func identifying(key string) (stem string, is bool) {
	low := strings.ReplaceAll(strings.ToLower(key), "cardi", "") // the heart is no card
	for _, s := range stems {
		if strings.Contains(low, s) {
			return s, true
		}
	}
	if low == "id" || strings.HasSuffix(key, "Id") || strings.HasSuffix(key, "ID") || strings.HasSuffix(low, "_id") {
		return "id", true
	}
	return "", false
}

// plainWord reports whether a key is only letters and "_".
func plainWord(s string) bool {
	return len(s) <= 24 && !strings.ContainsFunc(s, func(r rune) bool { return r != '_' && (r > unicode.MaxASCII || !unicode.IsLetter(r)) })
}

// isMeasure: a number with a point, as "36.9". One without may be somebody's.
func isMeasure(s string) bool {
	whole, part, ok := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	return ok && isDigits(whole, 4) && isDigits(part, 6)
}

func isShort(s string) bool { return isMeasure(s) || isDigits(strings.TrimPrefix(s, "-"), 4) }

func isDigits(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

// isLOINC: digits, a dash and a check digit.
func isLOINC(s string) bool {
	code, check, ok := strings.Cut(s, "-")
	return ok && isDigits(code, 6) && isDigits(check, 1)
}

// isAddress: of a contract.
func isAddress(s string) bool {
	hex, ok := strings.CutPrefix(s, "0x")
	return ok && len(hex) == 40 && strings.Trim(hex, "0123456789abcdefABCDEF") == ""
}

// KnownOf are the words that actor types are made of: their ports and arguments,
// which stand in the program and not in what flows.
func KnownOf(types flow.Types) func(word string) bool {
	known := map[string]bool{}
	for _, t := range types {
		for _, ports := range [][]flow.Port{t.Spec.In, t.Spec.Out} {
			for _, p := range ports {
				known[p.Name] = true
			}
		}
		for _, a := range t.Spec.Args {
			known[a.Name] = true
		}
	}
	return func(w string) bool { return known[w] }
}
