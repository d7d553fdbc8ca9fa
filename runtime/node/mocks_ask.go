package node

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What nodes ask each other about mocks. Like errands to actors, it is taken
// from voters only: who asks is known to the node that people have asked, and to
// nobody else.
const (
	askMocks = "node.mocks"
	askDrive = "node.drive"
)

// mocksWithin is how long other nodes have to say what mocks they have.
const mocksWithin = 2 * time.Second

// A driving is the question of askDrive.
type driving struct {
	Mock  string        `json:"mock"`
	Drive control.Drive `json:"drive"`
	By    string        `json:"by"` // SPIFFE ID, on the word of the node that asks
}

// A driveAnswer is its answer. Refused is why not, and Word which kind of no.
type driveAnswer struct {
	Mock    *control.Mock `json:"mock,omitempty"`
	Refused string        `json:"refused,omitempty"`
	Word    string        `json:"word,omitempty"`
}

// allMocks asks the nodes that have mocks.
func (n *Node) allMocks(ctx context.Context) []control.Mock {
	all := n.ownMocks(time.Now())
	if n.voting() != nil {
		return all // nobody would answer: a voter shows them all
	}
	ctx, cancel := context.WithTimeout(ctx, mocksWithin)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, peer := range n.members.All() {
		if !peer.Up || peer.ID == n.cfg.Node || !slices.Contains(peer.Capabilities, device.Driven) {
			continue
		}
		wg.Go(func() {
			theirs, err := n.theirMocks(ctx, peer.ID)
			if err != nil {
				n.log.Debug("mocks not seen", "peer", peer.ID, "err", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, theirs...)
		})
	}
	wg.Wait()
	slices.SortFunc(all, func(a, b control.Mock) int {
		return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Name, b.Name))
	})
	return all
}

func (n *Node) theirMocks(ctx context.Context, peer flow.NodeID) ([]control.Mock, error) {
	reply, err := n.door.Ask(ctx, peer, askMocks, nil)
	if err != nil {
		return nil, err
	}
	var theirs []control.Mock
	if err := json.Unmarshal(reply, &theirs); err != nil {
		return nil, err
	}
	for i := range theirs { // a node speaks for its own mocks only
		theirs[i].Node = peer
	}
	return theirs, nil
}

func (n *Node) answerMocks(_ context.Context, peer flow.Identity, _ []byte) ([]byte, error) {
	if err := n.fromVoter(peer, "see the mock devices of this node"); err != nil {
		return nil, err
	}
	return json.Marshal(n.ownMocks(time.Now()))
}

// fromVoter refuses what another node asks for people that has no vote.
func (n *Node) fromVoter(peer flow.Identity, what string) error {
	if n.votes(flow.NodeID(peer.Name)) {
		return nil
	}
	err := fmt.Errorf("node %s asks for people and has no vote: they must ask a node that has one", peer.Name)
	n.audit(flow.AuditEvent{Kind: flow.AuditRequest, Who: peer.URI, Proven: true, What: what, Why: err.Error()})
	return err
}

// DriveMock has a mock do something, wherever it is.
func (n *Node) DriveMock(ctx context.Context, by flow.Identity, node flow.NodeID, name string, d control.Drive) (*control.Mock, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	m, err := n.carryDrive(ctx, by, node, name, d)
	e := flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditRequest, Who: by.URI, Proven: by.Known(), What: fmt.Sprintf("drive mock %.100s of %.100s: %s", name, node, said(d))}
	if err != nil {
		e.Why = err.Error()
	}
	n.audit(e)
	n.mocks.stale()
	return m, err
}

func (n *Node) carryDrive(ctx context.Context, by flow.Identity, node flow.NodeID, name string, d control.Drive) (*control.Mock, error) {
	if node == n.cfg.Node {
		return n.drive(by.URI, name, d, time.Now())
	}
	if _, known := n.members.Lookup(node); !known {
		return nil, fmt.Errorf("node %s: %w", node, control.ErrNotFound)
	}
	if err := n.voting(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(driving{Mock: name, Drive: d, By: by.URI})
	if err != nil {
		return nil, err
	}
	reply, err := n.door.Ask(ctx, node, askDrive, body)
	if err != nil {
		return nil, fmt.Errorf("%w: ask %s: %w", control.ErrUnavailable, node, err)
	}
	var a driveAnswer
	if err := json.Unmarshal(reply, &a); err != nil {
		return nil, fmt.Errorf("ask %s: %w", node, err)
	}
	if is := errMock[a.Word]; is != nil {
		return nil, fmt.Errorf("%s: %w", strings.TrimSuffix(a.Refused, ": "+is.Error()), is)
	}
	if a.Mock == nil {
		return nil, errors.New("ask " + string(node) + ": it gave no answer")
	}
	a.Mock.Node = node
	return a.Mock, nil
}

func (n *Node) answerDrive(_ context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if err := n.fromVoter(peer, "drive a mock device of this node"); err != nil {
		return nil, err
	}
	var q driving
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, fmt.Errorf("read what is to be driven: %w", err)
	}
	m, err := n.drive(q.By, q.Mock, q.Drive, time.Now())
	e := flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditRequest, Who: peer.URI, Proven: true,
		What: fmt.Sprintf("drive mock %.100s for %.200s: %s", q.Mock, q.By, said(q.Drive))}
	a := driveAnswer{Mock: m}
	if err != nil {
		e.Why = err.Error()
		a = driveAnswer{Refused: err.Error(), Word: mockWord(err)}
	}
	n.audit(e)
	return json.Marshal(a)
}
