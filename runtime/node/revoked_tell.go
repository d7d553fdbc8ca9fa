package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/register"
)

// How lists of revocations get to the others.

// askCRL is the question by which two nodes tell each other what is revoked.
const askCRL = "node.crl"

const (
	tellWithin = 2 * time.Second // one try
	tellEach   = time.Second     // between two tries
	tellMost   = pki.MaxList     // bytes of lists in one question: in base64 it fits into a body
	tellCount  = 16              // lists in one question
)

// A revokedNews is what one node tells the other: what it has, and lists that the
// other may lack. The answer is the same.
type revokedNews struct {
	Have  map[string]uint64 `json:"have"` // by issuer
	Lists [][]byte          `json:"lists,omitempty"`
}

// pack adds the lists of issuers, as many as there is room for.
func (n *Node) pack(issuers []string) revokedNews {
	news := revokedNews{Have: n.numbers()}
	slices.Sort(issuers)
	room := tellMost
	for _, i := range issuers {
		if der := n.listOf(i); der != nil && len(der) <= room && len(news.Lists) < tellCount {
			news.Lists, room = append(news.Lists, der), room-len(der)
		}
	}
	return news
}

// unpack takes in what another node has told.
func (n *Node) unpack(b []byte, from string) (revokedNews, error) {
	var news revokedNews
	if err := json.Unmarshal(b, &news); err != nil {
		return news, fmt.Errorf("read what is revoked: %w", err)
	}
	if len(news.Lists) > tellCount || len(news.Have) > tellCount {
		return news, fmt.Errorf("%d lists of revocations and %d numbers: at most %d", len(news.Lists), len(news.Have), tellCount)
	}
	for _, l := range news.Lists {
		if _, err := n.takeCRL(l, from); err != nil {
			return news, fmt.Errorf("take list of revocations: %w", err)
		}
	}
	return news, nil
}

// answerCRL answers another node's news with what that node lacks.
func (n *Node) answerCRL(_ context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	news, err := n.unpack(body, peer.URI)
	if err != nil {
		n.audit(flow.AuditEvent{Kind: flow.AuditIdentity, Who: peer.URI, Proven: true, What: "a list of revocations", Why: err.Error()})
		return nil, err
	}
	var lacks []string
	for issuer, number := range n.numbers() {
		if news.Have[issuer] < number {
			lacks = append(lacks, issuer)
		}
	}
	return json.Marshal(n.pack(lacks))
}

// tell tells one node; nil when it has all that this one has.
func (n *Node) tell(ctx context.Context, node flow.NodeID, boot uint64, lacks []string) error {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	body, err := json.Marshal(n.pack(lacks))
	if err != nil {
		return err
	}
	b, err := n.door.Ask(ctx, node, askCRL, body)
	if err != nil {
		return err
	}
	news, err := n.unpack(b, "node "+string(node))
	if err != nil {
		return err
	}
	n.lists.has(node, boot, news.Have)
	return nil
}

// passOn brings the lists to the register and to all nodes that are up, until ctx
// ends. Whoever can't be reached is told when it is back.
func (n *Node) passOn(ctx context.Context) {
	tick := time.NewTicker(tellEach)
	defer tick.Stop()
	var busy sync.WaitGroup
	defer busy.Wait()
	var mu sync.Mutex // guards telling
	telling := map[flow.NodeID]bool{}
	start := func(who flow.NodeID, do func()) {
		mu.Lock()
		defer mu.Unlock()
		if telling[who] {
			return
		}
		telling[who] = true
		busy.Go(func() {
			do()
			mu.Lock()
			defer mu.Unlock()
			delete(telling, who)
		})
	}
	for {
		agreed, members := n.register.Changed(), n.members.Changed()
		if lacks := n.fromRegister(n.register.View()); len(lacks) > 0 {
			start("", func() { n.putLists(ctx, lacks) })
		}
		mine := n.numbers()
		for _, m := range n.members.All() {
			if lacks := n.lists.lacking(m.ID, m.Boot, mine); m.Up && m.ID != n.cfg.Node && len(lacks) > 0 {
				start(m.ID, func() {
					if err := n.tell(ctx, m.ID, m.Boot, lacks); err != nil && ctx.Err() == nil {
						n.log.Debug("node was not told what is revoked", "peer", m.ID, "err", err)
					}
				})
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-n.lists.news:
		case <-agreed:
		case <-members:
		case <-tick.C:
		}
	}
}

// putLists puts lists into the register, if something can be agreed.
func (n *Node) putLists(ctx context.Context, lacks map[string]uint64) {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	for issuer, number := range lacks {
		der := n.listOf(issuer)
		if l, err := pki.ReadList(der); err != nil || l.Number < number {
			continue
		} else if err := n.register.PutSetting(ctx, keyCRL+issuer, register.RisingValue(l.Number, der)); err != nil {
			n.log.Debug("list of revocations is not in the register yet", "err", err)
		}
	}
}

// Revoke takes in a list of revocations and waits a moment until the nodes that
// are up have it.
func (n *Node) Revoke(ctx context.Context, by flow.Identity, crl []byte) (*control.Revoked, error) {
	if _, err := n.takeCRL(crl, by.URI); err != nil {
		n.audit(flow.AuditEvent{Kind: flow.AuditIdentity, Who: by.URI, Proven: true, What: "a list of revocations", Why: err.Error()})
		return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
	}
	n.log.Info("list of revocations was brought", "by", by.URI)
	ctx, cancel := context.WithTimeout(ctx, 3*tellEach)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		got := n.revocations()
		if len(got.Missing) == 0 {
			return got, nil
		}
		select {
		case <-ctx.Done():
			return got, nil
		case <-tick.C:
		}
	}
}

