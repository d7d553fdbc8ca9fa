package bare_test

import (
	"bytes"
	"os"
	"sync/atomic"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/leaktest"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/remote/bare"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }

// All batches arrive whole and in order; strangers are refused.
func TestStream(t *testing.T) {
	h := pkitest.New(t)
	var bytesTaken atomic.Int64
	s, err := bare.Listen("127.0.0.1:0", h.Node("desk"), h.Verifier(), func() func([]byte) error {
		next := byte(0)
		return func(b []byte) error {
			if !bytes.Equal(b, bytes.Repeat([]byte{next}, 1000)) {
				t.Errorf("batch %d came as %d… of %d bytes", next, b[0], len(b))
			}
			next++
			bytesTaken.Add(int64(len(b)))
			return nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := bare.Dial(t.Context(), s.Addr(), h.Node("bedside"), h.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 200 {
		if err := c.Send(bytes.Repeat([]byte{byte(n)}, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Finish(); err != nil {
		t.Fatal(err)
	}
	if n := bytesTaken.Load(); n != 200_000 {
		t.Errorf("%d bytes were taken, want 200000", n)
	}
	for name, own := range map[string]flow.Signer{"a stranger": h.Rogue().Node("bedside"), "a person": h.Staff("dr-1")} {
		if c, err := bare.Dial(t.Context(), s.Addr(), own, h.Verifier()); err == nil {
			c.Send(nil)
			if err := c.Finish(); err == nil {
				t.Errorf("%s was let in", name)
			}
		}
	}
}
