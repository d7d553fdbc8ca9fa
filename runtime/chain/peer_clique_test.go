package chain_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// A classic is the private network of many papers: a boot node, and two nodes
// that seal blocks in turn (Clique, EIP-225).
type classic struct {
	urls  []string
	payer *chain.Key
}

const classicID = 1337 // the chain's number

// startClassic runs it with a block each period seconds, whose transactions may
// use gasLimit together. Those who are rich can pay for theirs.
func startClassic(t testing.TB, period, gasLimit uint64, rich ...chain.Address) *classic {
	t.Helper()
	link := "-ldflags=-checklinkname=0"
	geth, bootnode := buildPeer(t, gethClassic, "geth", link), buildPeer(t, gethClassic, "bootnode", link)
	dir := t.TempDir()
	c := &classic{payer: newKey(t)}
	sealers := []*chain.Key{newKey(t), newKey(t)}
	genesis := filepath.Join(dir, "genesis.json")
	write(t, genesis, classicGenesis(t, period, gasLimit, append(rich, c.payer.Address()), sealers))
	boot := startBoot(t, bootnode, dir)
	for i, s := range sealers {
		c.urls = append(c.urls, startSealer(t, geth, filepath.Join(dir, fmt.Sprintf("sealer-%d", i+1)), genesis, boot, s, gasLimit))
	}
	for _, url := range c.urls {
		await(t, "the sealers find each other", func() bool { return string(get(t, url, "net_peerCount")) == `"0x1"` })
	}
	return c
}

func newKey(t testing.TB) *chain.Key {
	t.Helper()
	k, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func classicGenesis(t testing.TB, period, gasLimit uint64, rich []chain.Address, sealers []*chain.Key) string {
	t.Helper()
	first := big.NewInt(0)
	addresses := []chain.Address{sealers[0].Address(), sealers[1].Address()}
	if addresses[0].Cmp(addresses[1]) > 0 {
		addresses[0], addresses[1] = addresses[1], addresses[0]
	}
	extra := make([]byte, 32) // then the sealers by rising address, then room for a seal
	extra = append(append(append(extra, addresses[0][:]...), addresses[1][:]...), make([]byte, 65)...)
	g := core.Genesis{
		Config: &params.ChainConfig{ChainID: big.NewInt(classicID),
			HomesteadBlock: first, EIP150Block: first, EIP155Block: first, EIP158Block: first,
			ByzantiumBlock: first, ConstantinopleBlock: first, PetersburgBlock: first, IstanbulBlock: first,
			BerlinBlock: first, LondonBlock: first,
			Clique: &params.CliqueConfig{Period: period, Epoch: 30000}},
		ExtraData: extra, GasLimit: gasLimit, Difficulty: big.NewInt(1), BaseFee: big.NewInt(7),
		Alloc: types.GenesisAlloc{},
	}
	for _, a := range rich {
		g.Alloc[a] = types.Account{Balance: new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil)}
	}
	text, err := json.Marshal(&g)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// startBoot runs the node by which the others find each other.
func startBoot(t testing.TB, bootnode, dir string) (enode string) {
	t.Helper()
	key := filepath.Join(dir, "boot.key")
	run(t, bootnode, "-genkey", key)
	id := strings.TrimSpace(run(t, bootnode, "-nodekey", key, "-writeaddress"))
	at := porttest.Address(t)
	start(t, "enode://", bootnode, "-nodekey", key, "-addr", at)
	return fmt.Sprintf("enode://%s@127.0.0.1:0?discport=%s", id, portOf(at))
}

func startSealer(t testing.TB, geth, dir, genesis, boot string, key *chain.Key, gasLimit uint64) (url string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	plain, secret := filepath.Join(dir, "sealer.key"), filepath.Join(dir, "sealer.pass")
	if err := key.Save(plain, ""); err != nil {
		t.Fatal(err)
	}
	write(t, secret, "secret\n")
	run(t, geth, "init", "--datadir", dir, genesis)
	run(t, geth, "account", "import", "--datadir", dir, "--lightkdf", "--password", secret, plain)
	address := key.Address().Hex()
	line := start(t, "HTTP server started", geth, "--datadir", dir, "--networkid", "1337", "--syncmode", "full", "--cache", "64",
		"--port", portOf(porttest.Address(t)), "--nat", "none", "--netrestrict", "127.0.0.0/8", "--bootnodes", boot, "--ipcdisable",
		"--authrpc.port", portOf(porttest.Address(t)), "--http", "--http.port", portOf(porttest.Address(t)), "--http.api", "eth,net,web3,clique",
		"--allow-insecure-unlock", "--unlock", address, "--password", secret, "--mine", "--miner.etherbase", address,
		"--miner.gaslimit", fmt.Sprint(gasLimit), "--txpool.globalslots", "20000", "--txpool.accountslots", "2000", "--txpool.accountqueue", "2000")
	return endpointOf(t, line)
}

// The classic private network keeps the same promises: a block is final when
// more than half of its sealers have built on it.
func TestClique(t *testing.T) {
	t.Parallel()
	c := startClassic(t, 1, 30_000_000)
	r := dialPeer(t, chain.RemoteConfig{Endpoint: c.urls[1]})
	await(t, "a block is final", func() bool {
		h, err := r.Head(t.Context())
		return err == nil && h.Number > 0
	})
	chaintest.Run(t, r, c.payer)
	mustJudge(t, r, deployRules(t, r, c.payer, true))

	head, err := r.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var newest struct{ Number hexutil.Uint64 }
	if err := json.Unmarshal(get(t, c.urls[1], "eth_getBlockByNumber", "latest", false), &newest); err != nil {
		t.Fatal(err)
	}
	if uint64(newest.Number) < head.Number+2 {
		t.Errorf("final is block %d, the newest is %d: want two between", head.Number, newest.Number)
	}
}
