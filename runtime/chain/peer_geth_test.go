package chain_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// The versions of geth that are tried. 1.17.8 is the newest 1.17 of which every
// dependency can be had; 1.13.15 is the last that seals with Clique, and has one
// that links into Go's runtime.
const (
	gethNow     = "1.17.8"
	gethClassic = "1.13.15"
)

// peersDir, if set, is where geth is kept between runs; otherwise it is the
// user's cache.
const peersDir = "WARDFLOW_PEERS"

// buildPeer gives the path of a program of go-ethereum's, which it builds from
// the module the first time. That takes minutes.
func buildPeer(t testing.TB, version, name string, flags ...string) string {
	t.Helper()
	if !*long {
		t.Skip("only with -long: geth is built from its module, which takes minutes")
	}
	dir := os.Getenv(peersDir)
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skipf("no place to keep geth: %v: set %s", err, peersDir)
		}
		dir = filepath.Join(cache, "wardflow-peers")
	}
	program := filepath.Join(dir, "geth-"+version, name)
	if _, err := os.Stat(program); err == nil {
		return program
	}
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"install"}, flags...),
		"github.com/ethereum/go-ethereum/cmd/"+name+"@v"+version)...)
	cmd.Env = append(os.Environ(), "GOBIN="+filepath.Dir(program), "GOFLAGS=")
	cmd.Dir = t.TempDir() // outside of our module
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s %s can't be built here: %v: %.500s", name, version, err, out)
	}
	return program
}

// run runs a program to its end.
func run(t testing.TB, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", program, args, err, out)
	}
	return string(out)
}

// endpointOf takes the address out of what geth says when a server started.
func endpointOf(t testing.TB, line string) string {
	t.Helper()
	for word := range strings.FieldsSeq(line) {
		if at, ok := strings.CutPrefix(word, "endpoint="); ok {
			return "http://" + at
		}
	}
	t.Fatalf("no endpoint in %q", line)
	return ""
}

// go-ethereum's own geth takes our genesis as it is, and makes blocks on it that
// we read. It needs to be told when to: a driver of its engine API does that.
func TestGeth(t *testing.T) {
	t.Parallel()
	geth := buildPeer(t, gethNow, "geth")
	dir, payer, info := found(t)
	data := filepath.Join(dir, "data")
	run(t, geth, "init", "--datadir", data, filepath.Join(dir, chain.GenesisFile))
	secret := filepath.Join(dir, "jwt")
	if err := os.WriteFile(secret, []byte(strings.Repeat("11", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	auth := porttest.Address(t)
	line := start(t, "HTTP server started", geth, "--datadir", data, "--networkid", fmt.Sprint(info.ChainID),
		"--syncmode", "full", "--cache", "64",
		"--nodiscover", "--maxpeers", "0", "--port", "0", "--ipcdisable",
		"--http", "--http.port", portOf(porttest.Address(t)), "--http.api", "eth,net,web3",
		"--authrpc.port", portOf(auth), "--authrpc.jwtsecret", secret)
	url := endpointOf(t, line)
	r := dialPeer(t, chain.RemoteConfig{Endpoint: url, Known: info})
	await(t, "geth serves the chain", func() bool {
		_, err := r.ID(t.Context())
		return err == nil
	})
	drive(t, "http://"+auth, info.Genesis)
	await(t, "geth finalizes a block", func() bool {
		h, err := r.Head(t.Context())
		return err == nil && h.Number > 0
	})
	chaintest.Run(t, r, payer)
}

// drive has geth make a block each second until the test ends: it does what a
// consensus client does, alone.
func drive(t *testing.T, auth string, head chain.Hash) {
	t.Helper()
	var secret [32]byte
	if _, err := hex.Decode(secret[:], []byte(strings.Repeat("11", 32))); err != nil {
		t.Fatal(err)
	}
	engine, err := rpc.DialOptions(t.Context(), auth, rpc.WithHTTPAuth(node.NewJWTAuth(secret)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	t.Cleanup(func() {
		stop()
		done.Wait()
		engine.Close()
	})
	done.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		var at int64 // the second of the last block
		for {
			at = max(at+1, time.Now().Unix()) // a tick may be early
			next, err := step(ctx, engine, head, at, tick.C)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				t.Errorf("drive geth: %v", err)
				return
			}
			head = next
		}
	})
}

// step has one block made, of the second at, and makes it the last and final one.
func step(ctx context.Context, engine *rpc.Client, head chain.Hash, at int64, tick <-chan time.Time) (chain.Hash, error) {
	zero := chain.Hash{}
	var made struct {
		PayloadID     *string `json:"payloadId"`
		PayloadStatus any     `json:"payloadStatus"`
	}
	state := map[string]any{"headBlockHash": head, "safeBlockHash": head, "finalizedBlockHash": head}
	err := engine.CallContext(ctx, &made, "engine_forkchoiceUpdatedV3", state, map[string]any{
		"timestamp": fmt.Sprintf("%#x", at), "prevRandao": zero, "suggestedFeeRecipient": chain.Address{},
		"withdrawals": []any{}, "parentBeaconBlockRoot": zero})
	if err != nil || made.PayloadID == nil {
		return head, fmt.Errorf("begin a block: %v, %w", made.PayloadStatus, err)
	}
	select {
	case <-tick: // it is filled meanwhile
	case <-ctx.Done():
		return head, ctx.Err()
	}
	var got struct {
		Payload  json.RawMessage `json:"executionPayload"`
		Requests []string        `json:"executionRequests"`
	}
	if err := engine.CallContext(ctx, &got, "engine_getPayloadV5", *made.PayloadID); err != nil {
		return head, fmt.Errorf("take the block: %w", err)
	}
	var block struct{ BlockHash chain.Hash }
	if err := json.Unmarshal(got.Payload, &block); err != nil {
		return head, err
	}
	var status struct{ Status string }
	if err := engine.CallContext(ctx, &status, "engine_newPayloadV4", got.Payload, []any{}, zero, got.Requests); err != nil || status.Status != "VALID" {
		return head, fmt.Errorf("give the block: %s, %w", status.Status, err)
	}
	state = map[string]any{"headBlockHash": block.BlockHash, "safeBlockHash": block.BlockHash, "finalizedBlockHash": block.BlockHash}
	return block.BlockHash, engine.CallContext(ctx, nil, "engine_forkchoiceUpdatedV3", state, nil)
}
