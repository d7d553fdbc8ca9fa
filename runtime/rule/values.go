package rule

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
)

// How people write the numbers, times and names of rules.

// none is in place of a number: not limited.
const none = "none"

// ParseValue reads a decimal number with at most six places as millionths.
func ParseValue(s string) (int64, error) { return parseMicro(s) }

// ParseCount reads a whole number above 0, or "none" as 0.
func ParseCount(s string) (uint32, error) {
	if s == none {
		return 0, nil
	}
	v, err := strconv.ParseUint(s, 10, 32)
	if err != nil || v == 0 {
		return 0, fmt.Errorf("%q: want a whole number above 0, or none", s)
	}
	return uint32(v), nil
}

// ParseSpan reads a time such as "24h" of whole milliseconds, at most ten
// years, or "none" as 0.
func ParseSpan(s string) (time.Duration, error) {
	if s == none {
		return 0, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d%time.Millisecond != 0 || d > maxSpan {
		return 0, fmt.Errorf("%q: want a time such as 24h or 500ms, at most ten years, or none", s)
	}
	return d, nil
}

// maxSpan is the contract's MAX_SPAN.
const maxSpan = 3650 * 24 * time.Hour

// ParseSteep reads "2 Cel in 10m": the most that a value may change in a time.
func ParseSteep(s, unit string) (step int64, in time.Duration, err error) {
	w := strings.Fields(s)
	if len(w) != 4 || w[2] != "in" {
		return 0, 0, fmt.Errorf("%q: want a change in a time, such as 2 %s in 10m", s, unit)
	}
	if step, err = positive(w[0]); err != nil {
		return 0, 0, err
	}
	if err = sameUnit(s, w[1], unit); err != nil {
		return 0, 0, err
	}
	in, err = someTime(w[3])
	return step, in, err
}

// ParseStuck reads "2h", or "2h within 0.1 Cel" where values so near to each
// other are the same.
func ParseStuck(s, unit string) (d time.Duration, jitter int64, err error) {
	w := strings.Fields(s)
	if len(w) != 1 && (len(w) != 4 || w[1] != "within") {
		return 0, 0, fmt.Errorf("%q: want a time, such as 2h, or 2h within 0.1 %s", s, unit)
	}
	if d, err = someTime(w[0]); err != nil || len(w) == 1 {
		return d, 0, err
	}
	if jitter, err = positive(w[2]); err != nil {
		return 0, 0, err
	}
	return d, jitter, sameUnit(s, w[3], unit)
}

// ParseAgreement reads "30 /min with 8889-8 within 10s", or, where the two are
// not to be alike, "5 to 150 mm[Hg] above 8462-4 within 1m", said of a kind.
func ParseAgreement(s, kind, unit string) (a Agreement, err error) {
	w := strings.Fields(s)
	switch {
	case len(w) == 6 && w[2] == "with" && w[4] == "within":
		if a.Most, err = positive(w[0]); err != nil {
			return a, err
		}
		a.Least = -a.Most
		a.Kind, a.With = min(kind, w[3]), max(kind, w[3])
	case len(w) == 8 && w[1] == "to" && w[4] == "above" && w[6] == "within":
		if a.Least, err = parseMicro(w[0]); err != nil {
			return a, err
		}
		if a.Most, err = parseMicro(w[2]); err != nil {
			return a, err
		}
		if a.Least > a.Most {
			return a, fmt.Errorf("%q: %s is above %s", s, w[0], w[2])
		}
		if w = w[2:]; a.even() {
			return a, fmt.Errorf("%q: that is %s %s with %s", s, w[0], w[1], w[3])
		}
		a.Kind, a.With = kind, w[3]
	default:
		return a, fmt.Errorf("%q: want a difference to another kind in a time, such as 30 %s with 8889-8 within 10s, or 5 to 150 %[2]s above 8462-4 within 1m", s, unit)
	}
	if a.Kind == a.With {
		return a, fmt.Errorf("%q: a kind always agrees with itself: want another", s)
	}
	if err = sameUnit(s, w[1], unit); err != nil {
		return a, err
	}
	a.Unit = unit
	a.Within, err = someTime(w[5])
	return a, err
}

func sameUnit(s, got, want string) error {
	if got != want {
		return fmt.Errorf("%q: the unit of this kind is %s, not %s", s, want, got)
	}
	return nil
}

func positive(s string) (int64, error) {
	v, err := parseMicro(s)
	if err == nil && v <= 0 {
		err = fmt.Errorf("%q: want a number above 0", s)
	}
	return v, err
}

// someTime reads a time within which readings are held against each other.
func someTime(s string) (time.Duration, error) {
	d, err := ParseSpan(s)
	if err != nil || d == 0 || d > maxWithin {
		return 0, fmt.Errorf("%q: want a time such as 10m or 500ms, at most a day", s)
	}
	return d, nil
}

// maxWithin is MAX_SPAN of the contracts SlopeRule and AgreementRule.
const maxWithin = 24 * time.Hour

// scopeOf reads the head of a rule: a path of a group, or "device EPC".
func scopeOf(s string) (group, device, why string) {
	epc, ok := strings.CutPrefix(s, "device ")
	if !ok {
		return s, "", badGroup(s)
	}
	if device = strings.ToUpper(epc); !isDevice(device) {
		return "", "", "want the 24 hex digits of its EPC, not all 0"
	}
	return "", device, ""
}

// parseAddress reads the address of a rule contract.
func parseAddress(s string) (chain.Address, error) {
	a, err := chain.ParseAddress(s)
	if err == nil && a == (chain.Address{}) {
		err = fmt.Errorf("address %q: nothing is there", s)
	}
	return a, err
}

// maxGroup is the contract's MAX_GROUP_BYTES.
const maxGroup = 128

// groupParts is how many parts the group in a certificate has.
const groupParts = 4

// badGroup says what the contract would not like about a group.
func badGroup(group string) string {
	if group == "" {
		return ""
	}
	if len(group) > maxGroup {
		return "longer than 128 bytes"
	}
	if strings.HasPrefix(group, "urn:") {
		return `a device is written "device" and the 24 hex digits of its EPC, which wardflow ca show prints`
	}
	if strings.Count(group, "/") >= groupParts {
		return "more than four parts, and no device has so many"
	}
	for part := range strings.SplitSeq(group, "/") {
		if part == "" {
			return "a part is empty"
		}
		if !isCode(part) {
			return "not printable ASCII"
		}
	}
	return ""
}

// isCode reports whether s is printable ASCII without spaces, and not empty.
func isCode(s string) bool {
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}

// deviceBytes is an EPC as the contracts hold it; zero for "".
func deviceBytes(epc string) (b [12]byte, err error) {
	if epc == "" {
		return b, nil
	}
	if !isDevice(epc) {
		return b, fmt.Errorf("device %q: want the 24 hex digits of its EPC", epc)
	}
	_, err = hex.Decode(b[:], []byte(epc))
	return b, err
}

// deviceName is the reverse.
func deviceName(b [12]byte) string {
	if b == ([12]byte{}) {
		return ""
	}
	return strings.ToUpper(hex.EncodeToString(b[:]))
}

// Scope is whom the rule is for, as a rule file writes it: a path, "" for
// everything, or "device" and the EPC.
func (r *Rule) Scope() string {
	if r.Device != "" {
		return "device " + r.Device
	}
	return r.Group
}
