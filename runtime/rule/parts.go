package rule

import (
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
)

// A Part is one of the rule contracts that an entry of the manager names. All
// of them must accept a reading; the first that refuses decides.
type Part struct {
	Address chain.Address // of the rule contract
	Code    chain.Hash    // Keccak-256 of its code when it was registered
	Digest  chain.Hash    // Keccak-256 of its parameters; equal rules have equal digests
	Kind    string        // what sort of rule it says it is: [KindLimits] or another; "" is not known
	Ours    bool          // it is one of wardflow's, and keeps just what it says
}

// The sorts of rule contracts that this package knows the parameters of.
const (
	KindLimits    = "wardflow.limits/1"
	KindSlope     = "wardflow.slope/1"
	KindAgreement = "wardflow.agreement/1"
)

// MaxParts is how many rule contracts an entry may have.
const MaxParts = 8

// MaxPast is how many earlier readings a slope looks at, at most.
const MaxPast = 16

// A Slope holds the readings of one kind against those before them on their
// stream: a value that changes faster than a body does is TooSteep, one that
// does not change at all for long is Stuck. A zero in Step or Stuck does not
// limit. Over a time longer than In the step grows in proportion.
type Slope struct {
	Kind   string        // LOINC code
	Unit   string        // UCUM code
	Step   int64         // 10⁻⁶ Unit; the most that a value may change within any time of In
	In     time.Duration // whole milliseconds; 0 when Step is
	Stuck  time.Duration // so long a value may stay what it is; whole milliseconds
	Jitter int64         // 10⁻⁶ Unit by which values may differ and still be the same
	Past   uint8         // how many earlier readings it looks at, 1 to MaxPast
}

// An Agreement holds the readings of two kinds of one patient against each
// other: when they lie no further apart in time than Within, Kind minus With is
// at least Least and at most Most, or the one that comes second Disagrees.
type Agreement struct {
	Kind, With  string        // LOINC codes; that of Kind is first in the alphabet if Least is -Most
	Unit        string        // UCUM code of both
	Least, Most int64         // 10⁻⁶ Unit
	Within      time.Duration // whole milliseconds
}

// steep is the clause as it stands in a rule file.
func (s Slope) steep() string {
	return fmt.Sprintf("%v %s in %v", microOf(s.Step), s.Unit, spanText(s.In))
}

// stuck is the clause as it stands in a rule file.
func (s Slope) stuck() string {
	if s.Jitter == 0 {
		return spanText(s.Stuck)
	}
	return fmt.Sprintf("%v within %v %s", spanText(s.Stuck), microOf(s.Jitter), s.Unit)
}

// String is the clause as it stands in a rule file at the line of its Kind.
func (a Agreement) String() string {
	if a.even() {
		return fmt.Sprintf("%v %s with %s within %v", microOf(a.Most), a.Unit, a.With, spanText(a.Within))
	}
	return fmt.Sprintf("%v to %v %s above %s within %v", microOf(a.Least), microOf(a.Most), a.Unit, a.With, spanText(a.Within))
}

// even reports whether the two kinds could as well change places.
func (a Agreement) even() bool { return a.Most > 0 && a.Least == -a.Most }

// Fields are those parts of a reading that a limit may ask for: a bit for each
// of fieldNames, the first the lowest.
type Fields uint32

// fieldNames are how rule files write them, in the order of the contract's bits.
var fieldNames = [...]string{"device", "kind", "unit", "time", "samples", "period", "number", "stream", "size"}

// ParseField reads the name of one field.
func ParseField(s string) (Fields, error) {
	for i, name := range fieldNames {
		if s == name {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("%q: want one of %s", s, strings.Join(fieldNames[:], ", "))
}

// Names are the fields in words; one that has no name is its bit.
func (f Fields) Names() (names []string) {
	for i := range 32 {
		switch {
		case f&(1<<i) == 0:
		case i < len(fieldNames):
			names = append(names, fieldNames[i])
		default:
			names = append(names, fmt.Sprintf("bit %d", i))
		}
	}
	return names
}
