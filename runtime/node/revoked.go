package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/durable"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/register"
)

// Who is revoked stands in lists that the hospital's authorities sign and number,
// so it does not matter who brings one. This node gets them from its disk, from
// the register, from other nodes, and from the authorities' service; it keeps
// each, and sees that the others have it too: by the register, and by telling
// each node, which works without a majority.

// keyCRL begins the key of an authority's newest list in the register; the rest
// is its key identifier, in hex.
const keyCRL = "crl/"

// lists are this node's lists of revocations on their way.
type lists struct {
	n    *Node
	dir  string
	news chan struct{} // holds one: there is something to pass on

	keeping sync.Mutex           // held while files are written; guards first
	first   map[string]time.Time // what firstFile says

	mu     sync.Mutex // guards what follows
	have   map[flow.NodeID]had
	warned time.Time         // when it was said last that lists grow old
	bad    map[string]uint64 // numbers of lists in the register that don't hold, by key: logged once
}

// A had is what another node is known to have.
type had struct {
	boot    uint64
	numbers map[string]uint64 // by issuer
}

func newLists(n *Node) *lists {
	return &lists{n: n, dir: filepath.Join(n.cfg.Dir, "revoked"), news: make(chan struct{}, 1), have: map[flow.NodeID]had{}, bad: map[string]uint64{}}
}

// numbers are those of the newest lists that this node believes, by issuer.
func (n *Node) numbers() map[string]uint64 {
	out := map[string]uint64{}
	for _, der := range n.verifier.Lists() {
		if l, err := pki.ReadList(der); err == nil {
			out[l.Issuer] = l.Number
		}
	}
	return out
}

// takeCRL takes in a list, in DER or PEM. It is in force when takeCRL returns,
// and passed on by and by. One that is older than what is known changes nothing,
// and is no error; one that nobody of the hospital has signed is one.
func (n *Node) takeCRL(crl []byte, from string) (changed bool, err error) {
	switch changed, err = n.verifier.Revoke(crl); {
	case errors.Is(err, pki.ErrOldList):
		return false, nil
	case err != nil || !changed:
		return false, err
	}
	l, err := pki.ReadList(crl)
	if err != nil {
		return true, err // can't be: it is in force
	}
	if err := n.lists.keep(l.Issuer); err != nil {
		n.log.Error("list of revocations could not be kept on disk: until it can, this node must hear of it anew when it starts", "err", err)
	}
	n.audit(flow.AuditEvent{Kind: flow.AuditIdentity, Who: from, What: fmt.Sprintf("revocation list %d of authority %s came into force: %d revoked", l.Number, l.Issuer, len(l.Entries))})
	n.lists.again()
	return true, nil
}

func (ls *lists) again() {
	select {
	case ls.news <- struct{}{}:
	default:
	}
}

// of is the newest list of an authority, in DER; nil: none.
func (n *Node) listOf(issuer string) []byte {
	for _, der := range n.verifier.Lists() {
		if l, err := pki.ReadList(der); err == nil && l.Issuer == issuer {
			return der
		}
	}
	return nil
}

// keep writes the newest list of an authority, so that after a crash the old or
// the new one is there.
func (ls *lists) keep(issuer string) error { return ls.keepAs(issuer, ls.n.listOf(issuer)) }

func (ls *lists) keepAs(issuer string, der []byte) error { return ls.write(issuer+".crl", der) }

// write puts a file into the place of an older one.
func (ls *lists) write(name string, b []byte) error {
	ls.keeping.Lock()
	defer ls.keeping.Unlock()
	if err := os.MkdirAll(ls.dir, 0o700); err != nil {
		return err
	}
	return durable.Replace(filepath.Join(ls.dir, name), b, 0o600)
}

// load reads what was known when this node ran last, before it lets anybody in.
// A list that does not hold any more, because its authority is not believed any
// more, is set aside.
func (ls *lists) load() error {
	entries, err := os.ReadDir(ls.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".crl") {
			continue
		}
		file := filepath.Join(ls.dir, e.Name())
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := ls.n.verifier.Revoke(b); err != nil && !errors.Is(err, pki.ErrOldList) {
			ls.n.log.Warn("list of revocations on disk does not hold and is set aside", "file", file, "err", err)
			if err := os.Rename(file, file+".refused"); err != nil {
				return err
			}
		}
	}
	return nil
}

// readRevoked is a step of Start: what is revoked is known before the door opens.
func (n *Node) readRevoked(context.Context) error {
	n.lists = newLists(n)
	if err := n.lists.load(); err != nil {
		return fmt.Errorf("read what is revoked: %w", err)
	}
	if err := n.requireLists(); err != nil {
		return fmt.Errorf("read since when authorities are believed: %w", err)
	}
	if err := n.verifier.Holds(n.signer().ID, time.Now()); errors.Is(err, pki.ErrRevoked) {
		return fmt.Errorf("its own certificate: %w: enrol this node anew", err)
	}
	return nil
}

// proveList judges a list that another node puts into the register.
func (n *Node) proveList(key string, value []byte) error {
	number, der, err := register.ReadRising(value)
	if err != nil {
		return err
	}
	l, err := pki.ReadList(der)
	switch {
	case err != nil:
		return err
	case key != keyCRL+l.Issuer:
		return fmt.Errorf("it is of authority %q", l.Issuer)
	case l.Number != number:
		return fmt.Errorf("its number is %d, not %d", l.Number, number)
	}
	_, err = n.takeCRL(der, "")
	return err
}

// fromRegister takes in what the register has that is newer, and gives what it
// lacks.
func (n *Node) fromRegister(view *register.View) (lacks map[string]uint64) {
	lacks = n.numbers()
	for key, value := range view.Settings {
		issuer, is := strings.CutPrefix(key, keyCRL)
		if !is {
			continue
		}
		number, der, err := register.ReadRising(value)
		if err == nil && number > lacks[issuer] {
			_, err = n.takeCRL(der, "the register")
		}
		if err != nil && n.lists.firstBad(key, number) {
			n.log.Warn("list of revocations in the register does not hold", "key", key, "err", err)
		}
		if number >= lacks[issuer] {
			delete(lacks, issuer)
		}
	}
	return lacks
}

func (ls *lists) firstBad(key string, number uint64) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	was, ok := ls.bad[key]
	ls.bad[key] = number
	return !ok || was != number
}

// lacking are the lists that a node is not known to have, by issuer.
func (ls *lists) lacking(node flow.NodeID, boot uint64, mine map[string]uint64) []string {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	h, ok := ls.have[node]
	if !ok || h.boot != boot {
		h = had{}
	}
	var out []string
	for issuer, number := range mine {
		if h.numbers[issuer] < number {
			out = append(out, issuer)
		}
	}
	return out
}

// has notes what a node has said that it has.
func (ls *lists) has(node flow.NodeID, boot uint64, numbers map[string]uint64) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.have[node] = had{boot, maps.Clone(numbers)}
}
