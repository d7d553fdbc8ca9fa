package flow

import "time"

// A Case is a reading as it comes before a judge, with what rules may ask for
// beside it. What a judge remembers of earlier readings is his own: two judges
// of one reading each bring theirs.
type Case struct {
	Reading *Reading
	Group   string    // of the device, from its certificate, never from the token
	Size    int       // bytes of the reading as it was signed; 0 is not known
	Now     time.Time // the judge's clock

	// Before is what this judge accepted last on the same stream, the newest
	// first, at most MaxPast; none when the stream begins or nothing is known.
	Before []Past
	// Beside is the newest that this judge accepted of each other kind of the
	// same patient, at most MaxBeside, ordered by kind.
	Beside []Beside
}

// MaxPast and MaxBeside bound what a judge remembers.
const (
	MaxPast   = 16
	MaxBeside = 16
)

// A Past is an earlier reading of a stream.
type Past struct {
	At   time.Time // when its first sample was taken
	End  time.Time // and its last
	Low  int64     // smallest sample, 10⁻⁶ of the unit
	High int64     // largest sample
}

// A Beside is a reading of another kind.
type Beside struct {
	Kind string // LOINC code
	Unit string // UCUM code
	Past
}

// A Mode says what the answer to a reading waits for, beside its storage. Rules
// set it for the groups that they judge.
type Mode uint8

// The modes, from the fastest to the strictest.
const (
	Anchored  Mode = 0 // the check is in a log on disk; the log's head comes to the chain within a second or so
	Confirmed Mode = 1 // the head that covers the check is in a final block
	PerCheck  Mode = 2 // the check itself is a transaction in a final block
)

var modeNames = [...]string{"anchored", "confirmed", "per-check"}

// String is the mode as rule files write it.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return "unknown mode"
}

// ParseMode reads what [Mode.String] writes.
func ParseMode(s string) (m Mode, ok bool) {
	for i, name := range modeNames {
		if s == name {
			return Mode(i), true
		}
	}
	return 0, false
}
