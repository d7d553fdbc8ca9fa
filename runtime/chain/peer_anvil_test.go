package chain_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
)

// Foundry's anvil, whose EVM, state and JSON-RPC have nothing in common with
// go-ethereum's. It comes with npm ci in the folder contracts.
const anvil = "../../contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"

// startAnvil runs it with an account that can pay. Each block, one a second, is
// final at once.
func startAnvil(t testing.TB, args ...string) (url string, payer *chain.Key) {
	t.Helper()
	if _, err := os.Stat(anvil); err != nil {
		t.Skipf("no anvil: %v: run npm ci in the folder contracts", err)
	}
	args = append([]string{"--port", "0", "--accounts", "1", "--slots-in-an-epoch", "0", "--block-time", "1"}, args...)
	line := start(t, "Listening on", anvil, args...)
	url = "http://" + strings.TrimSpace(strings.TrimPrefix(line, "Listening on"))
	payer, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	get(t, url, "anvil_setBalance", payer.Address(), "0x3635c9adc5dea00000")
	return url, payer
}

func TestAnvil(t *testing.T) {
	t.Parallel()
	for _, fork := range []string{"osaka", "london"} {
		t.Run(fork, func(t *testing.T) {
			t.Parallel()
			url, payer := startAnvil(t, "--hardfork", fork)
			r := dialPeer(t, chain.RemoteConfig{Endpoint: url})
			chaintest.Run(t, r, payer)
			mustJudge(t, r, deployRules(t, r, payer, fork == "london"))
		})
	}
}

// A chain that takes back what it called final: nothing read before counts.
func TestAnvilReorg(t *testing.T) {
	t.Parallel()
	url, payer := startAnvil(t)
	r := dialPeer(t, chain.RemoteConfig{Endpoint: url})
	made, err := chain.Transact(t.Context(), r, payer, nil, store)
	if err != nil {
		t.Fatal(err)
	}
	written, err := chain.Transact(t.Context(), r, payer, &made.Contract, append(pad(7), pad(9)...))
	if err != nil {
		t.Fatal(err)
	}
	before, err := r.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if out, err := ask(r, made.Contract); err != nil || !bytes.Equal(out, append(pad(7), pad(9)...)) {
		t.Fatalf("before: %x, %v", out, err)
	}
	// Back to before the write, without its transaction.
	get(t, url, "anvil_reorg", before.Number-written.Block+1, []any{})
	var after chain.Head
	await(t, "a new era", func() bool {
		after, err = r.Head(t.Context())
		return err == nil && after.Era == before.Era+1
	})
	if out, err := ask(r, made.Contract); err != nil || !bytes.Equal(out, make([]byte, 64)) {
		t.Errorf("after: %x, %v; want two slots of zero", out, err)
	}
}
