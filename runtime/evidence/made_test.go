package evidence_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/ethereum/go-ethereum/trie/trienode"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
)

const (
	monitor = "urn:epc:id:giai:0614141.5678"
	group   = "h1/3/icu-3/monitor"
)

var (
	anchorAt  = common.HexToAddress("0x00000000000000000000000000000000000000ac")
	managerAt = "0x00000000000000000000000000000000000000aa"
	genesis   = [32]byte{9}
)

// A scene is a hospital with one patient, a collector's node and a storage node,
// which have judged a reading, logged that, and anchored their logs.
type scene struct {
	h              *pkitest.Hospital
	ward           *prooftest.Ward
	collector      flow.Signer // nodes
	storage        flow.Signer
	third          flow.Signer
	now            time.Time
	bundle         *evidence.Bundle
	leaf           [32]byte
	window         []byte // as sealed
	device, stream string
	seq            uint64
}

// newScene makes a whole bundle, in which everything holds. Vouched: the device
// can't sign.
func newScene(tb testing.TB, vouched bool) *scene {
	tb.Helper()
	h := pkitest.New(tb)
	s := &scene{h: h, collector: h.Node("ward"), storage: h.Node("records"), third: h.Node("bedside")}
	dev := h.Device(monitor, group)
	c := h.Collector("c-1", "h1/3/icu-3/collector")
	s.ward = &prooftest.Ward{Patient: "p-1", Card: h.Patient("p-1"), Collector: c, Judge: s.collector, Devices: []flow.Signer{dev, c}[:1], Trust: h.Verifier()}
	readings := s.ward.Readings(tb, 5)
	if vouched {
		s.ward.Devices = []flow.Signer{dev, c} // so that its certificate is found
		at := s.ward.Now()
		made := flow.Reading{Device: dev.ID.EPC, Stream: "hr", Seq: 6, Kind: "8867-4", Unit: "/min", At: at, Scale: 1_000_000, Samples: []int64{71}}
		sealed, err := proof.Vouch(c, at, []proof.Vouched{{Reading: &made, Device: dev.ID.Leaf}})
		must(tb, err)
		r, err := proof.OpenReading(sealed[0])
		must(tb, err)
		readings = append(readings, r)
	}
	w := s.ward.Window(tb, readings)
	s.window = w.Bytes
	i := 3
	if vouched {
		i = 5
	}
	r := readings[i]
	in, err := proof.Prove(w, i, r)
	must(tb, err)
	b, err := in.Bytes()
	must(tb, err)
	s.leaf, s.device, s.stream, s.seq = r.Leaf, r.Device, r.Stream, r.Seq
	s.now = s.ward.Now()
	s.bundle = &evidence.Bundle{Reading: b, Signers: [][][]byte{raw(s.collector.Chain), raw(s.storage.Chain)}}
	s.bundle.Checks = []evidence.Check{s.check(tb, s.collector, proof.AtCollector, 11, 7), s.check(tb, s.storage, proof.AtStorage, 12, 4)}
	for _, node := range []flow.Signer{s.collector, s.storage, s.third} {
		s.bundle.Witnesses = append(s.bundle.Witnesses, s.witness(tb, node, 0), s.witness(tb, node, 1))
	}
	return s
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func raw(certs []*x509.Certificate) [][]byte {
	var out [][]byte
	for _, c := range certs {
		out = append(out, c.Raw)
	}
	return out
}

// logKey is the key of a node's log: the hash of its name, so that each has its own.
func logKey(node flow.Signer) *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte(node.ID.Name)))
	if err != nil {
		panic(err) // one name in 2^128
	}
	return key
}

// accountOf is the account of a node's log.
func accountOf(node flow.Signer) common.Address {
	return crypto.PubkeyToAddress(logKey(node).PublicKey)
}

// claim has the account of a log claim a node's certificate, by the form alone: it
// is made here as the package's words say, and not by its code.
func claim(tb testing.TB, log *ecdsa.PrivateKey, chainID uint64, contract common.Address, node flow.Signer) []byte {
	tb.Helper()
	cert := sha256.Sum256(node.Chain[0].Raw)
	text := slices.Concat([]byte("wardflow.logclaim/1"), binary.BigEndian.AppendUint64(nil, chainID), contract[:], cert[:])
	digest := sha256.Sum256(text)
	sig, err := crypto.Sign(digest[:], log)
	must(tb, err)
	return slices.Concat(crypto.FromECDSAPub(&log.PublicKey)[1:], sig[:64])
}

// record is the record of a check of the scene's reading.
func (s *scene) record(place proof.Place) *proof.Check {
	return &proof.Check{Leaf: s.leaf, Device: s.device, Stream: s.stream, Seq: s.seq, Place: place, Actor: "ward:check", At: s.now,
		Manager: managerAt, Verdict: flow.Verdict{Group: group, Rule: "0x00000000000000000000000000000000000000bb", Version: 3, Epoch: 7, Block: 9}}
}

// check makes a log of size records in which the one at 2 is that of the reading,
// and anchors it in a block.
func (s *scene) check(tb testing.TB, node flow.Signer, place proof.Place, block uint64, size int) evidence.Check {
	tb.Helper()
	return s.checkOf(tb, node, s.record(place), block, size)
}

func (s *scene) checkOf(tb testing.TB, node flow.Signer, c *proof.Check, block uint64, size int) evidence.Check {
	tb.Helper()
	return s.checkIn(tb, accountOf(node), claim(tb, logKey(node), 77, anchorAt, node), node, c, block, size)
}

