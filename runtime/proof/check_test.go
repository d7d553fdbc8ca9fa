package proof_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

func someCheck() proof.Check {
	return proof.Check{Leaf: [32]byte{1, 2, 3}, Device: "3474257BF40000000000162E", Stream: "ecg", Seq: 7,
		Place: proof.AtStorage, Actor: "ward:bed_1.check", At: time.Unix(1_800_000_000, 5).UTC(),
		Manager: "0x" + strings.Repeat("0a", 20),
		Verdict: flow.Verdict{Reason: flow.TooLow, Clause: "1.1 Cel is below 25 Cel", Group: "icu/3/4/temp",
			Rule: "0x" + strings.Repeat("b0", 20), Version: 3, Epoch: 9, Block: 1 << 40}}
}

// A check comes back as it was written, whatever of it is not known.
func TestCheckComesBack(t *testing.T) {
	unread := proof.Check{Place: proof.AtCollector, At: time.Unix(0, 0).UTC(), Verdict: flow.Verdict{Reason: flow.BadSignature, Clause: "signature is missing"}}
	for _, c := range []proof.Check{someCheck(), unread} {
		b, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := proof.OpenCheck(b)
		if err != nil {
			t.Fatal(err)
		}
		if *again != c {
			t.Errorf("came back as %+v, was %+v", *again, c)
		}
	}
}

// A clause that quotes what a device has sent is cut to what may be kept.
func TestCheckClause(t *testing.T) {
	c := someCheck()
	c.Verdict.Clause = strings.Repeat("é\x00\xff", 600)
	c.Verdict.Rule = strings.ToUpper(c.Verdict.Rule[2:])
	if _, err := c.Encode(); !errors.Is(err, proof.ErrForm) {
		t.Errorf("a rule without 0x: %v", err)
	}
	c.Verdict.Rule = "0x" + c.Verdict.Rule
	b, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := proof.OpenCheck(b)
	if err != nil {
		t.Fatal(err)
	}
	if s := again.Verdict.Clause; len(s) > 1024 || len(s) < 1000 || strings.Contains(s, "\x00") || strings.Contains(s, "\xff") {
		t.Errorf("the clause came back as %d bytes: %.20q", len(s), s)
	}
	if again.Verdict.Rule != someCheck().Verdict.Rule {
		t.Errorf("the rule came back as %s", again.Verdict.Rule)
	}
}

func TestCheckRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*proof.Check){
		"the EPC is short":        func(c *proof.Check) { c.Device = "3474" },
		"a stream of no device":   func(c *proof.Check) { c.Device = "" },
		"an unknown place":        func(c *proof.Check) { c.Place = 3 },
		"no place":                func(c *proof.Check) { c.Place = 0 },
		"a long actor":            func(c *proof.Check) { c.Actor = flow.ActorID(strings.Repeat("a", 1025)) },
		"a group over two lines":  func(c *proof.Check) { c.Verdict.Group = "a\nb" },
		"a manager of 19 bytes":   func(c *proof.Check) { c.Manager = c.Manager[:40] },
		"a time beyond the count": func(c *proof.Check) { c.At = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"a number beyond":         func(c *proof.Check) { c.Seq = 1 << 63 },
	} {
		c := someCheck()
		spoil(&c)
		if b, err := c.Encode(); !errors.Is(err, proof.ErrForm) {
			t.Errorf("%s: encoded as %x, %v", name, b, err)
		}
	}
}

// What is opened would be written again as the same bytes.
func FuzzOpenCheck(f *testing.F) {
	c := someCheck()
	b, err := c.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:40])
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := proof.OpenCheck(b)
		if err != nil {
			if !errors.Is(err, proof.ErrForm) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		again, err := c.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x came back as %x, %v", b, again, err)
		}
	})
}

func BenchmarkCheckEncode(b *testing.B) {
	c := someCheck()
	for b.Loop() {
		if _, err := c.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}
