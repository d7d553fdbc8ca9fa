package chain_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
)

// found lays out a chain whose account payer can pay.
func found(t testing.TB) (dir string, payer *chain.Key, info chain.Info) {
	t.Helper()
	dir = t.TempDir()
	payer, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	info, err = chain.Init(dir, payer.Address())
	if err != nil {
		t.Fatal(err)
	}
	return dir, payer, info
}

// loud fails the test on a line that an operator should not see.
type loud struct {
	slog.Handler
	t testing.TB
}

func (l loud) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

func (l loud) Handle(_ context.Context, r slog.Record) error {
	if r.Level > slog.LevelInfo {
		l.t.Errorf("logged %v %s", r.Level, r.Message)
	}
	return nil
}

func open(t testing.TB, dir string) *chain.Embedded {
	t.Helper()
	c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(loud{slog.DiscardHandler, t})})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func closeChain(t testing.TB, c *chain.Embedded) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	dir, payer, info := found(t)
	c := open(t, dir)
	defer closeChain(t, c)
	if id, err := c.ID(t.Context()); id != info.ChainID || err != nil {
		t.Errorf("ID() = %d, %v; init said %d", id, err, info.ChainID)
	}
	chaintest.Run(t, c, payer)
}

func TestRemote(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	c := open(t, dir)
	defer closeChain(t, c)
	srv := httptest.NewServer(c.Handler())
	defer srv.Close()
	r, err := chain.Dial(srv.URL, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	chaintest.Run(t, r, payer)
}

// A chain goes on where it was closed.
func TestReopen(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	c := open(t, dir)
	r, err := chain.Transact(t.Context(), c, payer, &chain.Address{1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	closeChain(t, c)
	began := time.Now()
	c = open(t, dir)
	t.Logf("opened in %v", time.Since(began))
	defer closeChain(t, c)
	if again, err := c.Receipt(t.Context(), r.Tx); err != nil || again != r {
		t.Errorf("Receipt = %+v, %v; was %+v", again, err, r)
	}
}

// A chain with nothing to do makes a block each heartbeat, so that its readers
// know that it lives.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	dir, _, _ := found(t)
	c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), Heartbeat: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer closeChain(t, c)
	beats := make(chan struct{}, 8)
	defer c.Watch(func() { beats <- struct{}{} })()
	for range 2 {
		select {
		case <-beats:
		case <-time.After(5 * time.Minute):
			t.Fatal("no block")
		}
	}
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	dir, _, _ := found(t)
	c := open(t, dir)
	defer closeChain(t, c)
	if _, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}); !errors.Is(err, chain.ErrInUse) {
		t.Errorf("Open = %v, want %v", err, chain.ErrInUse)
	}
}

func TestOpenNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	for _, tt := range []struct {
		name string
		cfg  chain.Config
		want string
	}{
		{"no directory", chain.Config{Log: log}, "no directory"},
		{"no logger", chain.Config{Dir: dir}, "no logger"},
		{"no chain", chain.Config{Dir: dir, Log: log}, "wardflow chain init"},
		{"a heart too quick", chain.Config{Dir: dir, Log: log, Heartbeat: time.Millisecond}, "at least 1s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := chain.Open(tt.cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open = %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestInit(t *testing.T) {
	t.Parallel()
	dir, payer, info := found(t)
	if _, err := chain.Init(dir, payer.Address()); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("a second Init = %v", err)
	}
	if err := chain.WriteInfo(dir, info); err != nil {
		t.Fatal(err)
	}
	if again, err := chain.ReadInfo(dir); again != info || err != nil {
		t.Errorf("ReadInfo = %+v, %v; was %+v", again, err, info)
	}
	other, _, otherInfo := found(t)
	if otherInfo.ChainID == info.ChainID {
		t.Errorf("two chains have the number %d", info.ChainID)
	}
	// Someone else's genesis over our data must not pass for our chain.
	closeChain(t, open(t, dir))
	text, err := os.ReadFile(filepath.Join(other, "genesis.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "genesis.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}); err == nil {
		c.Close()
		t.Error("a chain opened with another's genesis")
	}
}
