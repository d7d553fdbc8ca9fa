package chain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/wardflow/wardflow/runtime/durable"
)

// A chain is carried to another folder as its blocks, one after the other, each in
// RLP: what "geth export" writes. Whoever takes it in executes every block.

// Export writes the final blocks from and to, both included; to 0 is the newest
// one. It returns how many it wrote.
func (e *Embedded) Export(ctx context.Context, w io.Writer, from, to uint64) (n int, err error) {
	return export(ctx, w, from, to, e.head().Number, func(number uint64) ([]byte, error) {
		b, err := e.Block(number)
		return b.RLP, err
	})
}

// Export is [Embedded.Export] of a chain behind an endpoint. What it sends is
// judged by whoever takes it in.
func (r *Remote) Export(ctx context.Context, w io.Writer, from, to uint64) (n int, err error) {
	head, err := r.Head(ctx)
	if err != nil {
		return 0, err
	}
	return export(ctx, w, from, to, head.Number, func(number uint64) ([]byte, error) {
		var raw hexutil.Bytes
		if err := r.client.eth.Client().CallContext(ctx, &raw, "debug_getRawBlock", hexutil.Uint64(number)); err != nil {
			return nil, explained(err)
		}
		if len(raw) == 0 {
			return nil, ErrNoBlock
		}
		return raw, nil
	})
}

func export(ctx context.Context, w io.Writer, from, to, head uint64, block func(uint64) ([]byte, error)) (n int, err error) {
	if to == 0 {
		to = head
	}
	if from > to || to > head {
		return 0, fmt.Errorf("export blocks %d to %d: %w: the chain has 0 to %d", from, to, ErrNoBlock, head)
	}
	out := bufio.NewWriter(w)
	for number := from; number <= to; number++ {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		raw, err := block(number)
		if err == nil {
			_, err = out.Write(raw)
		}
		if err != nil {
			return n, fmt.Errorf("export block %d: %w", number, err)
		}
		n++
	}
	return n, out.Flush()
}

// Imported counts what [Embedded.Import] has read.
type Imported struct {
	Added uint64 // blocks that are new here
	Known uint64 // blocks that were here already
	Last  Head   // the newest block here
}

// A BadBlockError is a block that can't be taken in. Those before it are.
type BadBlockError struct {
	Place uint64 // in what was read, from 1
	At    int64  // bytes before it
	Err   error
}

func (e *BadBlockError) Error() string {
	return fmt.Sprintf("block %d of those that were read (after %d bytes): %v", e.Place, e.At, e.Err)
}

func (e *BadBlockError) Unwrap() error { return e.Err }

// Import executes the blocks that [Embedded.Export] wrote, and takes in those that
// are no longer here. The first one that is no good, that follows no block here,
// or that is another one than here, ends it with a [*BadBlockError].
func (e *Embedded) Import(ctx context.Context, from io.Reader) (Imported, error) {
	var n Imported
	at := &counted{r: bufio.NewReader(from)}
	stream := rlp.NewStream(at, 0)
	for place := uint64(1); ; place++ {
		begin := at.n
		if err := ctx.Err(); err != nil {
			n.Last = e.head()
			return n, err
		}
		known, err := e.importOne(stream)
		switch {
		case errors.Is(err, io.EOF):
			n.Last = e.head()
			return n, nil
		case err != nil:
			n.Last = e.head()
			return n, &BadBlockError{place, begin, err}
		case known:
			n.Known++
		default:
			n.Added++
		}
	}
}

func (e *Embedded) importOne(stream *rlp.Stream) (known bool, err error) {
	kind, size, err := stream.Kind()
	if err != nil {
		return false, err
	}
	if kind != rlp.List || size > maxBlock {
		return false, fmt.Errorf("want a list of at most %d bytes and found %v of %d", maxBlock, kind, size)
	}
	raw, err := stream.Raw()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // within a block
	}
	if err != nil {
		return false, err
	}
	b, err := ParseBlock(raw)
	if err != nil {
		return false, err
	}
	here := e.head().Number
	if b.Number > here+1 {
		return false, fmt.Errorf("%w: it is number %d, and the newest here is %d", ErrOvertaken, b.Number, here)
	}
	return b.Number <= here, e.Add(b)
}

// counted counts the bytes that were read.
type counted struct {
	r *bufio.Reader
	n int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

func (c *counted) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// Found lays out a folder for a chain whose first block another folder describes:
// genesis is that one's genesis.json.
func Found(dir string, genesis []byte, manager Address) (Info, error) {
	if _, err := os.Stat(genesisAt(dir)); err == nil {
		return Info{}, fmt.Errorf("%s exists already: its chain stays as it is", genesisAt(dir))
	}
	return layOut(dir, genesis, Hash{}, manager)
}

// layOut writes the genesis that others have made. want is its hash; zero: any.
func layOut(dir string, text []byte, want Hash, manager Address) (Info, error) {
	g, hash, err := checkGenesis(want, text)
	if err != nil {
		return Info{}, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Info{}, fmt.Errorf("lay out the chain: %w", err)
	}
	info := Info{ChainID: g.Config.ChainID.Uint64(), Genesis: hash, Manager: manager}
	if err := WriteInfo(dir, info); err != nil {
		return Info{}, err
	}
	if err := durable.Replace(genesisAt(dir), text, 0o644); err != nil {
		return Info{}, fmt.Errorf("lay out the chain: %w", err)
	}
	return info, nil
}
