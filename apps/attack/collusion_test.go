package attack

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
	store "github.com/wardflow/wardflow/runtime/store/sqlite"
)

// AT-collusion: a collector and storage that rewrite a stored chunk together. They
// have the collector's key, which vouches for a device that can't sign, the
// patient's card in the collector's reader, the key of the node that judged, and
// the store's file. What they make holds by itself; the logs of checks, anchored
// before, say what it was.
func TestCollusion(t *testing.T) {
	h := housetest.Open(t, housetest.Config{})
	at := time.Now().UTC().Add(-10 * time.Second)
	bring := func(first int, values ...string) {
		t.Helper()
		var all []any
		for i, v := range values {
			all = append(all, map[string]any{"stream": "temp", "seq": first + i, "kind": "8310-5", "unit": "Cel", "value": v,
				"at": at.Add(time.Duration(first+i) * time.Second).Format(time.RFC3339Nano)})
		}
		b, err := json.Marshal(all)
		must(t, err)
		h.BringHTTPS("application/json", b)
	}
	bring(1, "1.1", "36.6") // of which the first is refused
	a := newAuditor(t, h)
	a.prove(h.Monitor.ID.EPC + "/temp/2") // so the window with the refused one is closed
	bring(3, "36.7")
	was := a.all()
	h.Close()

	c := conspirators{t: t, h: h, device: h.Monitor.ID.EPC}
	for _, name := range []string{"wardflow verify", "held against the logs"} {
		if out := c.check(name); !out.OK() || out.Judged == 0 {
			t.Fatalf("before anything was changed: %+v", out)
		}
	}
	c.rewrite(3, 41_500_000)
	out := c.check("after chunk 3 was rewritten")
	if out.OK() || !strings.Contains(out.First, "no log has accepted what is stored") || !strings.Contains(out.First, "reading 3 of temp") ||
		!strings.Contains(out.First, "was of "+was[:16]) {
		t.Fatalf("a rewritten chunk goes unseen: %+v", out)
	}
	t.Logf("found: %s", out.First)
	c.logs()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An auditor has a running hospital prove readings, by a node that has none of them.
type auditor struct {
	t      *testing.T
	h      *housetest.House
	client *control.Client
}

func newAuditor(t *testing.T, h *housetest.House) *auditor {
	t.Helper()
	conf := pki.ClientTLS(func() flow.Signer { return h.Engineer }, h.Verifier, pki.Only(flow.RoleNode))
	client, err := control.NewClient("https://"+h.Configs[housetest.Bedside].Control, conf)
	must(t, err)
	t.Cleanup(client.Close)
	return &auditor{t, h, client}
}

// prove has a bundle made, and verifies it twice.
func (a *auditor) prove(of string) *evidence.Report {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 5*time.Minute)
	defer cancel()
	text, err := a.client.Prove(ctx, control.ProveQuery{Of: of, Wait: 40 * time.Second})
	if err != nil {
		a.t.Fatalf("prove %s: %v", of, err)
	}
	b, err := evidence.Parse(text)
	must(a.t, err)
	r, err := b.Verify(evidence.Options{Trust: a.h.Verifier.Trust(), Witnesses: 1})
	if err != nil {
		a.t.Fatalf("prove %s: %v\n%+v", of, err, r)
	}
	secondVerifier(a.t, a.h, text)
	return r
}

