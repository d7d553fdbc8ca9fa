package member

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A book holds what is known of every node, and decides what to believe. It
// starts no goroutine and opens no connection; the time comes from outside.
type book struct {
	self   flow.NodeID
	verify Verifier

	mu      sync.Mutex // guards what follows
	entries map[flow.NodeID]*entry
	raw     map[string]*statement // of entries, by its bytes
	refused map[string]*Refusal   // by node and reason
}

type entry struct {
	said  *statement // the newest verified one; never nil
	meta  []byte     // the newest verified record, or nil
	short *record    // meta taken apart
	up    bool
	since time.Time
	asked time.Time // when the certificate of said was last found to hold
}

// A Member is a node that was heard of and verified.
type Member struct {
	flow.NodeInfo
	Up    bool
	Left  bool      // it said goodbye; it is not lost
	Keys  []string  // names of the gossip keys it has, the one in use first
	Since time.Time // when Up last changed or it was started anew, by this node's clock; zero: only known from earlier runs
}

// A Refusal is something about a node that was not believed.
type Refusal struct {
	Node flow.NodeID // whom it was about
	// Who is the SPIFFE ID of who said it, Proven by its connection or by its
	// signature, and From where; else it is that of the node it was about, if
	// that is known: of what is handed on, nobody can tell who began it.
	Who    string
	Proven bool
	From   string // network address; "" unknown
	Why    string
	Count  int
	Last   time.Time
}

// tellAgain is how long nothing is told of a refusal like one that was told.
const tellAgain = 10 * time.Second

func newBook(self flow.NodeID, v Verifier) *book {
	return &book{self: self, verify: v, entries: map[flow.NodeID]*entry{}, raw: map[string]*statement{}, refused: map[string]*Refusal{}}
}

// newest is the node's info as far as its statement and its record go.
func (e *entry) newest() flow.NodeInfo {
	info := e.said.info
	if e.short != nil && e.said.at.less(e.short.at) {
		info.Door, info.Boot = e.short.door, e.short.at.boot
	}
	return info
}

// runs notes of which run of the node something new is. One that was started
// anew before anybody missed it has been up since then only.
func (e *entry) runs(boot uint64, now time.Time) {
	if e.up && boot > e.newest().Boot {
		e.since = now
	}
}

// holds tells whether the certificate of a node's statement still does: it may
// have been revoked since. The caller holds mu.
func (b *book) holds(e *entry, now time.Time) error {
	if now.Sub(e.asked) < holdsFor && !now.Before(e.asked) {
		return nil
	}
	if _, err := b.verify.Identify(e.said.chain, now); err != nil {
		return err
	}
	e.asked = now
	return nil
}

// holdsFor is how long a certificate that holds is not asked about again.
const holdsFor = time.Second

// identity is who a node is, by the certificate of its statement.
func (b *book) identity(id flow.NodeID, now time.Time) flow.Identity {
	b.mu.Lock()
	e := b.entries[id]
	b.mu.Unlock()
	if e == nil {
		return flow.Identity{}
	}
	who, _ := b.verify.Identify(e.said.chain, now)
	return who
}

// What believe and learn answer beside nil.
var (
	errOld      = errors.New("a newer one is known")
	errUnknown  = errors.New("the node has not been met yet")
	errSelf     = errors.New("another process speaks as this node")
	errMismatch = errors.New("record and statement of one number differ")
)

