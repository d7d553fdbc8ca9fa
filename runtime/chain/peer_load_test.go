package chain_test

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/wardflow/wardflow/runtime/chain"
)

// The experiment of the classic private network: so many requests at once, each
// a transaction that has the contract check a reading and log it; the time until
// all have their receipts. 50 accounts, spread over both sealers, which make a
// block each 5 s.
//
//	go test ./runtime/chain -run '^$' -bench Classic -benchtime 1x -long -timeout 30m
func BenchmarkClassic(b *testing.B) {
	l := newLoad(b, 30_000_000) // geth's own; the manager does not fit into the 4.7M of older tools
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				var took []time.Duration
				for range 3 {
					took = append(took, l.round(b, n))
				}
				slices.Sort(took)
				b.ReportMetric(took[1].Seconds(), "s-until-all")
			}
		})
	}
}

// load is what the experiment needs.
type load struct {
	clients  []*ethclient.Client
	accounts []*ecdsa.PrivateKey
	nonces   []uint64
	signer   types.Signer
	manager  chain.Address
}

func newLoad(b *testing.B, gasLimit uint64) *load {
	b.Helper()
	l := &load{}
	var rich []chain.Address
	for range 50 {
		k, err := crypto.GenerateKey()
		if err != nil {
			b.Fatal(err)
		}
		l.accounts = append(l.accounts, k)
		rich = append(rich, crypto.PubkeyToAddress(k.PublicKey))
	}
	l.nonces = make([]uint64, len(l.accounts))
	c := startClassic(b, 5, gasLimit, rich...)
	for _, url := range c.urls {
		client, err := ethclient.Dial(url)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(client.Close)
		l.clients = append(l.clients, client)
	}
	l.signer = types.LatestSignerForChainID(big.NewInt(classicID))
	r := dialPeer(b, chain.RemoteConfig{Endpoint: c.urls[0]})
	await(b, "a block is final", func() bool {
		h, err := r.Head(b.Context())
		return err == nil && h.Number > 0
	})
	l.manager = deployRules(b, r, c.payer, true)
	return l
}

// round has n requests start at once, and returns when the last has its receipt.
func (l *load) round(b *testing.B, n int) time.Duration {
	b.Helper()
	call := managerABI.PackCheckAndLog(heartRate(70), [32]byte{1})
	txs := make([]*types.Transaction, n)
	for i := range txs {
		who := i % len(l.accounts)
		tx, err := types.SignNewTx(l.accounts[who], l.signer, &types.DynamicFeeTx{ChainID: big.NewInt(classicID),
			Nonce: l.nonces[who], GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(1e11), Gas: 800_000, To: &l.manager, Data: call})
		if err != nil {
			b.Fatal(err)
		}
		l.nonces[who]++
		txs[i] = tx
	}
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	var all sync.WaitGroup
	began := time.Now()
	for i, tx := range txs {
		all.Go(func() {
			// An account's transactions go to one node, or they wait for gossip.
			if err := l.request(ctx, l.clients[i%len(l.accounts)%2], tx); err != nil {
				b.Errorf("request %d: %v", i, err)
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

func (l *load) request(ctx context.Context, c *ethclient.Client, tx *types.Transaction) error {
	if err := c.SendTransaction(ctx, tx); err != nil {
		return err
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := c.TransactionReceipt(ctx, tx.Hash())
		switch {
		case err == nil && (r.Status != types.ReceiptStatusSuccessful || len(r.Logs) != 1):
			return errors.New("the contract did not check it")
		case err == nil:
			return nil
		case !errors.Is(err, ethereum.NotFound):
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
