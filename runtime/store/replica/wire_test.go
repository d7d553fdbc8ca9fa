package replica

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

func ward(tb testing.TB) *prooftest.Ward {
	h := pkitest.New(tb)
	const place = "h1/3/icu-3/ecg"
	return &prooftest.Ward{Patient: "p-1", Card: h.Patient("p-1"), Collector: h.Collector("bed-1", place), Judge: h.Node("bedside"),
		Devices: []flow.Signer{h.Device("urn:epc:id:giai:0614141.9001", place), h.Device("urn:epc:id:giai:0614141.9002", place)}, Trust: h.Verifier()}
}

// ops are one of each sort.
func ops(tb testing.TB, w *prooftest.Ward) []op {
	readings := w.Readings(tb, 5)
	windows, refused := storetest.Window(tb, w, w.Window(tb, readings, 3))
	kept := append(append([]*proof.Reading(nil), readings[:3]...), readings[4:]...)
	c := flow.Checkpoint{Actor: "ward:store", Epoch: 7, Version: 1, State: []byte("state"), Taken: map[flow.LinkID]uint64{"l": 5, "k": 2},
		Out: []flow.OutToken{{Link: "o", Token: flow.Token{Value: "x", Source: "ward:store", Seq: 1, Made: time.Unix(5, 6).UTC()}}}}
	return []op{
		{actor: "ward:store", epoch: 7},
		{batch: store.Batch{}},
		{batch: store.Batch{Waiting: storetest.Chunks(w, kept), Refused: refused, Windows: windows, Checkpoint: c}},
		{batch: store.Batch{Windows: []store.Window{{Window: windows[0].Window, Stored: w.Now(), Quarantine: "why"}, windows[0]}}},
		{batch: store.Batch{Quarantine: []store.Quarantine{{Patient: "p-1", Number: 3, Bytes: []byte("no window"), Err: "why", At: w.Now()}}}},
	}
}

// What is written is read again as the same; one byte less or more is not.
func TestOps(t *testing.T) {
	for i, o := range ops(t, ward(t)) {
		b, err := o.encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := readOp(b)
		if err != nil {
			t.Fatalf("op %d: %v", i, err)
		}
		again, err := got.encode()
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("op %d is written as %d bytes and then as other %d, %v", i, len(b), len(again), err)
		}
		for n := range b {
			if _, err := readOp(b[:n]); err == nil {
				t.Errorf("op %d is read from its first %d bytes", i, n)
			}
		}
		if _, err := readOp(append(b, 0)); err == nil {
			t.Errorf("op %d is read with a byte behind it", i)
		}
	}
}

func FuzzOp(f *testing.F) {
	for _, o := range ops(f, ward(f)) {
		b, err := o.encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := readOp(b)
		if err != nil {
			return
		}
		if again, err := o.encode(); err != nil || !bytes.Equal(b, again) {
			t.Errorf("%x is read and written as %x, %v", b, again, err)
		}
	})
}

