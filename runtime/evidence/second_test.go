package evidence_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/evidence"
)

// The second verifier is contracts/verify/verify.mjs, in another language and by
// the forms alone. It must come to the same verdict as the first.

const secondVerifier = "../../contracts/verify/verify.mjs"

// A question is a bundle for both verifiers.
type question struct {
	Name      string   `json:"name"`
	Text      []byte   `json:"text"`
	Trust     string   `json:"trust"`
	Witnesses int      `json:"witnesses"`
	Blocks    []string `json:"blocks"`
	Lists     [][]byte `json:"lists"`

	code evidence.Code // what the first verifier says; "" for good
}

func ask(t testing.TB, name string, text []byte, o evidence.Options) question {
	t.Helper()
	q := question{Name: name, Text: text, Witnesses: o.Witnesses, Lists: o.Lists, Blocks: []string{}}
	for _, c := range o.Trust.Certificates() {
		q.Trust += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	for _, b := range o.Blocks {
		q.Blocks = append(q.Blocks, strings.TrimPrefix(b.Hex(), "0x"))
	}
	b, err := evidence.Parse(text)
	if err == nil {
		_, err = b.Verify(o)
	}
	var r *evidence.Refusal
	if errors.As(err, &r) {
		q.code = r.Code
	} else if err != nil {
		q.code = evidence.BadForm
	}
	return q
}

// second puts the questions to the second verifier.
func second(t testing.TB, all []question) (codes []string, why []string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here to run the second verifier with")
	}
	in, err := json.Marshal(all)
	must(t, err)
	file, err := filepath.Abs(secondVerifier)
	must(t, err)
	cmd := exec.CommandContext(t.Context(), node, "--input-type=module", "-e", fmt.Sprintf(`
import { verifyBundle } from %q;
import { readFileSync } from "node:fs";
const out = JSON.parse(readFileSync(0, "utf8")).map((q) => {
  const r = verifyBundle(Buffer.from(q.text, "base64").toString("utf8"), q.trust,
    { witnesses: q.witnesses, blocks: q.blocks, lists: (q.lists ?? []).map((l) => Buffer.from(l, "base64")) });
  return { code: r.ok ? "" : r.code, why: r.why ?? "" };
});
process.stdout.write(JSON.stringify(out));`, file))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	must(t, err)
	var answers []struct{ Code, Why string }
	must(t, json.Unmarshal(out, &answers))
	for _, a := range answers {
		codes, why = append(codes, a.Code), append(why, a.Why)
	}
	return codes, why
}

// Nothing is proved by a forgery, and both verifiers say why: the same. What is
// changed and good is so for both.
func TestForgeries(t *testing.T) {
	t.Parallel()
	var all []question
	for _, tt := range slices.Concat(forgeries, goods) {
		s := newScene(t, false)
		o := s.options()
		tt.do(t, s, &o)
		text, err := s.bundle.Encode()
		must(t, err)
		q := ask(t, tt.name, text, o)
		if q.code != tt.code {
			t.Errorf("%s: refused for %q, want %q", tt.name, q.code, tt.code)
		}
		all = append(all, q)
	}
	codes, why := second(t, all)
	for i, q := range all {
		if codes[i] != string(q.code) {
			t.Errorf("%s: the first verifier says %q, the second %q: %s", q.Name, q.code, codes[i], why[i])
		}
	}
}

// What JSON can say in several ways, both read in one.
func TestOtherForms(t *testing.T) {
	t.Parallel()
	s := newScene(t, false)
	text, err := s.bundle.Encode()
	must(t, err)
	anchor := strings.Index(string(text), `"anchor": [`) + len(`"anchor": [`)
	end := anchor + strings.Index(string(text[anchor:]), "\n   ]")
	var all []question
	for name, changed := range map[string]string{
		"a number in words":      strings.Replace(string(text), `"index": 2,`, `"index": "0002",`, 1),
		"a yes for a number":     strings.Replace(string(text), `"index": 2,`, `"index": true,`, 1),
		"nothing for a reading":  strings.Replace(string(text), `"reading": "`+base64.StdEncoding.EncodeToString(s.bundle.Reading)+`"`, `"reading": null`, 1),
		"two anchors":            string(text[:end]) + "," + string(text[anchor:end]) + string(text[end:]),
		"a field twice":          strings.Replace(string(text), `"format"`, `"format": "x",`+"\n "+`"format"`, 1),
		"a field of its own":     strings.Replace(string(text), `"format"`, `"note": "x",`+"\n "+`"format"`, 1),
		"another case":           strings.Replace(string(text), `"format"`, `"Format"`, 1),
		"a fraction":             strings.Replace(string(text), `"index": 2,`, `"index": 2.0,`, 1),
		"no end of line":         strings.TrimSuffix(string(text), "\n"),
		"a mark of its encoding": "\ufeff" + string(text),
	} {
		if changed == string(text) {
			t.Errorf("%s: nothing is changed", name)
		}
		all = append(all, ask(t, name, []byte(changed), s.options()))
	}
	many := *s.bundle
	many.Lists = slices.Repeat([][]byte{{1}}, 9)
	if _, err := many.Encode(); !errors.Is(err, evidence.ErrForm) {
		t.Errorf("nine lists: %v", err)
	}
	pemSigner := *s.bundle
	pemSigner.Signers = slices.Clone(s.bundle.Signers)
	pemSigner.Signers[0] = slices.Clone(s.bundle.Signers[0])
	pemSigner.Signers[0][0] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.bundle.Signers[0][0]})
	text, err = pemSigner.Encode()
	must(t, err)
	all = append(all, ask(t, "a certificate as text", text, s.options()))
	list := *s.bundle
	list.Lists = [][]byte{append(s.h.Revoke(s.h.Node("x")), 5, 0)}
	text, err = list.Encode()
	must(t, err)
	all = append(all, ask(t, "something behind a list", text, s.options()))
	codes, why := second(t, all)
	for i, q := range all {
		if q.code == "" || codes[i] != string(q.code) {
			t.Errorf("%s: the first verifier says %q, the second %q: %s", q.Name, q.code, codes[i], why[i])
		}
	}
}

// Whatever bit of a bundle's file changes, both refuse it, with a code.
func TestFlips(t *testing.T) {
	t.Parallel()
	s := newScene(t, true)
	s.bundle.Lists = [][]byte{s.h.Revoke(s.h.Node("x"))}
	text, err := s.bundle.Encode()
	must(t, err)
	all := []question{ask(t, "unchanged", text, s.options())}
	rng := rand.New(rand.NewPCG(7, 0))
	counts := map[evidence.Code]int{}
	for range 100 {
		c := bytes.Clone(text)
		bit := rng.IntN(8 * len(c))
		c[bit/8] ^= 1 << (bit % 8)
		q := ask(t, fmt.Sprintf("bit %d", bit), c, s.options())
		counts[q.code]++
		all = append(all, q)
	}
	t.Logf("refused for %v", counts)
	codes, _ := second(t, all)
	for i, q := range all {
		if good := i == 0; (q.code == "") != good || (codes[i] == "") != good {
			t.Errorf("%s: the first verifier says %q, the second %q", q.Name, q.code, codes[i])
		}
	}
}

// It is to be read by people who trust nobody.
func TestSecondIsShort(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(secondVerifier)
	must(t, err)
	if n := bytes.Count(b, []byte("\n")); n > 200 {
		t.Errorf("%s has %d lines, at most 200 are wanted", secondVerifier, n)
	}
}
