package anchor

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// A Head is what a log asks the contract to keep: it had From entries when it was
// anchored last and has To now.
type Head struct {
	Log      chain.Address
	From, To uint64
	Root     tlog.Hash // of the first To entries
	Epoch    uint64    // of the rules
	At       time.Time // by the log's clock, in whole milliseconds
}

// A Signed is a head with the signature of the log's account: 65 bytes.
type Signed struct {
	Head
	Signature []byte
}

var (
	domainType = crypto.Keccak256Hash([]byte("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"))
	headType   = crypto.Keccak256Hash([]byte("Head(address log,uint64 from,uint64 to,bytes32 root,uint64 epoch,uint64 madeAt)"))
	domainName = crypto.Keccak256Hash([]byte("Wardflow AuditAnchor"))
	version1   = crypto.Keccak256Hash([]byte("1"))
)

// Digest is what the log's account signs (EIP-712), for one contract on one chain.
func (h *Head) Digest(chainID uint64, contract chain.Address) chain.Hash {
	id := new(big.Int).SetUint64(chainID).FillBytes(make([]byte, 32))
	domain := crypto.Keccak256(domainType[:], domainName[:], version1[:], id, word(contract[:]))
	b := append([]byte(nil), headType[:]...)
	b = append(b, word(h.Log[:])...)
	for _, n := range []uint64{h.From, h.To} {
		b = append(b, number(n)...)
	}
	b = append(b, h.Root[:]...)
	for _, n := range []uint64{h.Epoch, uint64(h.At.UnixMilli())} {
		b = append(b, number(n)...)
	}
	return crypto.Keccak256Hash([]byte{0x19, 0x01}, domain, crypto.Keccak256(b))
}

func word(b []byte) []byte { return append(make([]byte, 32-len(b), 32), b...) }

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(make([]byte, 24, 32), n) }

// Sign signs the head by the log's key.
func (h *Head) Sign(key *chain.Key, chainID uint64, contract chain.Address) (Signed, error) {
	sig, err := key.Sign(h.Digest(chainID, contract))
	if err != nil {
		return Signed{}, err
	}
	return Signed{*h, sig}, nil
}

// call is the contract's call that keeps heads.
func call(heads []Signed) []byte {
	var given []build.Head
	var signatures [][]byte
	for _, s := range heads {
		given = append(given, build.Head{Log: s.Log, From: s.From, To: s.To, Root: s.Root, Epoch: s.Epoch, MadeAt: uint64(s.At.UnixMilli())})
		signatures = append(signatures, s.Signature)
	}
	return binding().PackAnchor(given, signatures)
}

// binding is made at its first use: most commands that link this package need none.
var binding = sync.OnceValue(build.NewAuditAnchor)

// wire is a signed head on its way to another node.
type wire struct {
	Log       chain.Address `json:"log"`
	From      uint64        `json:"from"`
	To        uint64        `json:"to"`
	Root      chain.Hash    `json:"root"`
	Epoch     uint64        `json:"epoch"`
	At        int64         `json:"at"` // ms since 1970
	Signature []byte        `json:"signature"`
}

const maxWire = 1 << 10

// Encode writes a signed head for another node.
func (s Signed) Encode() ([]byte, error) {
	return json.Marshal(wire{s.Log, s.From, s.To, s.Root, s.Epoch, s.At.UnixMilli(), s.Signature})
}

var errWire = errors.New("this is not a signed head of a log")

// OpenSigned reads what [Signed.Encode] wrote, and checks that the log's account
// has signed it for this contract.
func OpenSigned(b []byte, chainID uint64, contract chain.Address) (Signed, error) {
	var w wire
	if len(b) > maxWire || json.Unmarshal(b, &w) != nil || w.To <= w.From || w.At < 0 {
		return Signed{}, errWire
	}
	s := Signed{Head{w.Log, w.From, w.To, tlog.Hash(w.Root), w.Epoch, time.UnixMilli(w.At).UTC()}, w.Signature}
	by, err := chain.SignedBy(s.Digest(chainID, contract), s.Signature)
	if err != nil {
		return Signed{}, fmt.Errorf("%w: %w", errWire, err)
	}
	if by != s.Log {
		return Signed{}, fmt.Errorf("%w: account %s has signed it, not the log's, %s", errWire, by, s.Log)
	}
	return s, nil
}
