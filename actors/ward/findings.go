package ward

import (
	"errors"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// maxFindings is how many findings wait for their windows: those of sixteen
// full ones. Beyond it the oldest goes; its leaf is then refused as missing.
const maxFindings = 16 * leaves

// findings are what a check found of readings whose window has not come.
type findings struct {
	order  [][32]byte // oldest first; some may be gone from of
	of     map[[32]byte]proof.Finding
	packed packing // of order; whole false: to be made anew
}

// add keeps a finding. Of a leaf that comes twice the first stands: the second
// is the same reading, and its window has one place for it.
func (fs *findings) add(leaf [32]byte, f proof.Finding) {
	if _, known := fs.of[leaf]; known {
		return
	}
	if fs.of == nil {
		fs.of = map[[32]byte]proof.Finding{}
	}
	fs.of[leaf] = f
	fs.order = append(fs.order, leaf)
	if fs.packed.whole {
		fs.packed.add(leaf, f)
	}
	if len(fs.of) > maxFindings {
		fs.drop(fs.order[:1])
	}
}

// drop forgets the leaves of a window.
func (fs *findings) drop(leaves [][32]byte) {
	gone := make([][32]byte, len(leaves))
	copy(gone, leaves)
	for _, leaf := range gone {
		delete(fs.of, leaf)
	}
	kept := fs.order[:0]
	for _, leaf := range fs.order {
		if _, ok := fs.of[leaf]; ok {
			kept = append(kept, leaf)
		}
	}
	fs.order = kept
	fs.packed = packing{}
}

// save writes them: a list of verdicts, and one of leaves with what was found.
func (fs *findings) save() ([]byte, error) {
	if !fs.packed.whole {
		fs.packed = packing{whole: true, known: map[flow.Verdict]int64{}}
		for _, leaf := range fs.order {
			fs.packed.add(leaf, fs.of[leaf])
		}
	}
	return fs.packed.save()
}

var errFindings = errors.New("state is not that of findings")

func (fs *findings) restore(version int, state []byte) error {
	var verdicts, entries []any
	if err := value.Restore(version, 1, state, &verdicts, &entries); err != nil {
		return err
	}
	known := make([]flow.Verdict, len(verdicts))
	for i, v := range verdicts {
		r := reader{list: v}
		known[i] = flow.Verdict{Reason: flow.Reason(r.int()), Clause: r.text(), Group: r.text(), Rule: r.text(),
			Version: uint64(r.int()), Epoch: uint64(r.int()), Block: uint64(r.int())}
		if !r.whole() {
			return errFindings
		}
	}
	read := findings{}
	for _, e := range entries {
		r := reader{list: e}
		leaf, at := r.text(), r.int()
		if len(leaf) != 32 || at < 0 || at >= int64(len(known)) {
			return errFindings
		}
		f := proof.Finding{Verdict: known[at]}
		if r.more() {
			f.Refused = &proof.Refused{Stream: proof.Stream{Device: r.text(), Name: r.text()}, Seq: uint64(r.int()), Kind: r.text(), Unit: r.text(),
				At: time.Unix(0, r.int()).UTC(), Low: r.int(), High: r.int()}
		}
		if !r.whole() {
			return errFindings
		}
		read.add([32]byte([]byte(leaf)), f)
	}
	*fs = read
	return nil
}

// reader reads a list of values in order. What does not fit shows in whole.
type reader struct {
	list flow.Value
	next int
	bad  bool
}

func (r *reader) value() (v flow.Value) {
	list, _ := r.list.([]any)
	if r.bad = r.bad || r.next >= len(list); !r.bad {
		v = list[r.next]
	}
	r.next++
	return v
}

func (r *reader) int() int64 {
	n, ok := r.value().(int64)
	r.bad = r.bad || !ok
	return n
}

func (r *reader) text() string {
	s, ok := r.value().(string)
	r.bad = r.bad || !ok
	return s
}

func (r *reader) more() bool {
	list, _ := r.list.([]any)
	return r.next < len(list)
}

func (r *reader) whole() bool { return !r.bad && !r.more() }