// Errors keep their type and their parts on the way; their text is the same.
func TestAnswers(t *testing.T) {
	given := []answer{{}, {whole: flow.Checkpoint{Actor: "a:s", Epoch: 3, Taken: map[flow.LinkID]uint64{"l": 1}}},
		{err: errors.Join(flow.ErrStale)}, {err: errors.New("why not")},
		{err: &store.ReplayError{Index: 4, Stream: proof.Stream{Device: "D", Name: "hr"}, Seq: 9}},
		{err: &store.LeafError{Patient: "p", Window: 2, Index: 1, Leaf: [32]byte{1, 2}}},
		{err: &store.ChainError{Patient: "p", Number: 3, Last: 1}}}
	got, err := readAnswers(appendAnswers(given))
	if err != nil || len(got) != len(given) {
		t.Fatalf("%d answers, %v", len(got), err)
	}
	for i, g := range given {
		if (g.err == nil) != (got[i].err == nil) || g.err != nil && g.err.Error() != got[i].err.Error() || got[i].whole.Epoch != g.whole.Epoch {
			t.Errorf("answer %d: %+v, want %+v", i, got[i], g)
		}
	}
	var replay *store.ReplayError
	var leaf *store.LeafError
	var chain *store.ChainError
	if !errors.Is(got[2].err, flow.ErrStale) || !errors.As(got[4].err, &replay) || replay.Index != 4 || !errors.As(got[5].err, &leaf) ||
		leaf.Leaf[1] != 2 || !errors.Is(got[5].err, proof.ErrMissing) || !errors.As(got[6].err, &chain) || chain.Last != 1 {
		t.Errorf("types are lost: %+v", got)
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(appendAnswers([]answer{{}, {err: flow.ErrStale}, {err: errors.New("x")}, {whole: flow.Checkpoint{Actor: "a", Epoch: 1}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		answers, err := readAnswers(b)
		if err != nil {
			return
		}
		if _, err := readAnswers(appendAnswers(answers)); err != nil {
			t.Errorf("%x is read, and not once written again: %v", b, err)
		}
	})
}

// A long question is cut into entries, which give it again.
func TestCut(t *testing.T) {
	for _, n := range []int{0, 1, entryBytes, entryBytes + 1, 3*entryBytes - 1} {
		whole := bytes.Repeat([]byte{3}, n)
		var got []byte
		parts := cut(make([]byte, originLen), 5, whole)
		for i, b := range parts {
			e, err := readEntry(b)
			if err != nil || e.seq != 5 || e.part != uint64(i) || e.parts != uint64(len(parts)) {
				t.Fatalf("part %d of %d bytes: %+v, %v", i, n, e, err)
			}
			got = append(got, e.bytes...)
		}
		if !bytes.Equal(got, whole) {
			t.Errorf("%d bytes became %d", n, len(got))
		}
	}
}

// The same entries, in whatever portions they come, answer alike and leave the
// same behind; noise among them too.
func TestMachinesAgree(t *testing.T) {
	w := ward(t)
	var bodies [][]byte
	for n := range uint64(4) {
		origin := bytes.Repeat([]byte{byte(n)}, originLen)
		for seq, o := range ops(t, w) {
			b, err := o.encode()
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range cut(origin, uint64(seq)+1, appendQuestion(nil, [][]byte{b, b})) { // the second is refused
				bodies = append(bodies, e, e) // and comes twice
			}
		}
		bodies = append(bodies, []byte{1, 2, 3}, cut(origin, 9, []byte("noise"))[0], nil)
	}
	apply := func(portion int) (answers [][]byte, rows []string) {
		db, err := sqlite.OpenReplica(filepath.Join(t.TempDir(), "store.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		m := &machine{db: db}
		var entries []agree.Entry
		for i, b := range bodies {
			entries = append(entries, agree.Entry{Index: uint64(2*i + 1), Body: b})
		}
		for len(entries) > 0 {
			n := min(portion, len(entries))
			got, err := m.Apply(entries[:n])
			if err != nil {
				t.Fatal(err)
			}
			answers, entries = append(answers, got...), entries[n:]
		}
		if m.Applied() != uint64(2*len(bodies)-1) {
			t.Errorf("applied up to %d of %d", m.Applied(), 2*len(bodies)-1)
		}
		for c, err := range db.Chunks(t.Context(), store.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, string(c.Reading.Bytes))
		}
		return answers, rows
	}
	want, rows := apply(1)
	if len(rows) != 4*4 {
		t.Fatalf("%d readings are stored, want four of each ward's five", len(rows))
	}
	for _, portion := range []int{2, 7, len(bodies)} {
		got, more := apply(portion)
		for i := range want {
			if !bytes.Equal(got[i], want[i]) {
				t.Errorf("in portions of %d, entry %d answers %x, want %x", portion, i, got[i], want[i])
			}
		}
		if len(more) != len(rows) {
			t.Errorf("in portions of %d it stores %d readings, want %d", portion, len(more), len(rows))
		}
	}
}

// An entry of a newer program is not passed over.
func TestNewerEntry(t *testing.T) {
	db, err := sqlite.OpenReplica(filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	m := &machine{db: db}
	if _, err := m.Apply([]agree.Entry{{Index: 3, Body: []byte{entryVersion + 1, 0}}}); !errors.Is(err, errNewer) {
		t.Errorf("apply: %v, want errNewer", err)
	}
	if m.Applied() != 0 {
		t.Errorf("applied up to %d, want nothing", m.Applied())
	}
}
