package rule

import (
	"encoding/binary"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// planted is the creation code of a contract with the code of another, which
// keeps what it is told.
func planted(like chain.Address, storage map[chain.Hash]chain.Hash) (code []byte) {
	for slot, value := range storage {
		code = append(append(append(append(append(code, 0x7f), value[:]...), 0x7f), slot[:]...), 0x55) // SSTORE
	}
	code = append(append(append(code, 0x73), like[:]...), 0x3b, 0x80, 0x5f, 0x5f) // EXTCODESIZE DUP1 PUSH0 PUSH0
	return append(append(append(code, 0x73), like[:]...), 0x3c, 0x5f, 0xf3)       // EXTCODECOPY PUSH0 RETURN
}

// storageOfLimits is what LimitRule keeps: its digest, the list of its kinds,
// and a limit for each kind, of four words.
func storageOfLimits(digest chain.Hash, kinds []Limit, limits ...Limit) map[chain.Hash]chain.Hash {
	at := func(base chain.Hash, i int) chain.Hash {
		return common.BigToHash(new(big.Int).Add(base.Big(), big.NewInt(int64(i))))
	}
	kept := map[chain.Hash]chain.Hash{{}: digest, {31: 1}: {31: byte(len(kinds))}}
	for i, l := range kinds {
		kind, _ := bytesOf(l.Kind)
		kept[at(crypto.Keccak256Hash(common.LeftPadBytes([]byte{1}, 32)), i)] = kind
	}
	for _, l := range limits {
		kind, _ := bytesOf(l.Kind)
		unit, _ := bytesOf(l.Unit)
		base := crypto.Keccak256Hash(kind[:], common.LeftPadBytes([]byte{2}, 32))
		var numbers chain.Hash
		for i, n := range []uint64{uint64(l.Ahead.Milliseconds()), uint64(l.Age.Milliseconds()), uint64(l.Max), uint64(l.Min)} {
			binary.BigEndian.PutUint64(numbers[8*i:], n)
		}
		kept[base], kept[at(base, 1)], kept[at(base, 2)] = kind, unit, numbers
	}
	return kept
}

// A contract with the code of one of ours that keeps more than it lists, or
// something else than its digest names, is none of ours: an admin who approves is
// told so, none that was ordered is taken for it, and nobody judges natively by it.
func TestPlantedStorage(t *testing.T) {
	t.Parallel()
	heart := Limit{Kind: "8867-4", Unit: "/min", Min: 20e6, Max: 250e6}
	hidden := Limit{Kind: "hidden", Unit: "1", Min: -1 << 62, Max: 1 << 62}
	wide := heart
	wide.Max = 1 << 62
	c := NewCourt(t, Rule{Group: "h1", Limits: []Limit{heart}})
	honest := c.Rules().Rules()[0].Parts[0]
	if !honest.Ours {
		t.Fatalf("our own contract: %+v", honest)
	}
	pieces, err := (&Rule{Limits: []Limit{heart}}).pieces()
	if err != nil {
		t.Fatal(err)
	}
	slopes, err := (&Rule{Slopes: []Slope{{Kind: "8867-4", Unit: "/min", Stuck: time.Hour, Past: 3}}}).pieces()
	if err != nil {
		t.Fatal(err)
	}
	slope := c.part(c.make(slopes[0].code))
	stray := storageOfLimits(honest.Digest, []Limit{heart}, heart)
	maps.Copy(stray, map[chain.Hash]chain.Hash{{7}: {1}})
	now := time.UnixMilli(1_790_000_000_000)
	for _, tt := range []struct {
		name    string
		like    chain.Address
		storage map[chain.Hash]chain.Hash
		ours    bool
		passes  bool // a reading of the hidden kind
	}{
		{"as our constructor does it", honest.Address, storageOfLimits(honest.Digest, []Limit{heart}, heart), true, false},
		{"a kind that is not listed", honest.Address, storageOfLimits(honest.Digest, []Limit{heart}, heart, hidden), false, true},
		{"wider than its digest says", honest.Address, storageOfLimits(honest.Digest, []Limit{heart}, wide), false, false},
		{"a word that no code reads", honest.Address, stray, false, false},
		{"a slope of other numbers", slope.Rule, map[chain.Hash]chain.Hash{{}: slope.Digest, {31: 1}: {1}}, false, true},
	} {
		at := c.make(planted(tt.like, tt.storage))
		group := "h1/" + strings.ReplaceAll(tt.name, " ", "-")
		c.Set(Rule{Group: group, Codes: []chain.Address{at}})
		set, st := c.Rules(), c.State()
		r, _ := set.Rule(group)
		if len(r.Parts) != 1 || r.Parts[0].Ours != tt.ours || (len(r.Limits)+len(r.Slopes) != 0) != tt.ours || set.entries[len(set.entries)-1].native != tt.ours {
			t.Errorf("%s: read as %+v", tt.name, r)
		}
		words := strings.Join(Change{Op: OpSet, Rule: r, Base: 1}.Words(set), "\n")
		if warned := strings.Contains(words, "is none of wardflow's"); warned == tt.ours {
			t.Errorf("%s: who approves reads\n%s", tt.name, words)
		}
		if _, err := (&maker{chain: c.Chain}).made(t.Context(), pieces[0], at); (err == nil) != tt.ours {
			t.Errorf("%s: taken for what was to be made: %v", tt.name, err)
		}
		v, err := set.Judge(st, &flow.Case{Group: group, Now: now, Reading: &flow.Reading{Device: monitorEPC, Kind: "hidden", Unit: "1", At: now, Scale: 1e6, Samples: []int64{1}}})
		if err != nil || v.OK() != tt.passes {
			t.Errorf("%s: %+v, %v", tt.name, v, err)
		}
	}
}

func BenchmarkGenuine(b *testing.B) {
	limits := make([]Limit, 64)
	for i := range limits {
		limits[i] = Limit{Kind: "kind-" + string(rune('A'+i/8)) + string(rune('A'+i%8)), Unit: "1", Max: 1e6, Age: time.Hour}
	}
	pieces, err := (&Rule{Limits: limits}).pieces()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := chain.StorageOf(pieces[0].code); err != nil {
			b.Fatal(err)
		}
	}
}
