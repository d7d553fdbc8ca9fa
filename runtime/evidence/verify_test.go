package evidence_test

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/proof"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		vouched bool
		want    string // in the words
	}{
		{"signed by the device", false, "signed by the device"},
		{"vouched for by the collector", true, "its collector's word stands for it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t, tt.vouched)
			r, err := s.verify(s.options())
			if err != nil || !r.OK {
				t.Fatal(err)
			}
			var words strings.Builder
			must(t, r.Write(&words))
			for _, want := range []string{"PROVED", tt.want, "Check at the collector: ACCEPTED", "Check at storage: ACCEPTED", "anchored in block 12",
				"patient p-1", "/node/bedside"} {
				if !strings.Contains(words.String(), want) {
					t.Errorf("the words lack %q:\n%s", want, words.String())
				}
			}
		})
	}
}

// A variant is what is changed of a good bundle.
type variant struct {
	name string
	code evidence.Code // for which it is refused; "": it is good
	do   func(t *testing.T, s *scene, o *evidence.Options)
	not  string // in what is not proved
}

// forgeries are bundles that somebody could make who has some of the keys, or
// none, and for what each is refused.
var forgeries = []variant{
	{"another root", evidence.BadCertificate, func(t *testing.T, s *scene, o *evidence.Options) { o.Trust = s.h.Rogue().Authority.Trust() }, ""},
	{"a neighbour's trust", evidence.BadCertificate, func(t *testing.T, s *scene, o *evidence.Options) { o.Trust = s.h.Neighbour().Authority.Trust() }, ""},
	{"no check", evidence.NotProved, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks, s.bundle.Signers, s.bundle.Witnesses = nil, nil, nil
	}, ""},
	{"the check of another reading", evidence.BadReading, func(t *testing.T, s *scene, o *evidence.Options) {
		c := s.record(proof.AtStorage)
		c.Leaf = [32]byte{1}
		s.bundle.Checks[1] = s.checkOf(t, s.storage, c, 12, 4)
	}, ""},
	{"checks of two readings", evidence.BadReading, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Reading = nil
		c := s.record(proof.AtStorage)
		c.Leaf = [32]byte{1}
		s.bundle.Checks[1] = s.checkOf(t, s.storage, c, 12, 4)
	}, ""},
	{"another verdict than was logged", evidence.BadRoot, func(t *testing.T, s *scene, o *evidence.Options) {
		c := s.record(proof.AtStorage)
		c.Verdict.Version = 4
		b, err := c.Encode()
		must(t, err)
		s.bundle.Checks[1].Record = b
	}, ""},
	{"another place in the log", evidence.BadRoot, func(t *testing.T, s *scene, o *evidence.Options) { s.bundle.Checks[0].Index = 3 }, ""},
	{"a place beyond the log", evidence.BadRoot, func(t *testing.T, s *scene, o *evidence.Options) { s.bundle.Checks[0].Index = 70 }, ""},
	{"a head signed by a collector", evidence.BadCertificate, func(t *testing.T, s *scene, o *evidence.Options) {
		c := s.h.Collector("c-2", "h1/3/icu-3/collector")
		s.bundle.Checks[1], s.bundle.Signers[1] = s.check(t, c, proof.AtStorage, 12, 4), raw(c.Chain)
	}, ""},
	{"another node's log, passed off as its own", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		s.passOff(t, nil)
	}, ""},
	{"another node's log, with the claim of its node", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		s.passOff(t, claim(t, logKey(s.storage), 77, anchorAt, s.storage))
	}, ""},
	{"another node's log, claimed by the thief's own", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		s.passOff(t, claim(t, logKey(s.third), 77, anchorAt, s.third))
	}, ""},
	{"a claim for another chain", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks[0].Claim = claim(t, logKey(s.collector), 78, anchorAt, s.collector)
	}, ""},
	{"a claim for another contract", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks[0].Claim = claim(t, logKey(s.collector), 77, common.HexToAddress(managerAt), s.collector)
	}, ""},
	{"a claim of the same node's former certificate", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		former := s.h.Node(s.collector.ID.Name)
		s.bundle.Checks[0].Claim = claim(t, logKey(s.collector), 77, anchorAt, former)
	}, ""},
	{"no claim", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) { s.bundle.Checks[0].Claim = nil }, ""},
	{"a claim of zeros", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) { s.bundle.Checks[0].Claim = make([]byte, 128) }, ""},
	{"a claim by a key that is no point of the curve", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		nobody := common.BytesToAddress(crypto.Keccak256(make([]byte, 64)))
		s.bundle.Checks[0] = s.checkIn(t, nobody, make([]byte, 128), s.collector, s.record(proof.AtCollector), 11, 7)
	}, ""},
	{"a claim with the higher s", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		c := s.bundle.Checks[0].Claim
		new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(c[96:])).FillBytes(c[96:])
	}, ""},
	{"a claim with a byte too many", evidence.BadSignature, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks[0].Claim = append(s.bundle.Checks[0].Claim, 0)
	}, ""},
	{"a head without its signer", evidence.BadCertificate, func(t *testing.T, s *scene, o *evidence.Options) { s.bundle.Signers = s.bundle.Signers[:1] }, ""},
	{"a signer of nothing", evidence.BadForm, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Signers = append(s.bundle.Signers, raw(s.third.Chain))
	}, ""},
	{"a signer twice", evidence.BadForm, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Signers = append(s.bundle.Signers, s.bundle.Signers[0])
	}, ""},
	{"a certificate too many", evidence.BadCertificate, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Signers[0] = append(s.bundle.Signers[0], s.third.Chain[0].Raw)
	}, ""},
	{"the block of another log", evidence.BadAnchor, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks[0].Anchor = s.bundle.Checks[1].Anchor
	}, ""},
	{"another transaction of the block", evidence.BadRoot, func(t *testing.T, s *scene, o *evidence.Options) { s.bundle.Checks[0].Anchor.Index = 3 }, ""},
	{"a node of the tree too many", evidence.BadRoot, func(t *testing.T, s *scene, o *evidence.Options) {
		a := s.bundle.Checks[0].Anchor
		a.Nodes = append(slices.Clone(a.Nodes), []byte{0xc0})
	}, ""},
	{"a block before its check", evidence.BadTime, func(t *testing.T, s *scene, o *evidence.Options) {
		c := s.record(proof.AtStorage)
		c.Verdict.Block = 13
		s.bundle.Checks[1] = s.checkOf(t, s.storage, c, 12, 4)
	}, ""},
	{"a check after its head", evidence.BadTime, func(t *testing.T, s *scene, o *evidence.Options) {
		c := s.record(proof.AtStorage)
		c.At = s.now.Add(time.Hour)
		s.bundle.Checks[1] = s.checkOf(t, s.storage, c, 12, 4)
	}, ""},
	{"a check after its block", evidence.BadTime, func(t *testing.T, s *scene, o *evidence.Options) {
		h, err := proof.OpenLogHead(s.bundle.Checks[1].Head)
		must(t, err)
		s.now = s.now.Add(-time.Hour)
		s.bundle.Checks[1].Anchor = s.anchor(t, &h.LogHead, 12)
	}, ""},
	{"no witness", evidence.NotProved, func(t *testing.T, s *scene, o *evidence.Options) { s.bundle.Witnesses = nil }, ""},
	{"no witness but whose log it is", evidence.NotProved, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Witnesses = [][]byte{s.witness(t, s.collector, 0), s.witness(t, s.storage, 1)}
	}, ""},
	{"too few witnesses", evidence.NotProved, func(t *testing.T, s *scene, o *evidence.Options) { o.Witnesses = 3 }, ""},
	{"a witness against it", evidence.BadWitness, func(t *testing.T, s *scene, o *evidence.Options) {
		h := s.block(t, 1)
		s.bundle.Witnesses = append(s.bundle.Witnesses, s.says(t, s.h.Node("fourth"), proof.Witness{Chain: 77, Genesis: genesis, Manager: managerAt,
			Anchor: lower(anchorAt), Number: h.Number, Hash: [32]byte{1}}))
	}, ""},
	{"a witness of another chain", evidence.BadWitness, func(t *testing.T, s *scene, o *evidence.Options) {
		h := s.block(t, 1)
		s.bundle.Witnesses[0] = s.says(t, s.third, proof.Witness{Chain: 78, Genesis: genesis, Manager: managerAt, Anchor: lower(anchorAt), Number: h.Number, Hash: h.Hash})
	}, ""},
	{"a witness of another contract", evidence.BadWitness, func(t *testing.T, s *scene, o *evidence.Options) {
		h := s.block(t, 1)
		s.bundle.Witnesses[0] = s.says(t, s.third, proof.Witness{Chain: 77, Genesis: genesis, Manager: managerAt, Anchor: managerAt, Number: h.Number, Hash: h.Hash})
	}, ""},
	{"a witness of another block", evidence.BadWitness, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Witnesses = append(s.bundle.Witnesses, s.says(t, s.third, proof.Witness{Chain: 77, Genesis: genesis, Manager: managerAt, Anchor: lower(anchorAt), Number: 99, Hash: [32]byte{1}}))
	}, ""},
	{"a witness twice", evidence.BadWitness, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Witnesses = append(s.bundle.Witnesses, s.witness(t, s.third, 0))
	}, ""},
	{"a device as witness", evidence.BadCertificate, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Witnesses[0] = s.witness(t, s.h.Device("urn:epc:id:giai:0614141.99", group), 0)
	}, ""},
	{"a rogue witness", evidence.BadCertificate, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Witnesses[0] = s.witness(t, s.h.Rogue().Node("bedside"), 0)
	}, ""},
	{"another statement as witness", evidence.BadForm, func(t *testing.T, s *scene, o *evidence.Options) {
		b, err := proof.SignStatement(s.third, "policy", []byte("x"), s.now)
		must(t, err)
		s.bundle.Witnesses[0] = b
	}, ""},
	{"a head on no chain", evidence.NotProved, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks[1].Anchor = nil
		s.bundle.Witnesses = [][]byte{s.witness(t, s.third, 0)}
	}, ""},
	{"a witness revoked since, who could be a thief", evidence.NotProved, func(t *testing.T, s *scene, o *evidence.Options) {
		s.now = s.now.Add(-time.Minute - 30*time.Second) // so that he speaks before he is revoked
		s.bundle.Witnesses = [][]byte{s.witness(t, s.third, 0), s.witness(t, s.third, 1)}
		s.bundle.Lists = [][]byte{s.h.Revoke(s.third)}
	}, ""},
	{"a check twice", evidence.BadForm, func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks = append(s.bundle.Checks, s.bundle.Checks[0])
	}, ""},
	{"a list of nobody", evidence.BadList, func(t *testing.T, s *scene, o *evidence.Options) {
		r := s.h.Rogue()
		s.bundle.Lists = [][]byte{r.Revoke(r.Node("x"))}
	}, ""},
	{"a list twice", evidence.BadList, func(t *testing.T, s *scene, o *evidence.Options) {
		l := s.h.Revoke(s.h.Node("x"))
		s.bundle.Lists = [][]byte{l, l}
	}, ""},
	{"a revoked node's old head, in a block after that", evidence.BadCertificate, func(t *testing.T, s *scene, o *evidence.Options) {
		s.now = s.now.Add(24 * time.Hour) // of the block; the thief sets the head's clock back
		c := s.bundle.Checks[1]
		h, err := proof.OpenLogHead(c.Head)
		must(t, err)
		c.Anchor = s.anchor(t, &h.LogHead, 12)
		s.bundle.Checks[1] = c
		s.bundle.Witnesses = [][]byte{s.witness(t, s.third, 0), s.witness(t, s.third, 1)}
		s.bundle.Lists = [][]byte{s.h.Revoke(s.storage)}
	}, ""},
}

