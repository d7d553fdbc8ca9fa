package chain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/durable"
)

// A folder that a [Replica] has opened is one of several copies: whoever opened it
// alone and made blocks would found a second chain. So it is marked, and [Open]
// makes none there.

const (
	sharedFile = "shared"
	sharedText = "This copy of the chain is one of several: nodes agree on its blocks.\n"
)

// ErrStill reports a transaction for a chain that makes no blocks here.
var ErrStill = errors.New("no blocks are made here")

// Shared reports whether the chain in a folder is one that nodes hold together.
func Shared(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, sharedFile))
	return err == nil
}

func share(dir string) error {
	if Shared(dir) {
		return nil
	}
	if err := durable.Replace(filepath.Join(dir, sharedFile), []byte(sharedText), 0o644); err != nil {
		return fmt.Errorf("mark the chain as shared: %w", err)
	}
	return nil
}

// Send implements [Chain]. On a chain that is still it is [ErrStill].
func (e *Embedded) Send(ctx context.Context, raw []byte) (Hash, error) {
	if e.still {
		return Hash{}, fmt.Errorf("send transaction: %w: nodes hold this chain together, so hand it to one of them that runs", ErrStill)
	}
	return e.client.Send(ctx, raw)
}
