package chain_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/runtime/chain"
)

// childDir names the chain that this test binary, run again by TestKill, is to
// send transactions on until it is killed.
const childDir = "WARDFLOW_CHAIN_TEST_DIR"

const payerFile = "payer.key"

func TestMain(m *testing.M) {
	if err := chain.BeIdle(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child sends transactions and prints the hash of each one as soon as it has
// its receipt.
func child(dir string) error {
	payer, err := chain.LoadKey(filepath.Join(dir, payerFile), "")
	if err != nil {
		return err
	}
	c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	for {
		r, err := chain.Transact(context.Background(), c, payer, &chain.Address{1}, nil)
		if err != nil {
			return err
		}
		fmt.Println(r.Tx.Hex())
	}
}

// A transaction whose receipt was handed out is there after a kill -9, however
// often that happens.
func TestKill(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	if err := payer.Save(filepath.Join(dir, payerFile), ""); err != nil {
		t.Fatal(err)
	}
	loops := 3
	if *long {
		loops = 20
	}
	var confirmed []chain.Hash
	for loop := range loops {
		confirmed = append(confirmed, runAndKill(t, dir, 1+loop%2)...)
	}
	began := time.Now()
	c := open(t, dir)
	t.Logf("opened in %v after %d kills", time.Since(began), loops)
	defer closeChain(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for i, tx := range confirmed {
		if r, err := c.Receipt(ctx, tx); err != nil || !r.OK {
			t.Errorf("transaction %d of %d: %+v, %v", i+1, len(confirmed), r, err)
		}
	}
	if n, err := c.Nonce(ctx, payer.Address()); err != nil || n < uint64(len(confirmed)) {
		t.Errorf("the account has sent %d transactions (%v), %d were confirmed", n, err, len(confirmed))
	}
}

// runAndKill kills a child the moment it has confirmed n transactions.
func runAndKill(t *testing.T, dir string, n int) []chain.Hash {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var confirmed []chain.Hash
	for lines := bufio.NewScanner(out); len(confirmed) < n && lines.Scan(); {
		confirmed = append(confirmed, common.HexToHash(lines.Text()))
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// It was killed, so an error is what is wanted.
	_ = cmd.Wait()
	if len(confirmed) < n {
		t.Fatalf("the child confirmed %d of %d transactions: %s", len(confirmed), n, stderr.String())
	}
	return confirmed
}