// Revocations is what this node knows to be revoked, and which nodes know too.
func (n *Node) Revocations(context.Context) (*control.Revoked, error) { return n.revocations(), nil }

func (n *Node) revocations() *control.Revoked {
	out := &control.Revoked{}
	mine := map[string]uint64{}
	for _, der := range n.verifier.Lists() {
		l, err := pki.ReadList(der)
		if err != nil {
			continue
		}
		mine[l.Issuer] = l.Number
		r := control.RevocationList{Issuer: l.Issuer, Number: l.Number, ThisUpdate: l.ThisUpdate, NextUpdate: l.NextUpdate}
		for _, e := range l.Entries {
			r.Revoked = append(r.Revoked, control.Revocation{Serial: e.Serial, At: e.At, Reason: e.Reason.String()})
		}
		out.Lists = append(out.Lists, r)
	}
	out.Have = []flow.NodeID{n.cfg.Node}
	for _, m := range n.members.All() {
		switch {
		case m.ID == n.cfg.Node || !m.Up || n.isRevoked(m.ID):
		case len(n.lists.lacking(m.ID, m.Boot, mine)) == 0:
			out.Have = append(out.Have, m.ID)
		default:
			out.Missing = append(out.Missing, m.ID)
		}
	}
	slices.Sort(out.Have)
	return out
}

// watchTrust acts when somebody is revoked, or the trust changes, until ctx ends:
// what is open is looked at again at once.
func (n *Node) watchTrust(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		changed := n.verifier.Changed()
		n.door.Recheck()
		n.engine.Rejudge()
		n.leader.again()
		if err := n.verifier.Holds(n.signer().ID, time.Now()); errors.Is(err, pki.ErrRevoked) {
			n.fail(fmt.Errorf("this node is revoked: %w", err))
		}
		n.keepFirst()
		n.warnStale(time.Now())
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

// warnEach is how often it is said that lists grow old.
const warnEach = 10 * time.Minute

// warnStale says when no new list has come from an authority for so long that
// soon nobody of it will be let in.
func (n *Node) warnStale(now time.Time) {
	stale := append(n.verifier.Stale(now.Add(time.Hour)), n.verifier.Unheard(now)...)
	n.lists.mu.Lock()
	say := len(stale) > 0 && now.Sub(n.lists.warned) >= warnEach
	if say {
		n.lists.warned = now
	}
	n.lists.mu.Unlock()
	if !say {
		return
	}
	for _, err := range stale {
		n.log.Warn("nobody new will be let in soon: no list of revocations comes; is the authorities' service there?", "err", err)
		n.audit(flow.AuditEvent{Kind: flow.AuditIdentity, At: now.UTC(),
			What: "to let anybody new in soon: what is open stays, until its certificates end", Why: err.Error()})
	}
}

// isRevoked reports whether what a node said of itself last is signed with a
// certificate that is revoked.
func (n *Node) isRevoked(node flow.NodeID) bool {
	chain := n.members.Chain(node)
	if len(chain) == 0 {
		return false
	}
	_, err := n.verifier.Identify(chain, time.Now())
	return errors.Is(err, pki.ErrRevoked)
}
