package evidence

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// A record verifies by itself, whoever has rewritten it with all the keys that it
// took: a collector that vouches for its devices, has a patient's card in its
// reader, and is in league with storage. What they can't rewrite is what their
// logs of checks said of it when the chain took the heads. So a store is held
// against the logs: what is stored was judged, and what was judged good is stored.

// A Folder is a log of checks on disk.
type Folder struct {
	Dir     string
	Account chain.Address
}

// A Collation is how a store compares with logs of checks.
type Collation struct {
	Logs     []LogReport `json:"logs"`
	Readings int         `json:"readings"` // that are stored
	Judged   int         `json:"judged"`   // of them: accepted under an anchored head, at each place that the logs are of
	Early    int         `json:"early"`    // of them: the check is in no block yet
	Older    int         `json:"older"`    // of them: from before the logs began
	// Late counts checks that came to the chain long after they were made. A line
	// that was down for hours does that; so does who writes a log anew.
	Late      int      `json:"late"`
	FirstLate string   `json:"firstLate,omitempty"`
	Others    []string `json:"others,omitempty"` // logs that the chain knows and that were not given: accounts
	Bad       int      `json:"bad"`              // things that do not fit
	First     string   `json:"first,omitempty"`
}

// lateBlocks is how many blocks after the one whose rules it was judged by a check
// may be anchored before that is said: an hour or so.
const lateBlocks = 720

// A LogReport is what was found of one log.
type LogReport struct {
	Account  string `json:"account"`
	Size     uint64 `json:"size"`
	Anchored uint64 `json:"anchored"`
	Bad      string `json:"bad,omitempty"` // the first check that is not as it was anchored
}

// OK reports whether all fits.
func (c *Collation) OK() bool { return c.Bad == 0 }

// places are where readings are judged, by [proof.Place] less one.
const places = 2

// A collator holds hashes of leaves: eight bytes each, by a secret of this run,
// so that nobody can make two that are the same.
type collator struct {
	seed     maphash.Seed
	src      proof.Source
	folders  []Folder
	contract anchor.Contract
	out      Collation

	walked   []uint64             // entries of each log that were looked at
	heads    [][]anchor.Anchored  // of each log
	accepted [places][]uint64     // sorted: leaves accepted under a head
	early    [places][]uint64     // sorted: leaves accepted under none
	began    [places]time.Time    // of the first check; zero: the logs have none of that place
	odd      map[uint64]suspicion // stored readings without a check, by leaf
	stored   []uint64             // sorted
	apart    []uint64             // sorted: leaves of windows in quarantine
}

// A suspicion is a stored reading that no log knows.
type suspicion struct {
	patient string
	window  uint64
	leaf    proof.KeptLeaf
}

// mostOdd is how many suspicious readings are remembered; the others are counted.
const mostOdd = 10_000

// Collate holds what is stored against the logs of those who judged it, and the
// logs against what was anchored of them. Give the logs of all nodes that judged
// for this store, or of none of one place: a reading must have been accepted at
// each place of which there are checks, and each that was accepted at storage
// must be there. Nodes may go on writing meanwhile. The error is for what could
// not be read.
func Collate(ctx context.Context, src proof.Source, folders []Folder, contract anchor.Contract) (*Collation, error) {
	c := &collator{seed: maphash.MakeSeed(), src: src, folders: folders, contract: contract, walked: make([]uint64, len(folders)), odd: map[uint64]suspicion{}}
	for _, step := range []func(context.Context) error{c.logs, c.walk, c.store, c.walk, c.judge, c.missing} {
		if err := step(ctx); err != nil {
			return &c.out, fmt.Errorf("hold the store against the logs of checks: %w", err)
		}
		if slices.ContainsFunc(c.out.Logs, func(l LogReport) bool { return l.Bad != "" }) {
			break // what such a log says is worth nothing
		}
	}
	return &c.out, nil
}

func (c *collator) bad(format string, args ...any) {
	if c.out.Bad++; c.out.Bad == 1 {
		c.out.First = fmt.Sprintf(format, args...)
	}
}

func (c *collator) of(leaf [32]byte) uint64 { return maphash.Bytes(c.seed, leaf[:]) }

// logs holds each log against the chain.
func (c *collator) logs(ctx context.Context) error {
	for _, f := range c.folders {
		r, err := anchor.Verify(ctx, f.Dir, c.contract, f.Account)
		if err != nil {
			return fmt.Errorf("log %s: %w", f.Account, err)
		}
		heads, err := c.contract.Anchored(ctx, f.Account)
		if err != nil {
			return err
		}
		c.heads = append(c.heads, heads)
		l := LogReport{Account: f.Account.Hex(), Size: r.Size, Anchored: r.Anchored}
		if r.Bad != nil {
			l.Bad = r.Bad.String()
			c.bad("log %s, %s: %s", f.Account, f.Dir, l.Bad)
		}
		c.out.Logs = append(c.out.Logs, l)
	}
	all, err := c.contract.Logs(ctx)
	for _, a := range all {
		if !slices.ContainsFunc(c.folders, func(f Folder) bool { return f.Account == a }) {
			c.out.Others = append(c.out.Others, a.Hex())
		}
	}
	return err
}

// walk notes what the logs have accepted since it was walked last. The second
// time that is what came while the store was read.
func (c *collator) walk(ctx context.Context) error {
	for i, f := range c.folders {
		log, err := tlog.OpenReadOnly(f.Dir)
		if err != nil {
			return err
		}
		err = c.entries(ctx, i, log)
		if e := log.Close(); err == nil {
			err = e
		}
		if err != nil {
			return fmt.Errorf("log %s: %w", f.Account, err)
		}
	}
	for p := range places {
		slices.Sort(c.accepted[p])
		slices.Sort(c.early[p])
	}
	return nil
}