// passOff gives out the log of the storage node as that of a third one, which has
// signed its head.
func (s *scene) passOff(tb testing.TB, claim []byte) {
	tb.Helper()
	s.bundle.Checks[1] = s.checkIn(tb, accountOf(s.storage), claim, s.third, s.record(proof.AtStorage), 12, 4)
	s.bundle.Signers[1] = raw(s.third.Chain)
}

// checkIn is a check in the log of an account that says whose it is by claim.
func (s *scene) checkIn(tb testing.TB, log common.Address, claim []byte, node flow.Signer, c *proof.Check, block uint64, size int) evidence.Check {
	tb.Helper()
	leaves := make([][32]byte, size)
	var rec []byte
	for i := range leaves {
		other := *c
		if i != 2 {
			other.Leaf, other.Seq = [32]byte{byte(i), 1}, uint64(100+i)
		}
		b, err := other.Encode()
		must(tb, err)
		if leaves[i] = proof.CheckHash(b); i == 2 {
			rec = b
		}
	}
	h := &proof.LogHead{Chain: 77, Anchor: lower(anchorAt), Log: lower(log), Size: uint64(size), Root: proof.Root(leaves), Epoch: 7, At: s.now.Add(time.Second)}
	head, err := proof.SignLogHead(node, h)
	must(tb, err)
	out := evidence.Check{Record: rec, Index: 2, Head: head, Claim: claim, Anchor: s.anchor(tb, h, block)}
	for _, p := range pathOf(leaves, 2) {
		out.Path = append(out.Path, p[:])
	}
	return out
}

func lower(a common.Address) string { return strings.ToLower(a.Hex()) }

// pathOf is the audit path of a leaf, by the definition in RFC 9162, section 2.1.3.1.
func pathOf(leaves [][32]byte, i int) [][32]byte {
	if len(leaves) == 1 {
		return nil
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	if i < k {
		return append(pathOf(leaves[:k], i), proof.Root(leaves[k:]))
	}
	return append(pathOf(leaves[k:], i-k), proof.Root(leaves[:k]))
}

// anchor makes a block in which a head was anchored by its third transaction.
func (s *scene) anchor(tb testing.TB, h *proof.LogHead, number uint64) *evidence.Anchor {
	tb.Helper()
	word := func(n uint64) []byte { return common.BigToHash(new(big.Int).SetUint64(n)).Bytes() }
	data := append(append(h.Root[:], make([]byte, 32)...), append(word(h.Epoch), word(uint64(h.At.UnixMilli()))...)...)
	contract, err := abi.JSON(strings.NewReader(build.AuditAnchorMetaData.ABI))
	must(tb, err)
	event := &types.Log{Address: anchorAt, Data: data, Topics: []common.Hash{contract.Events["Anchored"].ID,
		common.BytesToHash(common.HexToAddress(h.Log).Bytes()), common.Hash(word(0)), common.Hash(word(h.Size))}}
	var receipts types.Receipts
	for i := range 20 {
		r := &types.Receipt{Type: types.DynamicFeeTxType, Status: 1, CumulativeGasUsed: uint64(21000 * (i + 1)), Logs: []*types.Log{}}
		if i == 2 {
			r.Logs = []*types.Log{{Address: common.HexToAddress("0x99"), Topics: []common.Hash{{1}}, Data: []byte{}}, event}
		}
		r.Bloom = types.CreateBloom(r)
		receipts = append(receipts, r)
	}
	return blockOf(tb, receipts, 2, number, s.now.Add(2*time.Second))
}

func blockOf(tb testing.TB, receipts types.Receipts, index int, number uint64, at time.Time) *evidence.Anchor {
	tb.Helper()
	tr := trie.NewEmpty(nil)
	for i, r := range receipts {
		b, err := r.MarshalBinary()
		must(tb, err)
		must(tb, tr.Update(rlp.AppendUint64(nil, uint64(i)), b))
	}
	nodes := trienode.NewProofSet()
	must(tb, tr.Prove(rlp.AppendUint64(nil, uint64(index)), nodes))
	header, err := rlp.EncodeToBytes(&types.Header{Number: new(big.Int).SetUint64(number), ReceiptHash: tr.Hash(), Time: uint64(at.Unix()),
		Difficulty: big.NewInt(0), BaseFee: big.NewInt(7), Extra: []byte("wardflow")})
	must(tb, err)
	return &evidence.Anchor{Header: header, Index: uint64(index), Nodes: nodes.List()}
}

// block is that of the scene's check i.
func (s *scene) block(tb testing.TB, i int) chain.Header {
	tb.Helper()
	h, err := chain.ParseHeader(s.bundle.Checks[i].Anchor.Header)
	must(tb, err)
	return h
}

// witness is a node's word for the block of check i.
func (s *scene) witness(tb testing.TB, node flow.Signer, i int) []byte {
	tb.Helper()
	h := s.block(tb, i)
	return s.says(tb, node, proof.Witness{Chain: 77, Genesis: genesis, Manager: managerAt, Anchor: lower(anchorAt), Number: h.Number, Hash: h.Hash, Replica: true})
}

func (s *scene) says(tb testing.TB, node flow.Signer, w proof.Witness) []byte {
	tb.Helper()
	b, err := proof.SignWitness(node, w, s.now.Add(time.Minute))
	must(tb, err)
	return b
}

func (s *scene) options() evidence.Options {
	return evidence.Options{Trust: s.h.Authority.Trust(), Witnesses: 1}
}

// verify writes the bundle, reads it again and verifies it.
func (s *scene) verify(o evidence.Options) (*evidence.Report, error) {
	text, err := s.bundle.Encode()
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	b, err := evidence.Parse(text)
	if err != nil {
		return nil, err
	}
	return b.Verify(o)
}
