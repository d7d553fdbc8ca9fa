package register

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"testing"
)

// Certificates are forgotten by every voter alike, as often as it is agreed, and
// a snapshot of before brings them back no further than the log goes on.
func TestForgetCertificates(t *testing.T) {
	var index uint64
	do := func(s *state, c command) result {
		t.Helper()
		b, err := encodeCommand(c)
		if err != nil {
			t.Fatal(err)
		}
		return s.carryOut(index, b)
	}
	one, two := newState(), newState()
	both := func(c command) result {
		t.Helper()
		index++
		r, other := do(one, c), do(two, c)
		if !bytes.Equal(r.bytes(), other.bytes()) || !bytes.Equal(snapshotOf(t, one), snapshotOf(t, two)) {
			t.Fatalf("%+v: the two differ", c)
		}
		return r
	}
	has := func(what string, want ...string) {
		t.Helper()
		if n := one.view().Certificates; n != len(want) || len(one.certificates) != n {
			t.Errorf("%s: %d certificates, want %d", what, n, len(want))
		}
		for _, der := range want {
			if string(one.certificates[sha256.Sum256([]byte(der))]) != der {
				t.Errorf("%s: %s is gone", what, der)
			}
		}
	}
	forget := func(ders ...string) (c forgetCertificates) {
		for _, der := range ders {
			h := sha256.Sum256([]byte(der))
			c.Hashes = append(c.Hashes, h[:])
		}
		return c
	}
	for _, der := range []string{"a", "b", "c"} {
		both(putCertificate{[]byte(der)})
	}
	before := snapshotOf(t, one)
	if r := both(forget("a", "b", "never put")); r.Fault != faultNone || r.Index != index {
		t.Errorf("forget = %+v", r)
	}
	has("forgotten", "c")
	at := index
	if r := both(forget("a", "b")); r.Fault != faultNone || r.Index != at {
		t.Errorf("a second time = %+v, want no change", r)
	}
	for _, bad := range []forgetCertificates{{make([][]byte, maxForget+1)}, {append(forget("c").Hashes, []byte("short"))}} {
		if r := both(bad); r.Fault != faultBad {
			t.Errorf("forget of %d = %+v, want it refused", len(bad.Hashes), r)
		}
	}
	has("after what was refused", "c")
	both(putCertificate{[]byte("a")})
	has("put again", "a", "c")

	old, err := readState(bytes.NewReader(before))
	if err != nil {
		t.Fatal(err)
	}
	one = old
	has("read from a snapshot of before", "a", "b", "c")
	do(one, forget("a", "b"))
	has("and gone on", "c")
}

func snapshotOf(t *testing.T, s *state) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.writeTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The leader has certificates forgotten at all voters, however many; a node that
// has asked for one is not misled, and one that is put again is found again.
func TestLeaderForgetsCertificates(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	for _, v := range c.voters {
		c.start(v.ID)
	}
	home := c.start("home")
	ctx := within(t)
	var gone [][32]byte
	for i := range 3 {
		der := fmt.Appendf(nil, "certificate %d", i)
		if err := c.nodes["b"].PutCertificate(ctx, der); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			gone = append(gone, sha256.Sum256(der))
		}
	}
	asked, never := gone[0], gone[1]
	if _, ok, err := home.Certificate(ctx, asked); err != nil || !ok {
		t.Fatalf("Certificate = %v, %v", ok, err)
	}
	for i := range 2 * maxForget {
		gone = append(gone, sha256.Sum256(fmt.Append(nil, i)))
	}
	r := c.nodes[c.leader()]
	if all := r.Certificates(); len(all) != 3 || string(all[asked]) != "certificate 1" {
		t.Errorf("Certificates = %d", len(all))
	}
	lead, ok := r.Lead()
	if !ok {
		t.Fatal("the leader does not lead")
	}
	if err := lead.ForgetCertificates(ctx, gone); err != nil {
		t.Fatal(err)
	}
	for id, n := range maps.All(c.nodes) {
		if err := n.Sync(ctx); err != nil {
			t.Fatal(err)
		}
		if v := n.View(); v.Certificates != 1 || id != "home" && len(n.Certificates()) != 1 {
			t.Errorf("%s has %d certificates, %d of its own, want 1", id, v.Certificates, len(n.Certificates()))
		}
	}
	if der, ok, err := home.Certificate(ctx, asked); err != nil || ok && sha256.Sum256(der) != asked {
		t.Errorf("what home has asked for before = %q, %v, %v", der, ok, err)
	}
	if _, ok, err := home.Certificate(ctx, never); err != nil || ok {
		t.Errorf("what is forgotten = %v, %v, want none and no error", ok, err)
	}
	if err := c.nodes["b"].PutCertificate(ctx, []byte("certificate 2")); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := home.Certificate(ctx, never); err != nil || !ok {
		t.Errorf("put again = %v, %v", ok, err)
	}
}

// A node without log keeps no more of what it has asked for than it must.
func TestKnownIsBounded(t *testing.T) {
	r := &Register{known: map[[32]byte][]byte{}}
	for i := range 2*maxKnown + 7 {
		r.learn(sha256.Sum256(fmt.Append(nil, i)), nil)
		if len(r.known) > maxKnown {
			t.Fatalf("%d certificates are kept, want at most %d", len(r.known), maxKnown)
		}
	}
}
