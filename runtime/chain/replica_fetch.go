package chain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/core"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A replica that is far behind fetches blocks from another node, which may lie.
// So it goes down from the block that was agreed on, header by header: each names
// the one before by its hash, so none can be another than it was. On the way it
// keeps the hash of every leg's last block only, since a year has six million.
// Then it goes up leg by leg, and executes each block whose hash it knows.

const (
	leg       = 4096 // blocks
	askWithin = 15 * time.Second
)

// errNotOurs reports that the agreed chain does not go through the newest block
// of this replica: no other node can mend that.
var errNotOurs = errors.New("the chain that was agreed on does not go through this block")

// A mark is a block of the agreed chain.
type mark struct {
	number uint64
	hash   Hash
}

// fetch brings the copy up to the block at, from the first node that serves it.
func (r *Replica) fetch(e *Embedded, at Agreed) error {
	holders := r.cfg.Peers.Holders()
	if len(holders) == 0 {
		return fmt.Errorf("fetch blocks %d to %d: no node that is up offers the chain", e.head().Number+1, at.Number)
	}
	var errs []error
	for _, node := range holders {
		err := r.fetchFrom(node, e, at)
		if err == nil || errors.Is(err, errNotOurs) || r.ends.Err() != nil {
			return err
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (r *Replica) fetchFrom(node flow.NodeID, e *Embedded, at Agreed) error {
	marks, err := r.descend(node, e, at)
	if err != nil {
		return err
	}
	for i := len(marks) - 1; i >= 0; i-- { // from the lowest up
		hashes, err := r.hashes(node, e, marks[i])
		if err != nil {
			return err
		}
		if err := r.ascend(node, e, hashes); err != nil {
			return err
		}
	}
	return nil
}

// descend finds the last block of each leg between the agreed block and the
// newest one here, from the top.
func (r *Replica) descend(node flow.NodeID, e *Embedded, at Agreed) ([]mark, error) {
	low := e.head()
	marks := []mark{{at.Number, at.Hash}}
	for {
		last := marks[len(marks)-1]
		if last.number <= low.Number+leg {
			return marks, nil
		}
		down, err := r.headers(node, e.Genesis(), last, leg)
		if err != nil {
			return nil, err
		}
		next := down[len(down)-1]
		marks = append(marks, mark{next.Number - 1, next.Parent})
	}
}

// hashes are those of the blocks after the newest one here up to the mark, from
// the lowest.
func (r *Replica) hashes(node flow.NodeID, e *Embedded, top mark) ([]Hash, error) {
	low := e.head()
	if top.number <= low.Number {
		return nil, nil
	}
	down, err := r.headers(node, e.Genesis(), top, top.number-low.Number)
	if err != nil {
		return nil, err
	}
	if first := down[len(down)-1]; first.Parent != low.Hash {
		return nil, fmt.Errorf("%w: block %d is %s here and %s there", errNotOurs, low.Number, low.Hash, first.Parent)
	}
	list := make([]Hash, len(down))
	for i, h := range down {
		list[len(down)-1-i] = h.Hash
	}
	return list, nil
}

// headers are n headers from the mark down, each the parent of the one before.
func (r *Replica) headers(node flow.NodeID, genesis Hash, from mark, n uint64) ([]Header, error) {
	var list []Header
	for uint64(len(list)) < n {
		_, items, err := r.ask(node, genesis, replicaTalk{Kind: askHeaders, Number: from.number, Most: n - uint64(len(list))})
		if err != nil {
			return nil, err
		}
		if len(items) == 0 || uint64(len(items)) > n-uint64(len(list)) {
			return nil, fmt.Errorf("node %s sent %d headers where %d were asked for", node, len(items), n-uint64(len(list)))
		}
		for _, item := range items {
			h, err := ParseHeader(item)
			if err == nil && (h.Hash != from.hash || h.Number != from.number) {
				err = fmt.Errorf("header %d has the hash %s, want block %d with %s", h.Number, h.Hash, from.number, from.hash)
			}
			if err != nil {
				return nil, fmt.Errorf("node %s: %w", node, err)
			}
			list, from = append(list, h), mark{h.Number - 1, h.Parent}
		}
	}
	return list, nil
}

// ascend executes the blocks after the newest one here, which have these hashes.
func (r *Replica) ascend(node flow.NodeID, e *Embedded, hashes []Hash) error {
	for len(hashes) > 0 {
		if err := r.ends.Err(); err != nil {
			return err
		}
		_, items, err := r.ask(node, e.Genesis(), replicaTalk{Kind: askBlocks, Number: e.head().Number + 1, Most: uint64(len(hashes))})
		if err != nil {
			return err
		}
		if len(items) == 0 || len(items) > len(hashes) {
			return fmt.Errorf("node %s sent %d blocks where %d were asked for", node, len(items), len(hashes))
		}
		for _, item := range items {
			b, err := ParseBlock(item)
			if err == nil && b.Hash != hashes[0] {
				err = fmt.Errorf("block %d has the hash %s, and %s was agreed on", b.Number, b.Hash, hashes[0])
			}
			if err == nil {
				err = e.Add(b)
			}
			if err != nil && !errors.Is(err, ErrOvertaken) { // the follower was quicker
				return fmt.Errorf("node %s: %w", node, err)
			}
			hashes = hashes[1:]
		}
	}
	return nil
}

// join fetches the genesis of the agreed chain and opens it here.
func (r *Replica) join(at Agreed) error {
	var errs []error
	for _, node := range r.cfg.Peers.Holders() {
		_, items, err := r.ask(node, at.Genesis, replicaTalk{Kind: askGenesis})
		if err == nil && len(items) != 1 {
			err = fmt.Errorf("node %s sent %d texts for a genesis", node, len(items))
		}
		if err == nil {
			err = r.found(at.Genesis, items[0])
		}
		if err == nil {
			r.log.Info("chain joined", "from", node, "genesis", at.Genesis)
			return nil
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return errors.New("fetch the chain: no node that is up offers it")
	}
	return errors.Join(errs...)
}

// found writes a genesis that another node has sent, and opens it.
func (r *Replica) found(want Hash, text []byte) error {
	if _, err := layOut(r.cfg.Dir, text, want, r.cfg.Manager); err != nil {
		return err
	}
	return r.open()
}

// checkGenesis reads a genesis that another node has sent. Its hash says
// everything but the configuration, which must be the one that [Init] gives. A zero want is any.
func checkGenesis(want Hash, text []byte) (*core.Genesis, Hash, error) {
	none := func(err error) (*core.Genesis, Hash, error) { return nil, Hash{}, err }
	if len(text) > maxGenesis {
		return none(fmt.Errorf("genesis of %d bytes: want at most %d", len(text), maxGenesis))
	}
	var g core.Genesis
	if err := json.Unmarshal(text, &g); err != nil {
		return none(fmt.Errorf("genesis: %w", err))
	}
	if g.Config == nil || g.Config.ChainID == nil || !g.Config.ChainID.IsUint64() {
		return none(errors.New("genesis: it has no chain id"))
	}
	ours, err := json.Marshal(genesisConfig(g.Config.ChainID))
	if err != nil {
		return none(err)
	}
	theirs, err := json.Marshal(g.Config)
	if err != nil || !bytes.Equal(ours, theirs) {
		return none(fmt.Errorf("genesis: it has another configuration than a chain of this hospital: %.300s", theirs))
	}
	if !bytes.Equal(g.ExtraData, []byte(genesisMark)) && !bytes.Equal(g.ExtraData, genesisExtra(g.Config.ChainID)) {
		return none(fmt.Errorf("genesis: its chain id %d is not the one that its mark %x names", g.Config.ChainID, g.ExtraData))
	}
	is := g.ToBlock().Hash()
	if want != (Hash{}) && is != want {
		return none(fmt.Errorf("genesis: its hash is %s, and %s was agreed on", is, want))
	}
	return &g, is, nil
}