// goods are changed, and prove what they say.
var goods = []variant{
	{"checks only", "", func(t *testing.T, s *scene, o *evidence.Options) { s.bundle.Reading = nil }, "what was measured"},
	{"one check", "", func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks, s.bundle.Signers = s.bundle.Checks[:1], s.bundle.Signers[:1]
		s.bundle.Witnesses = [][]byte{s.witness(t, s.third, 0)}
	}, "judged at storage"},
	{"the log's own node as the only witness, if that will do", "", func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Checks, s.bundle.Signers = s.bundle.Checks[:1], s.bundle.Signers[:1]
		s.bundle.Witnesses, o.Witnesses = [][]byte{s.witness(t, s.collector, 0)}, 0
	}, "a thief of that node's key"},
	{"blocks that the verifier knows", "", func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Witnesses, o.Blocks = nil, []chain.Hash{s.block(t, 0).Hash, s.block(t, 1).Hash}
	}, ""},
	{"a node revoked since", "", func(t *testing.T, s *scene, o *evidence.Options) {
		s.now = s.now.Add(-30 * time.Second)
		s.bundle.Checks = []evidence.Check{s.check(t, s.collector, proof.AtCollector, 11, 7), s.check(t, s.storage, proof.AtStorage, 12, 4)}
		s.bundle.Witnesses = [][]byte{s.witness(t, s.third, 0), s.witness(t, s.third, 1)}
		s.now = time.Now()
		s.bundle.Lists = [][]byte{s.h.Revoke(s.storage)}
	}, ""},
	{"a node whose certificate was renewed", "", func(t *testing.T, s *scene, o *evidence.Options) {
		renewed := s.h.Node(s.storage.ID.Name)
		s.bundle.Checks[1], s.bundle.Signers[1] = s.check(t, renewed, proof.AtStorage, 12, 4), raw(renewed.Chain)
	}, ""},
	{"a list of his own", "", func(t *testing.T, s *scene, o *evidence.Options) {
		s.bundle.Lists = [][]byte{s.h.Revoke(s.h.Node("x"))}
		o.Lists = [][]byte{s.bundle.Lists[0], s.h.Revoke(s.h.Node("y"))}
	}, ""},
	{"another manager since", "", func(t *testing.T, s *scene, o *evidence.Options) {
		h := s.block(t, 1)
		s.bundle.Witnesses[len(s.bundle.Witnesses)-1] = s.says(t, s.third, proof.Witness{Chain: 77, Genesis: genesis, Manager: lower(anchorAt), Anchor: lower(anchorAt),
			Number: h.Number, Hash: h.Hash})
	}, "is the hospital's"},
}

