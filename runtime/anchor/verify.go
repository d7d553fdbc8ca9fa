package anchor

import (
	"context"
	"fmt"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// A Report says how the folder of a log compares with what was anchored of it.
type Report struct {
	Log      chain.Address
	Size     uint64 // checks in the folder
	Anchored uint64 // checks that the chain has a head over
	Heads    int    // heads in the chain that hold
	Block    uint64 // of the last one that holds
	Bad      *Bad   // nil: nothing is wrong
}

// A Bad is the first check that is not as it was anchored: it is one of From to
// To, both from 0 and included.
type Bad struct {
	From, To uint64
	What     string
	Block    uint64 // whose head says so; 0: none
}

// OK reports whether all that was anchored is there, as it was.
func (r *Report) OK() bool { return r.Bad == nil }

// Verify reads a log's folder from its first check to its last, and holds it
// against every head that the contract has of it: whatever was changed, taken
// away, slipped in or put elsewhere is found. A check that no head covers yet can
// be judged by its form only.
func Verify(ctx context.Context, dir string, c Contract, log chain.Address) (*Report, error) {
	heads, err := c.Anchored(ctx, log)
	if err != nil {
		return nil, err
	}
	r := &Report{Log: log}
	if n := len(heads); n > 0 {
		r.Anchored = heads[n-1].To
	}
	v := verifying{Report: r, heads: heads}
	for s, err := range tlog.Walk(dir) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			v.bad(s.Index, s.Index, err.Error(), 0)
			break
		}
		if !v.step(s) {
			break
		}
	}
	if r.Bad == nil && r.Size < r.Anchored {
		v.bad(r.Size, r.Anchored-1, "the checks are missing: the chain has a head over them", heads[v.next].Block)
	}
	return r, nil
}

type verifying struct {
	*Report
	heads []Anchored
	next  int // of heads
	tree  tlog.Tree
	noted *uint64 // the first since the last head whose bytes are not those that were noted
	form  string  // what is wrong with the first since then that is no check
	bare  uint64  // its number
}

// step takes an entry; it is false when nothing after it can be judged.
func (v *verifying) step(s tlog.Step) bool {
	v.Size++
	v.tree.Add(s.Leaf)
	if v.noted == nil && s.Noted != (tlog.Hash{}) && s.Noted != s.Leaf {
		i := s.Index
		v.noted = &i
	}
	if v.form == "" {
		if _, err := proof.OpenCheck(s.Entry); err != nil {
			v.form, v.bare = err.Error(), s.Index
		}
	}
	if v.next == len(v.heads) || v.heads[v.next].To != v.Size {
		return v.next < len(v.heads) || v.unanchored()
	}
	h := v.heads[v.next]
	if v.tree.Root() != h.Root {
		v.changed(h)
		return false
	}
	if v.form != "" {
		v.bad(v.bare, v.bare, "it was anchored so, and is no check: "+v.form, h.Block)
		return false
	}
	v.next++
	v.Heads++
	v.Block, v.noted = h.Block, nil
	return true
}

// unanchored looks at an entry that no head covers.
func (v *verifying) unanchored() bool {
	switch {
	case v.noted != nil:
		v.bad(*v.noted, *v.noted, "its bytes are not those that were written", 0)
	case v.form != "":
		v.bad(v.bare, v.bare, "it is no check: "+v.form, 0)
	}
	return v.Bad == nil
}

// changed says what is known of a range whose root is another.
func (v *verifying) changed(h Anchored) {
	switch {
	case v.noted != nil:
		v.bad(*v.noted, *v.noted, "its bytes are not those that were written and anchored", h.Block)
	case v.form != "":
		v.bad(v.bare, v.bare, "it is no check: "+v.form, h.Block)
	case h.To == h.From+1:
		v.bad(h.From, h.From, "it is not the check that was anchored", h.Block)
	default:
		v.bad(h.From, h.To-1, "one of these is not as it was anchored, was put elsewhere, or others are missing before it", h.Block)
	}
}

func (v *verifying) bad(from, to uint64, what string, block uint64) {
	v.Bad = &Bad{From: from, To: to, What: what, Block: block}
}

// String is the report in words, the first bad check named.
func (r *Report) String() string {
	s := fmt.Sprintf("log %s: %d checks, %d of them anchored by %d heads, the last in block %d", r.Log, r.Size, min(r.Size, r.Anchored), r.Heads, r.Block)
	if r.Bad == nil {
		return s
	}
	return s + "\n" + r.Bad.String()
}

// String names the check and says what is wrong.
func (b *Bad) String() string {
	s := fmt.Sprintf("check %d", b.From)
	if b.To > b.From {
		s = fmt.Sprintf("checks %d to %d", b.From, b.To)
	}
	s += ": " + b.What
	if b.Block > 0 {
		s += fmt.Sprintf(" (block %d)", b.Block)
	}
	return s
}
