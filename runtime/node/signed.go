package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/durable"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

// What people have signed, and how this node believes it. A statement is judged
// as of the time when it was signed: that a card has expired since, or was
// revoked since, takes nothing back that was said with it in good time. What is
// said with a revoked card is not believed. Since who has stolen a card puts any
// time under what it signs, no statement is believed that is older than the
// newest about the same thing; and once the card is revoked as stolen, only what
// this node has acted upon before. A root that is withdrawn takes along all that
// was signed below it: that must be signed anew.

// skew is how far ahead of this node's clock a signer's may be.
const skew = 5 * time.Minute

// said opens a statement of some kind, and verifies that a member of the staff
// of this hospital has made it.
func (n *Node) said(raw []byte, kind string) (*proof.Statement, flow.Identity, error) {
	fail := func(err error) (*proof.Statement, flow.Identity, error) { return nil, flow.Identity{}, err }
	if len(raw) == 0 {
		return fail(control.ErrUnsigned)
	}
	st, err := proof.OpenStatement(raw)
	if err != nil {
		return fail(fmt.Errorf("%w: %w", control.ErrUnsigned, err))
	}
	if st.Kind != kind {
		return fail(fmt.Errorf("%w as a %s, but as a %s", control.ErrUnsigned, kind, st.Kind))
	}
	if ahead := time.Until(st.At); ahead > skew {
		return fail(fmt.Errorf("%w yet: the time in it is %s ahead of this node's clock", control.ErrUnsigned, ahead.Round(time.Second)))
	}
	who, err := n.verifier.IdentifyThen(st.Chain, st.At)
	if err != nil {
		return fail(fmt.Errorf("%w by anybody known here: %w", control.ErrUnsigned, err))
	}
	if who.Role != flow.RoleStaff {
		return fail(fmt.Errorf("%w by a person: %s is a %s", control.ErrUnsigned, who.URI, who.Role))
	}
	if err := n.ours(who); err != nil {
		return fail(fmt.Errorf("%w by anybody of this hospital: %w", control.ErrUnsigned, err))
	}
	return st, who, nil
}

// inTime is nil unless the certificate of who signed a statement was revoked
// since, and its key may have been stolen: who has it writes any time into what
// it signs. Then a statement counts only if this node has acted upon it before.
func (n *Node) inTime(who flow.Identity, thing string, at time.Time) error {
	r, revoked := n.verifier.Revoked(who)
	if !revoked || kept[r.Reason] {
		return nil
	}
	if newest, _ := n.guard.memory.older(thing, at); newest.Equal(at) {
		return nil
	}
	return fmt.Errorf("%w by a certificate that holds: that of %s was revoked at %s (%s), its key may have been stolen, and this node has not run this before: have somebody else sign it",
		control.ErrUnsigned, who.URI, r.At.UTC().Format(time.RFC3339), r.Reason)
}

// kept are the reasons for a revocation that say that the key was not stolen. A
// card that is superseded may be one that was lost: another was made for it.
var kept = map[pki.Reason]bool{pki.AffiliationChanged: true, pki.CessationOfOperation: true}

// newly is said for a statement that is brought just now: its certificate holds
// now, and its time is about now.
func (n *Node) newly(raw []byte, kind string) (*proof.Statement, flow.Identity, error) {
	st, who, err := n.said(raw, kind)
	if err != nil {
		return nil, who, err
	}
	if _, err := n.verifier.Identify(st.Chain, time.Now()); err != nil {
		return nil, who, fmt.Errorf("%w by anybody who may now: %w", control.ErrUnsigned, err)
	}
	if age := time.Since(st.At); age > skew {
		return nil, who, fmt.Errorf("%w just now: the time in it is %s ago by this node's clock: set the clocks, and sign again",
			control.ErrUnsigned, age.Round(time.Second))
	}
	return st, who, nil
}

// A memory knows how new the newest statement about each thing was that this
// node has acted upon. It is kept on disk, so that a restart forgets nothing.
type memory struct {
	file string

	mu  sync.Mutex // guards all
	all map[string]time.Time
}

// mostRemembered is how many things a memory knows of; the oldest go first.
const mostRemembered = 4096

func openMemory(file string) (*memory, error) {
	m := &memory{file: file, all: map[string]time.Time{}}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &m.all)
	}
	if err != nil {
		return nil, fmt.Errorf("read what was signed last: %w: take %s away if it is damaged; then an older version could be put once more", err, file)
	}
	return m, nil
}

// older reports whether something newer was said about a thing.
func (m *memory) older(thing string, at time.Time) (newest time.Time, yes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	newest = m.all[thing]
	return newest, at.Before(newest)
}

// note remembers that something was said about a thing.
func (m *memory) note(thing string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.all[thing].Before(at) {
		return nil
	}
	m.all[thing] = at
	for len(m.all) > mostRemembered {
		oldest := thing
		for k, t := range m.all {
			if t.Before(m.all[oldest]) {
				oldest = k
			}
		}
		delete(m.all, oldest)
	}
	b, err := json.Marshal(m.all)
	if err != nil {
		return err
	}
	return durable.Replace(m.file, b, 0o600)
}
