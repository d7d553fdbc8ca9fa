package rule

import (
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Rule says what the readings of a group must be. Its group is a path of the
// form site/floor/room/type or the beginning of one, and of all the rules for a
// device's path the longest decides alone, whatever its state.
//
// A rule of one device goes before those of all groups. What it says is that of
// several rule contracts, which must all accept: its limits, then its slopes,
// then its agreements, then others in their order.
type Rule struct {
	Group      string
	Device     string // EPC, 24 hex digits, upper case; "": a rule of a group
	Version    uint64 // from 1, +1 on every change; ignored when it is set
	Revoked    bool   // refuses everything; ignored when it is set
	Mode       flow.Mode
	Limits     []Limit
	Slopes     []Slope
	Agreements []Agreement
	Codes      []chain.Address // other rule contracts, by their addresses

	Block uint64 // in which it was changed last; ignored when it is set
	Parts []Part // the rule contracts; ignored when it is set
}

// A Limit says what the readings of one kind must be. A zero in Rate, Samples,
// Age or Ahead does not limit.
type Limit struct {
	Kind    string        // LOINC code
	Unit    string        // UCUM code
	Min     int64         // 10⁻⁶ Unit
	Max     int64         // 10⁻⁶ Unit
	Rate    uint32        // samples a second within a reading
	Samples uint32        // in one reading
	Age     time.Duration // from the first sample to the judging; whole milliseconds
	Ahead   time.Duration // the first sample may lie ahead of the judge's clock; whole milliseconds
	Bytes   uint32        // of one reading as its device signed it
	Fields  Fields        // that must be there, beside those that always must
}
