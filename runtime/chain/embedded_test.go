package chain

import (
	"context"
	"log/slog"
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	dir := t.TempDir()
	k, _ := NewKey()
	info, err := Init(dir, k.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(info)
	t0 := time.Now()
	e, err := Open(Config{Dir: dir, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("open", time.Since(t0))
	ctx := context.Background()
	for range 3 {
		t0 = time.Now()
		r, err := Transact(ctx, e, k, &Address{1, 2, 3}, nil)
		t.Log(r, err, time.Since(t0))
	}
	t0 = time.Now()
	t.Log(e.Close(), time.Since(t0))
	t0 = time.Now()
	e, err = Open(Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("reopen", time.Since(t0))
	h, err := e.Head(ctx)
	t.Log(h, err)
	e.Close()
}