// all proves readings, stored and refused, and gives the hash of reading 3.
func (a *auditor) all() string {
	a.t.Helper()
	epc := a.h.Monitor.ID.EPC
	stored := a.prove(epc + "/temp/3")
	if stored.Reading == nil || !stored.Reading.Vouched || stored.Reading.Value != "36.7" || len(stored.Checks) != 2 {
		a.t.Errorf("reading 3: %+v", stored)
	}
	for _, c := range stored.Checks {
		if c.Reason != "accepted" || len(c.Witnesses) < 2 || c.Rule == "" {
			a.t.Errorf("a check of reading 3: %+v", c)
		}
	}
	if again := a.prove(stored.Reading.Leaf); again.Reading == nil || again.Reading.Leaf != stored.Reading.Leaf {
		a.t.Errorf("reading 3 by its hash: %+v", again)
	}
	if one := a.prove(fmt.Sprintf("%s/%d", stored.Checks[0].Log, stored.Checks[0].Index)); one.Reading == nil || one.Reading.Leaf != stored.Reading.Leaf {
		a.t.Errorf("reading 3 by its check: %+v", one)
	}
	refused := a.prove(epc + "/temp/1")
	if refused.Reading != nil || len(refused.Checks) != 1 || refused.Checks[0].Reason != "too low" || refused.Checks[0].Place != "collector" {
		a.t.Errorf("the refused reading: %+v", refused)
	}
	for _, of := range []string{epc + "/temp/99", strings.Repeat("0", 64), stored.Checks[0].Log + "/999999"} {
		if _, err := a.client.Prove(a.t.Context(), control.ProveQuery{Of: of}); !errors.Is(err, control.ErrNotFound) {
			a.t.Errorf("prove %s, which is nowhere: %v, want ErrNotFound", of, err)
		}
	}
	return stored.Reading.Leaf
}

// secondVerifier runs verify.mjs on a bundle, as anybody would.
func secondVerifier(t *testing.T, h *housetest.House, text []byte) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Log("no node here to run the second verifier with")
		return
	}
	file := filepath.Join(t.TempDir(), "proof.json")
	must(t, os.WriteFile(file, text, 0o600))
	out, err := exec.CommandContext(t.Context(), node, "../../contracts/verify/verify.mjs", file, h.File("trust.pem")).CombinedOutput()
	if err != nil || !bytes.HasSuffix(out, []byte("\nPROVED\n")) {
		t.Errorf("the second verifier: %v\n%s", err, out)
	}
}

// conspirators have a hospital's files to themselves.
type conspirators struct {
	t      *testing.T
	h      *housetest.House
	device string
}

func (c *conspirators) file() string { return c.h.Configs[housetest.Records].Store }

// check is what wardflow verify does with --checks: the record by itself, which
// must hold, then against the logs.
func (c *conspirators) check(when string) *evidence.Collation {
	c.t.Helper()
	st, err := store.OpenReadOnly(c.file())
	must(c.t, err)
	defer st.Close()
	r, err := proof.Verify(c.t.Context(), st, proof.Strict(func() proof.Trust { return pki.NewVerifier(c.h.Verifier.Trust()) }), "")
	must(c.t, err)
	if !r.OK() {
		c.t.Fatalf("%s: the record does not even hold by itself: %s", when, r.First)
	}
	out := new(evidence.Collation)
	c.chain(func(contract anchor.Contract) {
		var folders []evidence.Folder
		for _, n := range housetest.Nodes {
			dir := filepath.Join(c.h.Configs[n].Dir, "checks")
			key, err := chain.LoadKey(filepath.Join(dir, "log.key"), "")
			must(c.t, err)
			folders = append(folders, evidence.Folder{Dir: filepath.Join(dir, "log"), Account: key.Address()})
		}
		out, err = evidence.Collate(c.t.Context(), st, folders, contract)
		must(c.t, err)
	})
	return out
}

// chain reads the chain's folder.
func (c *conspirators) chain(do func(anchor.Contract)) {
	c.t.Helper()
	e, err := chain.Open(chain.Config{Dir: c.h.Configs[housetest.Records].Chain.Dir, Log: slog.New(slog.DiscardHandler)})
	must(c.t, err)
	defer e.Close()
	manager, err := chain.ParseAddress(c.h.Configs[housetest.Records].Chain.Manager)
	must(c.t, err)
	contract, err := anchor.Of(c.t.Context(), e, manager)
	must(c.t, err)
	do(contract)
}

