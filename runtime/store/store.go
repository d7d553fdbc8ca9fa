package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A Store keeps readings, refusals, windows and the checkpoints of the actors
// that store. Any goroutine may call it.
type Store interface {
	// Commit stores the whole batch or, on any error, nothing of it. When it
	// returns nil the batch survives a crash. A ctx that ends while the batch
	// waits for its turn withdraws it; once its turn has come, the outcome is
	// waited for.
	//
	// Within a batch, Waiting and Refused are stored before Windows, so a
	// window may come with its own leaves. Errors to branch on:
	// [flow.ErrStale] for a checkpoint with a lower epoch than is stored,
	// [ReplayError], [LeafError], [ChainError].
	Commit(ctx context.Context, b Batch) error
	// Fence raises the epoch of an actor's checkpoint and returns it, whole and
	// of that epoch, in one step: from its return on every commit of a lower
	// epoch is refused, wherever it waits. It survives a crash like a commit. A
	// lower epoch than is stored is [flow.ErrStale].
	Fence(ctx context.Context, actor flow.ActorID, epoch uint64) (flow.Checkpoint, error)

	Reader
	proof.Source
	io.Closer
}

// A Reader answers questions about what is stored.
type Reader interface {
	// Newest is the newest checkpoint of an actor, whole; zero when it has none.
	Newest(ctx context.Context, actor flow.ActorID) (flow.Checkpoint, error)
	// Chain is what the next window of a chain must follow; zero when the
	// chain has no window. Its Streams are those of that chain.
	Chain(ctx context.Context, patient, encounter string) (proof.Prior, error)
	// LastWindow is number and hash of the last window of any of the
	// patient's encounters; zeros when there is none.
	LastWindow(ctx context.Context, patient string) (number uint64, hash [32]byte, err error)
	// LastSeq is the highest number kept of a device's stream, waiting or
	// recorded; 0 when there is none. A number up to it is a replay.
	LastSeq(ctx context.Context, s proof.Stream) (uint64, error)
	// Reading is the one with that number on a device's stream; its Reading is nil
	// when there is none. A number of 0 means the highest that is under a window.
	Reading(ctx context.Context, s proof.Stream, seq uint64) (Kept, error)
	// Chunks are the readings that match, by time.
	Chunks(ctx context.Context, q Query) iter.Seq2[Chunk, error]
	// Refusals are the refused readings that match, by the time they were judged.
	Refusals(ctx context.Context, q Query) iter.Seq2[Refusal, error]
	// Quarantined are the windows that failed, oldest first, whether they
	// count for their chains or not.
	Quarantined(ctx context.Context) iter.Seq2[Quarantine, error]
	// Counts counts what is stored.
	Counts(ctx context.Context) (Counts, error)
}

// A Batch is what one commit stores. Any part may be empty.
type Batch struct {
	Waiting    []Chunk      // accepted readings that no window covers yet
	Refused    []Refusal    // refused readings
	Windows    []Window     // in order
	Quarantine []Quarantine // windows that failed and do not count for a chain
	// Checkpoint is the step the storing actor has reached; none when its
	// Actor is "". Like the register, the store adds a step's Out to what it
	// has and drops what is settled.
	Checkpoint flow.Checkpoint
}

// A Chunk is an accepted reading.
type Chunk struct {
	Patient string         // pseudonym, from the collector
	Reading *proof.Reading // opened; its Bytes are what is kept
	Verdict flow.Verdict   // the store's own, accepted

	// Of the window that covers it; zeros while it waits. Commit sets them.
	Encounter string
	Window    uint64
	Index     int
}

// A Refusal is a reading that was refused, in short.
type Refusal struct {
	Patient string // pseudonym; "" when it is not known
	Leaf    [32]byte
	proof.Stream
	Seq       uint64
	Kind      string
	Unit      string
	Low, High int64     // smallest and largest sample in millionths of Unit
	At        time.Time // of the first sample
	Verdict   flow.Verdict
	By        string    // ByCheck or ByStorage
	Judged    time.Time // when it was refused

	// Of the window that covers it; zeros until it comes. Commit sets them.
	Encounter string
	Window    uint64
	Index     int
}

