package node

import (
	"encoding/json"
	"log/slog"
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/register"
)

// hearing is a node that hears of revocations, and does nothing else.
func hearing(tb testing.TB, h *pkitest.Hospital, dir string) *Node {
	n := &Node{cfg: Config{Node: "a", Dir: dir}, log: slog.New(slog.DiscardHandler), verifier: pki.NewVerifier(h.Authority.Trust()), events: &events{}}
	n.lists = newLists(n)
	if err := n.lists.load(); err != nil {
		tb.Fatal(err)
	}
	return n
}

// What one node packs another unpacks; a list that nobody has signed, or more of
// them than there are authorities, is refused, whatever else is with it.
func TestRevokedNews(t *testing.T) {
	h := pkitest.New(t)
	a, b := hearing(t, h, t.TempDir()), hearing(t, h, t.TempDir())
	nurse, node := h.Staff("nurse"), h.Node("bedside")
	for _, crl := range [][]byte{h.Revoke(nurse), h.Revoke(node)} { // of both authorities
		if changed, err := a.takeCRL(crl, ""); err != nil || !changed {
			t.Fatalf("takeCRL = %v, %v", changed, err)
		}
	}
	lacks := b.lists.lacking("a", 1, a.numbers())
	body, err := json.Marshal(a.pack(lacks))
	if err != nil || len(lacks) != 2 {
		t.Fatalf("pack of %q: %v", lacks, err)
	}
	if _, err := b.unpack(body, "node a"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []flow.Identity{nurse.ID, node.ID} {
		if _, revoked := b.verifier.Revoked(id); !revoked {
			t.Errorf("%s is not revoked at b", id.URI)
		}
	}
	b.lists.has("a", 1, a.numbers())
	if left := b.lists.lacking("a", 1, a.numbers()); len(left) > 0 {
		t.Errorf("a lacks %q of what it has", left)
	}
	if left := b.lists.lacking("a", 2, a.numbers()); len(left) != 2 {
		t.Errorf("another run of a is known to have all but %q", left)
	}

	rogue := h.Rogue()
	forged := rogue.Revoke(rogue.Node("bedside"))
	for name, news := range map[string]revokedNews{"forged": {Lists: [][]byte{forged}}, "no list": {Lists: [][]byte{{1}}},
		"large": {Lists: [][]byte{make([]byte, pki.MaxList+1)}}, "many": {Lists: make([][]byte, tellCount+1)}} {
		body, err := json.Marshal(news)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.unpack(body, "node mallory"); err == nil {
			t.Errorf("%s: taken", name)
		}
	}

	// And by the register: what proves itself there is what the list itself says.
	issuer := a.pack(lacks).Lists[0]
	l, err := pki.ReadList(issuer)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		key   string
		value []byte
		ok    bool
	}{
		{keyCRL + l.Issuer, register.RisingValue(l.Number, issuer), true},
		{keyCRL + "00", register.RisingValue(l.Number, issuer), false},
		{keyCRL + l.Issuer, register.RisingValue(l.Number+1000, issuer), false}, // nothing newer could come any more
		{keyCRL + l.Issuer, register.RisingValue(l.Number, forged), false},
		{keyCRL + l.Issuer, nil, false},
	} {
		if err := b.proveList(tt.key, tt.value); (err == nil) != tt.ok {
			t.Errorf("proveList(%s, %d bytes) = %v, want it good: %v", tt.key, len(tt.value), err, tt.ok)
		}
	}
	if proves, err := b.checked("drain/a", nil); proves || err != nil {
		t.Errorf("a mark proves itself: %v, %v", proves, err)
	}

	// A list on disk that does not hold any more is set aside; the others stay.
	if err := b.lists.keepAs("00", forged); err != nil {
		t.Fatal(err)
	}
	again := hearing(t, h, b.cfg.Dir)
	if got := again.numbers(); len(got) != 2 {
		t.Errorf("after a restart the lists are %v, want two", got)
	}
}

// Another node's news are read or refused, and what is read is written the same
// again.
func FuzzRevokedNews(f *testing.F) {
	h := pkitest.New(f)
	n := hearing(f, h, f.TempDir())
	crl := h.Revoke(h.Staff("nurse"))
	body, err := json.Marshal(revokedNews{Have: map[string]uint64{"00": 1}, Lists: [][]byte{crl}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"have":{"":18446744073709551615},"lists":["AAAA"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		news, err := n.unpack(b, "node mallory")
		if err != nil {
			return
		}
		again, err := json.Marshal(news)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := n.unpack(again, "node mallory"); err != nil || !reflect.DeepEqual(same, news) {
			t.Errorf("%+v written and read again is %+v, %v", news, same, err)
		}
		if len(n.numbers()) > 2 {
			t.Errorf("%d authorities have lists", len(n.numbers()))
		}
	})
}