// rewrite gives a stored reading another value, and makes everything anew that
// hangs on it: the voucher, its window and all windows after that, the judgments.
func (c *conspirators) rewrite(seq uint64, micro int64) {
	c.t.Helper()
	st, err := store.OpenReadOnly(c.file())
	must(c.t, err)
	defer st.Close()
	was, err := st.Reading(c.t.Context(), proof.Stream{Device: c.device, Name: "temp"}, seq)
	must(c.t, err)
	collector, card := c.signer("ward", "identities", "bed-1"), c.signer("cards", c.h.Patient)
	lie := was.Reading.Reading
	lie.Scale, lie.Samples = 1, []int64{micro}
	sealed, err := proof.Vouch(collector, was.Reading.Voucher.At, []proof.Vouched{{Reading: &lie, Device: was.Reading.Cert}})
	must(c.t, err)
	forged, err := proof.OpenReading(sealed[0])
	must(c.t, err)

	db, err := sqlite.OpenConn(c.file(), sqlite.OpenReadWrite)
	must(c.t, err)
	defer db.Close()
	exec := func(query string, args ...any) {
		c.t.Helper()
		must(c.t, sqlitex.Execute(db, query, &sqlitex.ExecOptions{Args: args}))
		if db.Changes() != 1 {
			c.t.Fatalf("%s changed %d rows", query, db.Changes())
		}
	}
	exec("UPDATE chunk SET bytes = ? WHERE id = (SELECT id FROM reading WHERE device = ? AND stream = 'temp' AND seq = ?)", forged.Bytes, c.device, seq)
	exec("UPDATE reading SET leaf = ? WHERE device = ? AND stream = 'temp' AND seq = ?", forged.Leaf[:], c.device, seq)
	var prior *proof.Window // the one before, as it is now
	changed := false
	for s, err := range st.Sealed(c.t.Context(), c.h.Patient) {
		must(c.t, err)
		w, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: s.Bytes})
		must(c.t, err)
		if s.Encounter != was.Encounter {
			continue
		}
		if changed = changed || w.Number == was.Window; changed {
			w = c.again(st, w, prior, was.Reading.Leaf, forged, collector, card)
			exec("UPDATE window SET bytes = ?, hash = ? WHERE patient = ? AND encounter = ? AND number = ?", w.Bytes, w.Hash[:], s.Patient, s.Encounter, w.Number)
		}
		prior = w
	}
}

func (c *conspirators) signer(dir ...string) flow.Signer {
	c.t.Helper()
	s, err := pki.LoadSigner(c.h.File(dir...))
	must(c.t, err)
	if s.ID, err = c.h.Verifier.Identify(s.Chain, time.Now()); err != nil {
		c.t.Fatal(err)
	}
	return s
}

// again closes and judges a window anew, with one leaf of another reading.
func (c *conspirators) again(st *store.Store, w, prior *proof.Window, leaf [32]byte, forged *proof.Reading, collector, card flow.Signer) *proof.Window {
	c.t.Helper()
	d := c.draft(w, prior)
	kept, err := st.Leaves(c.t.Context(), w.Patient, w.Encounter, w.Number)
	must(c.t, err)
	for _, l := range kept {
		r, err := proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: l.Bytes})
		must(c.t, err)
		if r.Leaf == leaf {
			r = forged
		}
		must(c.t, d.Add(r))
	}
	s, err := d.Close(card, collector, func(hash [32]byte) (*x509.Certificate, error) {
		if cert := w.Devices[hash]; cert != nil {
			return cert, nil
		}
		return collector.Chain[0], nil
	}, w.Closed)
	must(c.t, err)
	for _, j := range w.Judgments {
		s, err = proof.Judge(s, c.signer("ward", "certificate"), j.Findings, j.At)
		must(c.t, err)
	}
	out, err := proof.OpenWindow(s)
	must(c.t, err)
	return out
}

// draft is the collector's state before a window, as its keeper can write it.
func (c *conspirators) draft(w, prior *proof.Window) *proof.Draft {
	c.t.Helper()
	var prev [32]byte
	if prior != nil {
		prev = prior.Hash
	}
	mode, err := cbor.CoreDetEncOptions().EncMode()
	must(c.t, err)
	none := []any{}
	state, err := mode.Marshal(map[int]any{1: 1, 2: w.Patient, 3: w.Encounter, 4: w.Number, 5: prev[:], 6: []byte{}, 7: []byte{}, 8: [2]int64{}, 9: none, 10: none})
	must(c.t, err)
	d, err := proof.OpenDraft(state)
	must(c.t, err)
	return d
}