// Who refused a reading.
const (
	ByCheck   = "check"   // the rule check on the way
	ByStorage = "storage" // the store's own judging
)

// A Window is a verified window. Each of its leaves must be waiting or refused,
// in the store or in the same batch.
//
// One with a Quarantine does not hold, but is a link of its chain
// ([proof.Window.Link]): it is kept among the Quarantined, nothing is recorded
// under it, and the next window of the chain must follow it. A copy of it that
// holds may still take its place, as long as it is the last of its chain.
type Window struct {
	*proof.Window
	Stored     time.Time
	Quarantine string // what is wrong with it; "": it is verified
}

// Quarantine is a window that failed, kept for inspection and apart from the
// record. In a [Batch] it is one that is no link of a chain.
type Quarantine struct {
	Patient string // as it claims; "" when it can't be opened
	Number  uint64 // as it claims
	Bytes   []byte
	Err     string // what is wrong with it
	At      time.Time
}

// A Query narrows a search. Zero fields match everything.
type Query struct {
	Patient string
	Device  string // EPC
	Stream  string
	Kind    string    // LOINC code
	From    time.Time // of the first sample, inclusive
	To      time.Time // of the first sample, exclusive
	Waiting bool      // only readings that no window covers yet
	Newest  bool      // latest first
	Limit   int       // at most so many
}

// Counts says how much is stored.
type Counts struct {
	Patients    int
	Readings    int // recorded under a window
	Waiting     int
	Windows     int
	Quarantined int
	Refused     map[flow.Reason]int // readings by reason
	Bytes       int64               // of signed readings
}

// ErrReplay reports a reading whose number on its stream, or whose leaf, is
// stored already. Errors that wrap it are a [ReplayError].
var ErrReplay = errors.New("the reading is stored already")

// A ReplayError says which reading of the batch is stored already.
type ReplayError struct {
	Index int // in Batch.Waiting
	proof.Stream
	Seq uint64
}

// Error names the reading.
func (e *ReplayError) Error() string {
	return fmt.Sprintf("number %d of %s: %v", e.Seq, e.Stream, ErrReplay)
}

// Unwrap is [ErrReplay].
func (e *ReplayError) Unwrap() error { return ErrReplay }

// A LeafError says which leaf of a window is neither waiting nor refused, or
// belongs to another patient or to a window already. It wraps [proof.ErrMissing].
type LeafError struct {
	Patient string
	Window  uint64
	Index   int
	Leaf    [32]byte
}

// Error names the leaf, and not the patient.
func (e *LeafError) Error() string {
	return fmt.Sprintf("window %d, leaf %d (%x): %v", e.Window, e.Index, e.Leaf[:4], proof.ErrMissing)
}

// Unwrap is [proof.ErrMissing].
func (e *LeafError) Unwrap() error { return proof.ErrMissing }

// A ChainError says which window does not follow the last stored one of its
// chain. It wraps [proof.ErrChain].
type ChainError struct {
	Patient      string
	Number, Last uint64
}

// Error names the window, and not the patient.
func (e *ChainError) Error() string {
	return fmt.Sprintf("window %d after %d: %v", e.Number, e.Last, proof.ErrChain)
}

// Unwrap is [proof.ErrChain].
func (e *ChainError) Unwrap() error { return proof.ErrChain }

// RefusalsOf are the refusals that a window's judgments state, in the order of
// its leaves: what the store takes beside the window.
func RefusalsOf(w *proof.Window) ([]Refusal, error) {
	var out []Refusal
	for i := range w.Leaves {
		f, err := w.Verdict(i)
		if err != nil {
			return nil, err
		}
		if f.OK() {
			continue
		}
		r := Refusal{Patient: w.Patient, Leaf: w.Leaves[i], Verdict: f.Verdict, By: ByCheck, Judged: w.Judgments[0].At, At: w.First}
		if s := f.Refused; s != nil {
			r.Stream, r.Seq, r.Kind, r.Unit, r.Low, r.High, r.At = s.Stream, s.Seq, s.Kind, s.Unit, s.Low, s.High, s.At
		}
		out = append(out, r)
	}
	return out, nil
}
