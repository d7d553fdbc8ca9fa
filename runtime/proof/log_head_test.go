package proof_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

func aHead() *proof.LogHead {
	return &proof.LogHead{Chain: 77, Anchor: "0x" + strings.Repeat("a1", 20), Log: "0x" + strings.Repeat("b2", 20), Size: 9, Root: [32]byte{3}, Epoch: 4,
		At: time.Now().UTC()}
}

func TestLogHead(t *testing.T) {
	h := pkitest.New(t)
	node, other := h.Node("ward"), h.Node("records")
	want := aHead()
	b, err := proof.SignLogHead(node, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := proof.OpenLogHead(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Verify(node.Chain[0]); err != nil {
		t.Error(err)
	}
	if err := got.Verify(other.Chain[0]); !errors.Is(err, proof.ErrCertificate) {
		t.Errorf("by another certificate: %v, want ErrCertificate", err)
	}
	if !got.At.Equal(want.At) {
		t.Errorf("opened the time %s, signed %s", got.At, want.At)
	}
	if got.LogHead.At = want.At; got.LogHead != *want {
		t.Errorf("opened %+v, signed %+v", got.LogHead, want)
	}
	for i := range b {
		c := bytes.Clone(b)
		c[i] ^= 1
		if h, err := proof.OpenLogHead(c); err == nil && h.Verify(node.Chain[0]) == nil {
			t.Errorf("byte %d of a head changed unseen", i)
		}
	}
	if _, err := proof.SignLogHead(node, &proof.LogHead{Size: 1, At: time.Now()}); !errors.Is(err, proof.ErrForm) {
		t.Errorf("a head of no log: %v, want ErrForm", err)
	}
}

func FuzzOpenLogHead(f *testing.F) {
	node := pkitest.New(f).Node("ward")
	b, err := proof.SignLogHead(node, aHead())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := proof.OpenLogHead(b)
		if err == nil {
			_ = h.Verify(node.Chain[0])
		}
	})
}
