package chain_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/chain"
)

// still opens a chain that makes no blocks.
func still(t *testing.T, dir string) *chain.Embedded {
	t.Helper()
	c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), Still: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeChain(t, c) })
	return c
}

// A chain is carried into another folder, twice, and is the same; a flipped byte
// is found, in the block where it is.
func TestCarry(t *testing.T) {
	t.Parallel()
	dir, payer, info := found(t)
	c := open(t, dir)
	var last chain.Receipt
	for range 3 {
		var err error
		if last, err = chain.Transact(t.Context(), c, payer, &chain.Address{1}, []byte("something to flip")); err != nil {
			t.Fatal(err)
		}
	}
	srv := httptest.NewServer(c.Handler())
	defer srv.Close()
	remote, err := chain.Dial(srv.URL, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	defer remote.Close()
	var here, there bytes.Buffer
	to := headNumber(t, c)
	if n, err := c.Export(t.Context(), &here, 0, to); err != nil || uint64(n) != to+1 {
		t.Fatalf("Export = %d, %v", n, err)
	}
	if n, err := remote.Export(t.Context(), &there, 0, to); err != nil || uint64(n) != to+1 || !bytes.Equal(here.Bytes(), there.Bytes()) {
		t.Errorf("Export of an endpoint = %d, %v, and it is not the same", n, err)
	}
	if n, err := c.Export(t.Context(), io.Discard, 1, 1<<40); !errors.Is(err, chain.ErrNoBlock) {
		t.Errorf("Export of blocks to come = %d, %v", n, err)
	}
	closeChain(t, c)

	genesis, err := os.ReadFile(filepath.Join(dir, chain.GenesisFile))
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if got, err := chain.Found(copied, genesis, info.Manager); err != nil || got != info {
		t.Fatalf("Found = %+v, %v; want %+v", got, err, info)
	}
	if _, err := chain.Found(copied, genesis, info.Manager); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("a second Found = %v", err)
	}
	d := still(t, copied)
	part := bytes.NewReader(here.Bytes()[:here.Len()-5])
	bad := new(chain.BadBlockError)
	n, err := d.Import(t.Context(), part)
	if !errors.As(err, &bad) || !errors.Is(err, io.ErrUnexpectedEOF) || bad.Place != to+1 || n.Added != to-1 || n.Known != 1 || n.Last.Number != to-1 {
		t.Errorf("Import of what ends too early = %+v, %v", n, err)
	}
	if n, err := d.Import(t.Context(), &here); err != nil || n.Added != 1 || n.Known != to || n.Last.Number != to {
		t.Errorf("Import = %+v, %v", n, err)
	}
	if r, err := d.Receipt(t.Context(), last.Tx); err != nil || r != last {
		t.Errorf("Receipt = %+v, %v; was %+v", r, err, last)
	}
	if _, err := chain.Transact(t.Context(), d, payer, &chain.Address{1}, nil); !errors.Is(err, chain.ErrStill) {
		t.Errorf("a transaction for a still chain: %v", err)
	}

	flipped := slices.Clone(there.Bytes())
	at := bytes.LastIndex(flipped, []byte("something to flip"))
	flipped[at] ^= 1
	other := t.TempDir()
	if _, err := chain.Found(other, genesis, info.Manager); err != nil {
		t.Fatal(err)
	}
	e := still(t, other)
	n, err = e.Import(t.Context(), bytes.NewReader(flipped))
	if !errors.As(err, &bad) || bad.At > int64(at) || n.Last.Number >= last.Block || bad.Place != n.Last.Number+2 {
		t.Errorf("Import of a flipped byte at %d = %+v, %v", at, n, err)
	}
	for name, text := range map[string]string{"nothing": "", "no block": "hello", "a string": "\x85hello", "huge": "\xfb\xff\xff\xff\xff"} {
		n, err := e.Import(t.Context(), strings.NewReader(text))
		if (err == nil) != (text == "") || n.Added+n.Known > 0 {
			t.Errorf("%s: Import = %+v, %v", name, n, err)
		}
	}
}

func headNumber(t *testing.T, c chain.Reader) uint64 {
	t.Helper()
	h, err := c.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h.Number
}

// A folder that nodes hold together gets no blocks from who opens it alone.
func TestSharedIsStill(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	w := newWard(t)
	w.start("a", dir)
	w.count("a", payer, 1)
	w.stop("a")
	at := w.now()
	if !chain.Shared(dir) {
		t.Error("the folder is not marked")
	}
	c := open(t, dir)
	defer closeChain(t, c)
	if _, err := chain.Transact(t.Context(), c, payer, &chain.Address{1}, nil); !errors.Is(err, chain.ErrStill) {
		t.Errorf("a transaction: %v", err)
	}
	if h, err := c.Head(t.Context()); err != nil || h.Hash != at.Hash {
		t.Errorf("Head = %+v, %v; agreed was %+v", h, err, at)
	}
}

func FuzzParseBlock(f *testing.F) {
	f.Add([]byte{0xc0})
	dir := f.TempDir()
	if _, err := chain.Init(dir, chain.Address{1}); err != nil {
		f.Fatal(err)
	}
	c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), Still: true})
	if err != nil {
		f.Fatal(err)
	}
	b, err := c.Block(0)
	if err := errors.Join(err, c.Close()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.RLP)
	f.Fuzz(func(t *testing.T, encoded []byte) {
		b, err := chain.ParseBlock(encoded)
		if err != nil {
			return
		}
		again, err := chain.ParseBlock(b.RLP)
		if err != nil || again.Head != b.Head || again.Parent != b.Parent {
			t.Fatalf("%x is read as %+v, and again as %+v, %v", encoded, b.Head, again.Head, err)
		}
	})
}
