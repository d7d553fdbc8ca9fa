package node

import (
	"crypto/x509"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

// What one actor has verified the next need not verify again: not for long, and
// not once anything was revoked. What did not hold is not remembered.
func TestVerifiedOnce(t *testing.T) {
	h := pkitest.New(t)
	v := h.Verifier()
	synctest.Test(t, func(t *testing.T) {
		k := newKnown(&Node{verifier: v})
		asked, says := 0, error(nil)
		ask := func(leaf byte) error {
			_, id, err := k.Verified(&proof.Reading{Leaf: [32]byte{leaf}}, func() (*x509.Certificate, flow.Identity, error) {
				asked++
				return nil, flow.Identity{EPC: "d"}, says
			})
			if err == nil && id.EPC != "d" {
				t.Errorf("it was signed by %+v", id)
			}
			return err
		}
		wants := func(what string, want int) {
			t.Helper()
			if asked != want {
				t.Errorf("%s: verified %d times, want %d", what, asked, want)
			}
			asked = 0
		}
		for range 3 {
			ask(1)
		}
		wants("one reading, three times", 1)
		time.Sleep(verifiedFor)
		ask(1)
		wants("a second later", 1)
		v.RevokeLeaf([32]byte{9})
		ask(1)
		wants("after something was revoked", 1)
		says = errors.New("it does not hold")
		for range 2 {
			if ask(2) == nil {
				t.Error("what does not hold was believed")
			}
		}
		wants("one that does not hold", 2)
		if says = nil; ask(1) != nil {
			t.Error("what holds was not believed")
		}
		wants("the first again", 0)
	})
}
