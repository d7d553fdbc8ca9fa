package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/triedb"
)

// State implements [Reader]. What was read of the state before is asked for
// again in one request, or two if it has changed; what else a call needs, it
// asks for when it needs it.
func (r *Remote) State(ctx context.Context, at Hash) (State, error) {
	p, err := r.provenAt(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("state after block %s: %w", at, err)
	}
	s, err := r.over(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("state after block %v: %w", p.header.Number, err)
	}
	return s, nil
}

// Call implements [Reader].
func (r *Remote) Call(ctx context.Context, at Hash, to Address, data []byte) ([]byte, error) {
	if r.cfg.Trusted {
		return r.client.Call(ctx, at, to, data)
	}
	s, err := r.State(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", to, err)
	}
	return s.(*remoteState).call(ctx, to, data)
}

// provenAt is what is known of the state after a block: for the newest one,
// all that was of use in the state before.
func (r *Remote) provenAt(ctx context.Context, at Hash) (*proven, error) {
	r.mu.Lock()
	before := r.recent
	r.mu.Unlock()
	if before != nil && before.hash == at {
		return before, nil
	}
	next, err := r.refreshed(ctx, before, at)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	// An older block is read now and then, and is not worth keeping.
	if r.recent == before && (before == nil || next.header.Number.Cmp(before.header.Number) > 0) {
		r.recent = next
	}
	return next, nil
}

func (r *Remote) refreshed(ctx context.Context, before *proven, at Hash) (*proven, error) {
	var all []want
	if before != nil && !before.full() {
		all = before.wants(false)
	}
	if len(all) > callsAtOnce-1 {
		all = nil // more contracts than any set of rules names: read them anew
	}
	var header *types.Header
	batch, answers := proofRequests(at, all)
	batch = append(batch, rpc.BatchElem{Method: "eth_getBlockByHash", Args: []any{at, false}, Result: &header})
	if err := r.eth.Client().BatchCallContext(ctx, batch); err != nil {
		return nil, explained(err)
	}
	if err := batch[len(all)].Error; err != nil {
		return nil, explained(err)
	}
	if header == nil {
		return nil, ErrNoBlock
	}
	if err := sameHash(header, at); err != nil {
		return nil, err
	}
	p := newProven(header, at)
	for i, w := range all {
		if batch[i].Error != nil {
			continue // it will be asked for again if it is needed
		}
		if err := p.take(w, &answers[i]); err != nil {
			return nil, fmt.Errorf("account %s: %w: %w", w.address, ErrUnproved, err)
		}
	}
	if len(all) == 0 {
		return p, nil
	}
	return p, p.fetch(ctx, r.eth.Client(), p.inherit(before))
}

// A remoteState is a State of which the pieces are fetched as they are needed.
type remoteState struct {
	*view
	r         *Remote
	reader    *provenReader
	ancestors *ancestors
}

func (r *Remote) over(ctx context.Context, p *proven) (*remoteState, error) {
	config, err := r.config(ctx, p.header)
	if err != nil {
		return nil, err
	}
	reader := &provenReader{r: r, proven: p}
	db := state.NewDatabase(triedb.NewDatabase(rawdb.NewMemoryDatabase(), nil), state.NewCodeDB(rawdb.NewMemoryDatabase()))
	before := &ancestors{r: r, config: config}
	v, err := newView(p.header, config, before, func() (*state.StateDB, error) {
		return state.NewWithReader(p.header.Root, db, reader)
	})
	if err != nil {
		return nil, err
	}
	return &remoteState{view: v, r: r, reader: reader, ancestors: before}, nil
}

// Call implements [State].
func (s *remoteState) Call(to Address, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.r.cfg.Timeout)
	defer cancel()
	return s.call(ctx, to, data)
}

// call tries with what is known. If that is not enough, the endpoint says what
// the call will read, so that it comes in one piece; what it forgets to say is
// fetched when the call comes upon it.
func (s *remoteState) call(ctx context.Context, to Address, data []byte) ([]byte, error) {
	s.ancestors.failed = nil
	s.reader.beginOffline()
	out, err := s.view.Call(to, data)
	if s.reader.missed {
		if err := s.prefetch(ctx, to, data); err != nil {
			return nil, fmt.Errorf("call %s: %w", to, err)
		}
		s.reader.begin(ctx)
		out, err = s.view.Call(to, data)
	}
	if failed := s.ancestors.failed; failed != nil {
		return nil, fmt.Errorf("call %s: a block before: %w", to, failed)
	}
	return out, err
}

// CodeHash implements [State].
func (s *remoteState) CodeHash(a Address) (Hash, error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.r.cfg.Timeout)
	defer cancel()
	s.reader.begin(ctx)
	return s.view.CodeHash(a)
}

// Storage implements [State].
func (s *remoteState) Storage(a Address) (Hash, error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.r.cfg.Timeout)
	defer cancel()
	s.reader.begin(ctx)
	return s.view.Storage(a)
}

// maxListed bounds what an endpoint may make us fetch for one call, in slots.
const maxListed = 4096

// prefetch fetches what a call will read, by the endpoint's word.
func (s *remoteState) prefetch(ctx context.Context, to Address, data []byte) error {
	var list struct {
		AccessList types.AccessList `json:"accessList"`
	}
	p := s.reader.proven
	args := map[string]any{"to": to, "data": hexutil.Bytes(data)}
	// An endpoint that does not tell is no error: it takes more requests.
	_ = s.r.eth.Client().CallContext(ctx, &list, "eth_createAccessList", args, blockArg(p.hash))
	all := []want{{address: to}}
	n := 0
	for _, e := range list.AccessList {
		if n += 1 + len(e.StorageKeys); n > maxListed {
			return errors.New("the endpoint names more slots than a view may read")
		}
		all = append(all, want{e.Address, e.StorageKeys})
	}
	return p.fetch(ctx, s.r.eth.Client(), all)
}
