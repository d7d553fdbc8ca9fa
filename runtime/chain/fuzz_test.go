package chain

import (
	"bytes"
	"encoding/json"
	"math/big"
	"testing"
	"time"
)

// What another replica says is read or refused, and takes no more memory than a
// few times what came.
func FuzzReadTalk(f *testing.F) {
	f.Add(NoReplica())
	b, err := replicaTalk{Kind: askBlocks, Number: 3, Most: 5}.encode([][]byte{{1, 2}, nil})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		talk, items, err := readTalk(b)
		if err != nil {
			return
		}
		again, err := talk.encode(items)
		if err != nil {
			t.Fatal(err)
		}
		_, same, err := readTalk(again)
		if err != nil || len(same) != len(items) {
			t.Fatalf("%x: %d items, and written again %d, %v", b, len(items), len(same), err)
		}
	})
}

// A genesis of another node is refused or opens the chain that it was asked for.
func FuzzCheckGenesis(f *testing.F) {
	g := genesis(big.NewInt(1<<51), time.Unix(1_800_000_000, 0), []Address{{1}})
	text, err := json.Marshal(g)
	if err != nil {
		f.Fatal(err)
	}
	want := g.ToBlock().Hash()
	f.Add(text)
	f.Add(bytes.Replace(text, []byte("2251799813685248"), []byte("2251799813685249"), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		read, hash, err := checkGenesis(want, b)
		if err == nil && (hash != want || read.Config.ChainID.Cmp(g.Config.ChainID) != 0) {
			t.Fatalf("%s is taken for the genesis of chain %v", b, g.Config.ChainID)
		}
	})
}

// A chain id that the first block does not name is found out: the hash of the
// block does not cover the configuration.
func TestGenesisNamesTheChain(t *testing.T) {
	g := genesis(big.NewInt(1<<51), time.Unix(1_800_000_000, 0), nil)
	text, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := checkGenesis(g.ToBlock().Hash(), text); err != nil {
		t.Error(err)
	}
	other := bytes.Replace(text, []byte("2251799813685248"), []byte("2251799813685249"), 1)
	if _, _, err := checkGenesis(g.ToBlock().Hash(), other); err == nil || bytes.Equal(text, other) {
		t.Errorf("another chain id is taken: %v", err)
	}
}
