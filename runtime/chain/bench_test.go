package chain

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/miner"
)

// Measures of a chain that is held in this process:
//
//	go test -run xxx -bench 'BenchmarkLongChain' -benchtime 1x ./runtime/chain

// idleDir names the chain that this test binary, run again by a benchmark, is to
// hold and do nothing else.
const idleDir = "WARDFLOW_CHAIN_IDLE_DIR"

// A chain of 10,000 blocks, as two thousand an hour make it, is opened, and held
// by a process that does nothing else.
func BenchmarkLongChain(b *testing.B) {
	const blocks = 10_000
	dir := b.TempDir()
	made := grow(b, dir, blocks)
	b.Logf("%d blocks were made in %v, each synced to the disk", blocks, made)
	log := slog.New(slog.DiscardHandler)
	began := time.Now()
	for b.Loop() {
		e, err := Open(Config{Dir: dir, Log: log, Still: true})
		if err != nil {
			b.Fatal(err)
		}
		if h := e.head(); h.Number != blocks {
			b.Fatalf("opened at block %d", h.Number)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(time.Since(began).Seconds()/float64(b.N), "s/open+close")
	cpu, rss, size := idle(b, dir, 20*time.Second)
	b.ReportMetric(cpu*100, "%core-idle")
	b.ReportMetric(rss/1e6, "MB-idle")
	b.ReportMetric(size/blocks, "B/block")
}

// grow makes blocks, one for each second since long ago, every other one with a
// transaction in it.
func grow(b *testing.B, dir string, blocks int) time.Duration {
	b.Helper()
	payer, err := NewKey()
	if err != nil {
		b.Fatal(err)
	}
	id := big.NewInt(1<<51 + 1)
	g := genesis(id, time.Now().Add(-time.Duration(2*blocks)*time.Second), []Address{payer.Address()})
	text, err := json.Marshal(g)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(genesisAt(dir), text, 0o644); err != nil {
		b.Fatal(err)
	}
	e, err := Open(Config{Dir: dir, Log: slog.New(slog.DiscardHandler), Still: true})
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	nonce := uint64(0)
	for n := range blocks {
		var txs []*types.Transaction
		if n%2 == 0 {
			tx, err := types.SignNewTx(payer.ecdsa, types.LatestSignerForChainID(id), &types.DynamicFeeTx{ChainID: id, Nonce: nonce,
				GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(1e9), Gas: 60_000, To: &Address{1}, Data: make([]byte, 500)})
			if err != nil {
				b.Fatal(err)
			}
			txs, nonce = append(txs, tx), nonce+1
		}
		parent := e.eth.BlockChain().CurrentBlock()
		built, _, err := e.eth.Miner().BuildTestingPayload(&miner.BuildPayloadArgs{Parent: parent.Hash(), Timestamp: parent.Time + 1,
			Withdrawals: types.Withdrawals{}, BeaconRoot: &common.Hash{}}, txs, true, nil)
		if err != nil {
			b.Fatal(err)
		}
		block, err := blockOf(built)
		if err == nil {
			err = e.Add(block)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	took := time.Since(began)
	if err := e.Close(); err != nil {
		b.Fatal(err)
	}
	return took
}

// idle is what a process needs that holds the chain and makes its heartbeats, in
// shares of a core and bytes of memory, and the bytes of the folder.
func idle(b *testing.B, dir string, during time.Duration) (cpu, rss, size float64) {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), idleDir+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	line := make([]byte, 16)
	if n, err := out.Read(line); err != nil || !strings.HasPrefix(string(line[:n]), "open") {
		b.Fatalf("the other process says %q, %v", line[:n], err)
	}
	wait := time.NewTimer(during / 4) // what opening left behind
	<-wait.C
	before, _ := spent(b, cmd.Process.Pid)
	wait.Reset(during)
	<-wait.C
	after, rss := spent(b, cmd.Process.Pid)
	if err := in.Close(); err != nil {
		b.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Error(err)
	}
	err = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if info, bad := d.Info(); err == nil && bad == nil && !d.IsDir() {
			size += float64(info.Size())
		}
		return err
	})
	if err != nil {
		b.Error(err)
	}
	return (after - before).Seconds() / during.Seconds(), rss, size
}

// spent is a process's CPU time and memory, as Linux tells it.
func spent(b *testing.B, pid int) (cpu time.Duration, rss float64) {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skipf("only Linux tells what a process needs: %v", err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, i := range []int{11, 12} { // user and system, in hundredths of a second
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			b.Fatal(err)
		}
		cpu += time.Duration(n) * 10 * time.Millisecond
	}
	pages, err := strconv.Atoi(fields[21])
	if err != nil {
		b.Fatal(err)
	}
	return cpu, float64(pages * os.Getpagesize())
}

// BeIdle holds a chain until standard input ends, if this process is to.
func BeIdle() error {
	dir := os.Getenv(idleDir)
	if dir == "" {
		return nil
	}
	e, err := Open(Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	fmt.Println("open")
	if _, err := os.Stdin.Read(make([]byte, 1)); err == nil {
		return fmt.Errorf("standard input is not to be written to")
	}
	if err := e.Close(); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}
