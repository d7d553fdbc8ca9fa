package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Bundles of evidence: each node gives what it has of one, and its word for a
// block of the chain that it follows.

// What nodes ask each other.
const (
	askParts   = "node.evidence"
	askWitness = "node.witness"
)

const (
	partsWithin   = 10 * time.Second // a search of logs may take long
	witnessWithin = 3 * time.Second
)

// openEvidence begins to answer other nodes.
func (n *Node) openEvidence(context.Context) error {
	n.door.Answer(askParts, n.answerParts)
	n.door.Answer(askWitness, n.answerWitness)
	return nil
}

// Prove makes a bundle of what all nodes that can be reached have, and verifies it
// before it gives it away.
func (n *Node) Prove(ctx context.Context, by flow.Identity, q control.ProveQuery) ([]byte, error) {
	of, err := evidence.ParseQuery(q.Of)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
	}
	g := evidence.Gatherer{Ask: n.askParts, Witness: n.askWitnesses, Lists: n.verifier.Lists, Wait: q.Wait, Early: q.Early}
	b, err := g.Gather(ctx, of)
	switch {
	case errors.Is(err, evidence.ErrNothing):
		return nil, fmt.Errorf("%w: %w", control.ErrNotFound, err)
	case errors.Is(err, evidence.ErrNotYet):
		return nil, fmt.Errorf("%w: %w: ask again, or with --early for what is there", control.ErrUnavailable, err)
	case err != nil:
		return nil, err
	}
	report, err := b.Verify(evidence.Options{Trust: n.keys.trust()})
	if refused := (*evidence.Refusal)(nil); err != nil && (!errors.As(err, &refused) || refused.Code != evidence.NotProved) {
		return nil, fmt.Errorf("what the nodes gave does not hold together: %w", err)
	}
	n.audit(flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditRequest, Who: by.URI, Proven: by.Known(), What: "take a bundle that proves " + aboutWhat(report)})
	return b.Encode()
}

func aboutWhat(r *evidence.Report) string {
	switch {
	case r.Reading != nil:
		return fmt.Sprintf("reading %d of %s of device %s", r.Reading.Seq, r.Reading.Stream, r.Reading.Device)
	case len(r.Checks) > 0:
		return fmt.Sprintf("checks of reading %d of %s of device %s", r.Checks[0].Seq, r.Checks[0].Stream, r.Checks[0].Device)
	}
	return "nothing yet"
}

// askParts asks all nodes that are up what they have. What does not hold is left
// out, and said.
func (n *Node) askParts(ctx context.Context, q evidence.Query) ([]*evidence.Parts, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	own, err := n.parts(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("this node's part: %w", err)
	}
	all := []*evidence.Parts{own}
	for node, answer := range n.askEach(ctx, askParts, body, partsWithin) {
		p := new(evidence.Parts)
		err := json.Unmarshal(answer, p)
		if err == nil {
			err = p.Holds(evidence.Options{Trust: n.keys.trust()})
		}
		if err != nil {
			n.audit(flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditReading, Who: string(node), Proven: true, What: "evidence", Why: err.Error()})
			continue
		}
		all = append(all, p)
	}
	return all, nil
}

// askEach asks all other nodes that are up at once. Who does not answer is left out.
func (n *Node) askEach(ctx context.Context, kind string, body []byte, within time.Duration) map[flow.NodeID][]byte {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	answers := map[flow.NodeID][]byte{}
	for _, m := range n.members.All() {
		if !m.Up || m.ID == n.cfg.Node {
			continue
		}
		wg.Go(func() {
			answer, err := n.door.Ask(ctx, m.ID, kind, body)
			if err != nil {
				n.log.Info("node gave no evidence", "peer", m.ID, "err", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			answers[m.ID] = answer
		})
	}
	wg.Wait()
	return answers
}

// answerParts gives another node what this one has. It is given to nodes of the
// hospital only, who have judged it or may be asked to.
func (n *Node) answerParts(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if err := n.ours(peer); err != nil {
		return nil, err
	}
	var q evidence.Query
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, fmt.Errorf("read what is to be proved: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, partsWithin)
	defer cancel()
	p, err := n.parts(ctx, q)
	if err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

// parts is what this node has.
func (n *Node) parts(ctx context.Context, q evidence.Query) (*evidence.Parts, error) {
	var h evidence.Holder
	if n.checks != nil {
		h.Chain = n.ruling.chain
		h.Books = []evidence.Book{{Log: n.checks.log, Account: strings.ToLower(n.checks.anchor.Status().Log), Covering: n.checks.anchor.Covering}}
	}
	if n.store != nil {
		h.Reading = func(ctx context.Context, s proof.Stream, seq uint64) (*evidence.Stored, error) {
			k, err := n.store.Reading(ctx, s, seq)
			if err != nil || k.Reading == nil {
				return nil, err
			}
			return &evidence.Stored{Reading: k.Reading, Window: k.Sealed, Index: k.Index}, nil
		}
	}
	return h.Parts(ctx, q)
}

// A blockName is what a witness is asked about.
type blockName struct {
	Number uint64     `json:"number"`
	Hash   chain.Hash `json:"hash"`
}

// askWitnesses asks all nodes that are up for their word for a block.
func (n *Node) askWitnesses(ctx context.Context, number uint64, hash chain.Hash) [][]byte {
	body, err := json.Marshal(blockName{number, hash})
	if err != nil {
		return nil
	}
	given := n.askEach(ctx, askWitness, body, witnessWithin)
	if own, err := n.witness(ctx, number, hash); err == nil {
		given[n.cfg.Node] = own
	}
	var all [][]byte
	for node, b := range given {
		if err := evidence.Vouches(b, evidence.Options{Trust: n.keys.trust()}, number, hash); err != nil {
			n.audit(flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditReading, Who: string(node), Proven: true, What: fmt.Sprintf("its word for block %d", number), Why: err.Error()})
			continue
		}
		all = append(all, b)
	}
	slices.SortFunc(all, slices.Compare)
	return all
}

func (n *Node) answerWitness(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if err := n.ours(peer); err != nil {
		return nil, err
	}
	var b blockName
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, fmt.Errorf("read which block: %w", err)
	}
	return n.witness(ctx, b.Number, b.Hash)
}

// witness is this node's word for a block, if the chain that it follows has it and
// it is final.
func (n *Node) witness(ctx context.Context, number uint64, hash chain.Hash) ([]byte, error) {
	if n.checks == nil {
		return nil, errors.New("this node follows no chain")
	}
	contract, err := n.checks.find(ctx)
	if err != nil {
		return nil, err
	}
	w, err := evidence.WitnessOf(ctx, contract, n.checks.manager, number, hash)
	if err != nil {
		return nil, err
	}
	w.Replica = n.ruling.replica != nil
	return proof.SignWitness(n.signer(), w, time.Now())
}