// learn takes in a statement from anybody. It returns [errOld] if there was
// nothing to learn; any other error means that the statement is not true.
func (b *book) learn(s *statement, now time.Time) error {
	if known, ok := b.numberOf(s.info.ID); ok && !known.less(s.at) {
		return errOld // as nearly all are: not worth a check
	}
	if err := s.check(b.verify, now); err != nil {
		return err
	}
	if s.info.ID == b.self {
		return errSelf
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.put(s, now)
}

func (b *book) numberOf(id flow.NodeID) (number, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[id]
	if e == nil {
		return number{}, false
	}
	return e.said.at, true
}

// put is called with mu held and a statement that holds.
func (b *book) put(s *statement, now time.Time) error {
	e := b.entries[s.info.ID]
	if e == nil {
		b.entries[s.info.ID] = &entry{said: s}
		b.raw[string(s.raw)] = s
		return nil
	}
	if !e.said.at.less(s.at) {
		return errOld
	}
	delete(b.raw, string(e.said.raw))
	b.raw[string(s.raw)] = s
	e.runs(s.at.boot, now)
	e.said = s
	return nil
}

// knows is the statement of those bytes, if it is the newest of its node; it has
// been verified then.
func (b *book) knows(raw []byte) *statement {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.raw[string(raw)]
}

// own replaces what this node says of itself.
func (b *book) own(s *statement, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[b.self]
	if e == nil {
		e = &entry{up: true, since: now}
		b.entries[b.self] = e
	}
	e.said = s
}

// believe judges memberlist's word that a node is alive with this record.
func (b *book) believe(id flow.NodeID, meta []byte, now time.Time) error {
	r, err := readRecord(meta)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[id]
	switch {
	case e == nil || e.said.leaf != r.leaf:
		return fmt.Errorf("%w (door %s)", errUnknown, r.door)
	}
	if err := b.holds(e, now); err != nil {
		return err
	}
	switch {
	case bytes.Equal(e.meta, meta):
		return nil
	case e.short != nil && r.at.less(e.short.at) || r.at.boot < e.said.at.boot:
		return errOld
	}
	if r.at == e.said.at && r.digest == sha256.Sum256(e.said.body) && r.door == e.said.info.Door {
		// It says nothing that the statement, whose signature holds, does not.
		e.runs(r.at.boot, now)
		e.meta, e.short = bytes.Clone(meta), r
		return nil
	}
	if err := r.check(id, e.said.chain[0]); err != nil {
		return err
	}
	if r.at == e.said.at {
		return errMismatch
	}
	e.runs(r.at.boot, now)
	e.meta, e.short = bytes.Clone(meta), r
	return nil
}

// mark notes that a node is up or not, and says whether that is news and
// whether the node had said goodbye.
func (b *book) mark(id flow.NodeID, up bool, now time.Time) (news, left bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[id]
	if e == nil || e.up == up && !e.since.IsZero() {
		return false, false
	}
	e.up, e.since = up, now
	return true, e.said.left
}

// refuse counts something not believed; tell is true if nothing like it was
// refused lately.
func (b *book) refuse(r Refusal) (count int, tell bool) {
	const most = 1000 // different ones; more would be an attack on memory
	key := string(r.Node) + "\x00" + r.Who + "\x00" + r.Why
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.refused[key]
	if was == nil {
		if len(b.refused) == most {
			return 0, false
		}
		was = new(Refusal)
		b.refused[key] = was
	}
	r.Count = was.Count + 1
	tell = was.Count == 0 || r.Last.Sub(was.Last) >= tellAgain
	if !tell {
		r.Last = was.Last // of the newest that was told
	}
	*was = r
	return r.Count, tell
}

func (b *book) refusals() []Refusal {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Refusal
	for _, r := range b.refused {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(x, y Refusal) int { return cmp.Or(cmp.Compare(x.Node, y.Node), cmp.Compare(x.Why, y.Why)) })
	return out
}

func (b *book) all() []Member {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Member, 0, len(b.entries))
	for _, e := range b.entries {
		out = append(out, Member{NodeInfo: e.newest(), Up: e.up, Left: e.said.left && !e.up, Keys: e.said.keys, Since: e.since})
	}
	slices.SortFunc(out, func(x, y Member) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

func (b *book) lookup(id flow.NodeID) (flow.NodeInfo, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[id]
	if e == nil {
		return flow.NodeInfo{}, false
	}
	return e.newest(), true
}

// statements are the newest of all nodes that have not said goodbye, as bytes.
func (b *book) statements() [][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out [][]byte
	for _, e := range b.entries {
		if !e.said.left || e.up {
			out = append(out, e.said.raw)
		}
	}
	slices.SortFunc(out, bytes.Compare)
	return out
}