func (c *collator) entries(ctx context.Context, i int, log *tlog.Log) error {
	from, size := c.walked[i], log.Size()
	at := from
	for b, err := range log.Entries(from, size-min(from, size)) {
		if err != nil {
			return err
		}
		if at%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		check, err := proof.OpenCheck(b)
		if err != nil {
			return fmt.Errorf("check %d: %w", at, err)
		}
		p := int(check.Place) - 1
		if c.began[p].IsZero() || check.At.Before(c.began[p]) {
			c.began[p] = check.At
		}
		if check.Verdict.OK() {
			if at < c.out.Logs[i].Anchored {
				c.accepted[p] = append(c.accepted[p], c.of(check.Leaf))
				c.late(i, at, check)
			} else {
				c.early[p] = append(c.early[p], c.of(check.Leaf))
			}
		}
		at++
	}
	c.walked[i] = max(at, from)
	return nil
}

// late notes a check that was anchored long after it was made.
func (c *collator) late(i int, at uint64, check *proof.Check) {
	n, _ := slices.BinarySearchFunc(c.heads[i], at+1, func(h anchor.Anchored, size uint64) int { return cmp.Compare(h.To, size) })
	if n == len(c.heads[i]) || check.Verdict.Block == 0 || c.heads[i][n].Block <= check.Verdict.Block+lateBlocks {
		return
	}
	if c.out.Late++; c.out.Late == 1 {
		c.out.FirstLate = fmt.Sprintf("check %d of log %s, by the rules of block %d on %s, was anchored in block %d", at, c.folders[i].Account,
			check.Verdict.Block, check.At.Format(time.RFC3339), c.heads[i][n].Block)
	}
}

// store notes what is stored, and what of it the logs do not know yet.
func (c *collator) store(ctx context.Context) error {
	patients, err := c.src.Patients(ctx)
	if err != nil {
		return err
	}
	for _, p := range patients {
		if err := c.patient(ctx, p); err != nil {
			return err
		}
	}
	slices.Sort(c.stored)
	slices.Sort(c.apart)
	return nil
}

func (c *collator) patient(ctx context.Context, patient string) error {
	for s, err := range c.src.Sealed(ctx, patient) {
		if err != nil {
			return err
		}
		if s.Quarantine != "" {
			if w, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: s.Bytes}); err == nil {
				for _, leaf := range w.Leaves {
					c.apart = append(c.apart, c.of(leaf))
				}
			}
			continue
		}
		leaves, err := c.src.Leaves(ctx, s.Patient, s.Encounter, s.Number)
		if err != nil {
			return err
		}
		for _, l := range leaves {
			c.reading(suspicion{patient, s.Number, l})
		}
	}
	for l, err := range c.src.Waiting(ctx, patient) {
		if err != nil {
			return err
		}
		c.reading(suspicion{patient, 0, l})
	}
	return nil
}

// reading looks at a stored reading: its bytes, not its columns, are what counts.
func (c *collator) reading(s suspicion) {
	if s.leaf.Bytes == nil {
		return // refused
	}
	c.out.Readings++
	h := c.of(proof.LeafHash(s.leaf.Bytes))
	c.stored = append(c.stored, h)
	switch c.standing(h, s.leaf.At) {
	case judged:
		c.out.Judged++
	case older:
		c.out.Older++
	default:
		if len(c.odd) < mostOdd {
			c.odd[h] = s
		} else {
			c.bad("patient %s has more than %d readings that no log has accepted", s.patient, mostOdd)
		}
	}
}

type standing int

const (
	unknown standing = iota // accepted by nobody
	judged
	early
	older
)

// standing says what the logs know of a stored reading.
func (c *collator) standing(h uint64, at time.Time) standing {
	best := judged
	for p := range places {
		if c.began[p].IsZero() || in(c.accepted[p], h) {
			continue
		}
		switch {
		case in(c.early[p], h):
			best = early
		case at.Before(c.began[p].Add(-beforehand)):
			return older
		default:
			return unknown
		}
	}
	return best
}

func in(sorted []uint64, h uint64) bool {
	_, found := slices.BinarySearch(sorted, h)
	return found
}

// judge looks again at what no log knew: its check may have come since.
func (c *collator) judge(ctx context.Context) error {
	for h, s := range c.odd {
		switch c.standing(h, s.leaf.At) {
		case judged:
			c.out.Judged++
		case early:
			c.out.Early++
		case older:
			c.out.Older++
		default:
			continue
		}
		delete(c.odd, h)
	}
	if len(c.odd) == 0 {
		return nil
	}
	list := make([]suspicion, 0, len(c.odd))
	for _, s := range c.odd {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b suspicion) int { return a.leaf.At.Compare(b.leaf.At) })
	for i, s := range list {
		where := fmt.Sprintf("patient %s window %d leaf %d, reading %d of %s at %s", s.patient, s.window, s.leaf.Index, s.leaf.Seq, s.leaf.Stream, s.leaf.At.Format(time.RFC3339Nano))
		why := "no log has accepted what is stored"
		if i == 0 {
			other, err := c.otherOf(ctx, s)
			if err != nil {
				return err
			}
			if other != "" {
				why += ": " + other
			}
		}
		c.bad("%s: %s", where, why)
	}
	return nil
}
