package evidence_test

import (
	"encoding/pem"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

var update = flag.Bool("update", false, "write the golden bundles anew: only if their form has got another version")

// golden are bundles of today's form. They must verify for ever: who keeps one
// for ten years keeps it for that.
var golden = []struct {
	name string
	make func(t *testing.T) *scene
}{
	{"signed", func(t *testing.T) *scene { return newScene(t, false) }},
	{"vouched", func(t *testing.T) *scene {
		s := newScene(t, true)
		s.bundle.Lists = [][]byte{s.h.Revoke(s.h.Node("stolen"))}
		return s
	}},
	{"refused", func(t *testing.T) *scene {
		s := newScene(t, false)
		c := s.record(proof.AtCollector)
		c.Verdict.Reason, c.Verdict.Clause = flow.TooLow, "1.1 Cel is below 25 Cel"
		s.bundle.Reading, s.bundle.Signers = nil, s.bundle.Signers[:1]
		s.bundle.Checks = []evidence.Check{s.checkOf(t, s.collector, c, 11, 7)}
		s.bundle.Witnesses = [][]byte{s.witness(t, s.third, 0)}
		return s
	}},
}

func TestGolden(t *testing.T) {
	t.Parallel()
	var all []question
	for _, g := range golden {
		dir := filepath.Join("testdata", "golden", g.name)
		if *update {
			writeGolden(t, dir, g.make(t))
		}
		text, err := os.ReadFile(filepath.Join(dir, "proof.json"))
		must(t, err)
		trust, err := pki.LoadTrust(filepath.Join(dir, "trust.pem"))
		must(t, err)
		o := evidence.Options{Trust: trust, Witnesses: 1}
		b, err := evidence.Parse(text)
		must(t, err)
		r, err := b.Verify(o)
		if err != nil {
			t.Errorf("%s: %v", g.name, err)
		}
		var words strings.Builder
		must(t, r.Write(&words))
		file := filepath.Join(dir, "words.txt")
		if *update {
			must(t, os.WriteFile(file, []byte(words.String()), 0o600))
		}
		want, err := os.ReadFile(file)
		must(t, err)
		if words.String() != string(want) {
			t.Errorf("%s: the words are now\n%s\nwant\n%s", g.name, words.String(), want)
		}
		all = append(all, ask(t, g.name, text, o))
	}
	codes, why := second(t, all)
	for i, q := range all {
		if codes[i] != "" {
			t.Errorf("%s: the second verifier says %q: %s", q.Name, codes[i], why[i])
		}
	}
}

// Bundles of a former form get a clear answer of both verifiers.
func TestFormer(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "former", "1.json"))
	must(t, err)
	trust, err := pki.LoadTrust(filepath.Join("testdata", "former", "trust.pem"))
	must(t, err)
	_, err = evidence.Parse(text)
	if !errors.Is(err, evidence.ErrForm) || !strings.Contains(err.Error(), "have it made anew by wardflow prove") {
		t.Errorf("Parse: %v", err)
	}
	codes, why := second(t, []question{ask(t, "the first form", text, evidence.Options{Trust: trust})})
	if codes[0] != string(evidence.BadForm) || !strings.Contains(why[0], "have the bundle made anew by wardflow prove") {
		t.Errorf("the second verifier says %q: %s", codes[0], why[0])
	}
}

func writeGolden(t *testing.T, dir string, s *scene) {
	t.Helper()
	text, err := s.bundle.Encode()
	must(t, err)
	must(t, os.MkdirAll(dir, 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "proof.json"), text, 0o600))
	var trust []byte
	for _, c := range s.h.Authority.Trust().Certificates() {
		trust = append(trust, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	must(t, os.WriteFile(filepath.Join(dir, "trust.pem"), trust, 0o600))
}
