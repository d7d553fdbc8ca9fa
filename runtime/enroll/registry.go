package enroll

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// A registry is the list of all holders and of the tokens that are out. It is a
// file of JSON lines in the CA's folder, each of which replaces what earlier
// ones say of the same holder or token. Several processes may use it: each
// change is made with the file locked, after reading what others have added.
type registry struct {
	mu   sync.Mutex // guards what follows
	file *lineFile
	has  contents
}

// contents are what the lines of a registry say together.
type contents struct {
	entries map[string]Entry  // by URI
	tickets map[string]ticket // by the token's hash
}

// A ticket is what is kept of a token.
type ticket struct {
	Hash   string    `json:"hash"`   // SHA-256 of the secret, hex: who reads the file can't use it
	Holder Entry     `json:"holder"` // what the holder's entry is to be
	Until  time.Time `json:"until"`
	Used   time.Time `json:"used,omitzero"`
	By     string    `json:"by"`
	Again  bool      `json:"again,omitempty"`
}

// good is nil if the ticket can be used now.
func (t ticket) good(now time.Time) error {
	switch {
	case !t.Used.IsZero():
		return fmt.Errorf("it was used at %s: %w", t.Used.Format(time.RFC3339), ErrToken)
	case now.After(t.Until):
		return fmt.Errorf("it ended at %s: %w", t.Until.Format(time.RFC3339), ErrToken)
	}
	return nil
}

// A line is one change: all of it or nothing.
type line struct {
	Entries []Entry  `json:"entries,omitempty"`
	Tickets []ticket `json:"tokens,omitempty"`
}

func (c *contents) apply(l line) {
	for _, e := range l.Entries {
		c.entries[e.URI] = e
	}
	for _, t := range l.Tickets {
		c.tickets[t.Hash] = t
	}
}

// keepTickets is how long a token is remembered after it ended, to tell who
// tries it later why it is refused.
const keepTickets = 24 * time.Hour

// live are the contents as lines, without what nobody needs any more.
func (c *contents) live(now time.Time) []line {
	maps.DeleteFunc(c.tickets, func(_ string, t ticket) bool { return now.Sub(t.Until) > keepTickets })
	var all []line
	for _, uri := range slices.Sorted(maps.Keys(c.entries)) {
		all = append(all, line{Entries: []Entry{c.entries[uri]}})
	}
	for _, hash := range slices.Sorted(maps.Keys(c.tickets)) {
		all = append(all, line{Tickets: []ticket{c.tickets[hash]}})
	}
	return all
}

// openRegistry opens the registry in a file, which it makes if need be.
func openRegistry(path string) (*registry, error) {
	r := &registry{file: &lineFile{path: path}}
	if err := r.read(func(*contents) {}); err != nil {
		return nil, err
	}
	return r, nil
}

// read shows what the registry says now. look must not keep c.
func (r *registry) read(look func(c *contents)) error {
	return r.update(func(c *contents) (line, error) {
		look(c)
		return line{}, nil
	})
}

// update decides upon what the registry says now, alone, and adds a line. When
// it returns nil the line is on disk. An error of decide is returned as it is.
func (r *registry) update(decide func(c *contents) (line, error)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	unlock, err := r.file.lock()
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	defer unlock()
	if err := r.catchUp(); err != nil {
		return err
	}
	l, err := decide(&r.has)
	if err != nil || len(l.Entries)+len(l.Tickets) == 0 {
		return err
	}
	if err := r.file.add(l); err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	r.has.apply(l)
	return r.shrink()
}

// shrink writes the file anew when most of it is of no use any more.
func (r *registry) shrink() error {
	if r.file.lines < linesKept {
		return nil
	}
	live := r.has.live(time.Now())
	if r.file.lines < 8*len(live) {
		return nil
	}
	if err := r.file.rewrite(live); err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	return nil
}

// linesKept is how long a registry may be whatever it says.
const linesKept = 1000

// catchUp reads what was added since; the file is locked.
func (r *registry) catchUp() error {
	anew, lines, err := r.file.news()
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	if anew {
		r.has = contents{entries: map[string]Entry{}, tickets: map[string]ticket{}}
	}
	for _, l := range lines {
		r.has.apply(l)
	}
	return nil
}

// out are the tickets of a holder that were not used, newest first; live says
// that one of them can still be.
func (c *contents) out(uri string, now time.Time) (all []ticket, live bool) {
	for _, t := range c.tickets {
		if t.Holder.URI == uri && t.Used.IsZero() {
			all = append(all, t)
			live = live || t.good(now) == nil
		}
	}
	slices.SortFunc(all, func(a, b ticket) int { return b.Until.Compare(a.Until) })
	return all, live
}

// find is the entry that a person means: a SPIFFE ID, an EPC's URN or hex
// digits, role/name, or a name that only one holder has.
func (c *contents) find(who string) (Entry, error) {
	if e, ok := c.entries[who]; ok {
		return e, nil
	}
	var found []Entry
	for _, e := range c.entries {
		_, path, _ := strings.Cut(strings.TrimPrefix(e.URI, "spiffe://"), "/")
		if who != "" && (e.EPC == who || path == who || e.Name == who) {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return Entry{}, fmt.Errorf("%.100q: %w: `wardflow ca list` shows who is", who, ErrUnknown)
	case 1:
		return found[0], nil
	}
	return Entry{}, fmt.Errorf("%.100q: several holders are called that, such as %s: say which", who, found[0].URI)
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