// What changes nothing about the proof is no reason to refuse it.
func TestGood(t *testing.T) {
	t.Parallel()
	for _, tt := range goods {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t, false)
			o := s.options()
			tt.do(t, s, &o)
			r, err := s.verify(o)
			if err != nil {
				t.Fatal(err)
			}
			if tt.not != "" && !strings.Contains(strings.Join(r.NotProved, "\n"), tt.not) {
				t.Errorf("not proved: %q, want %q among it", r.NotProved, tt.not)
			}
		})
	}
}

// Where the file's bits fall is chance, and some parts are small: bytes of each
// part in turn.
func TestEachPart(t *testing.T) {
	t.Parallel()
	s := newScene(t, false)
	o := s.options()
	rng := rand.New(rand.NewPCG(8, 0))
	for _, part := range []struct {
		name string
		of   []byte
	}{{"record", s.bundle.Checks[0].Record}, {"head", s.bundle.Checks[0].Head}, {"claim", s.bundle.Checks[0].Claim}, {"path", s.bundle.Checks[0].Path[0]}, {"header", s.bundle.Checks[0].Anchor.Header},
		{"last node", s.bundle.Checks[0].Anchor.Nodes[len(s.bundle.Checks[0].Anchor.Nodes)-1]}, {"signer", s.bundle.Signers[0][0]}, {"issuer", s.bundle.Signers[0][1]}} {
		for range 12 {
			i := rng.IntN(len(part.of))
			part.of[i] ^= 0x40
			if _, err := s.verify(o); err == nil {
				t.Errorf("byte %d of the %s changed unseen", i, part.name)
			}
			part.of[i] ^= 0x40
		}
	}
	if _, err := s.verify(o); err != nil {
		t.Fatal(err)
	}
}

func FuzzParse(f *testing.F) {
	s := newScene(f, false)
	text, err := s.bundle.Encode()
	must(f, err)
	f.Add(text)
	f.Add([]byte("{}"))
	trust := s.h.Authority.Trust()
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := evidence.Parse(text)
		if err != nil {
			return
		}
		again, err := b.Encode()
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("written again it is %q (%v)", again, err)
		}
		_, _ = b.Verify(evidence.Options{Trust: trust})
	})
}
