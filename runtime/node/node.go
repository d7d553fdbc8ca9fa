package node

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/apps/view"
	"github.com/wardflow/wardflow/runtime/audit"
	"github.com/wardflow/wardflow/runtime/card"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/journal"
	"github.com/wardflow/wardflow/runtime/member"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/register"
	"github.com/wardflow/wardflow/runtime/remote"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/replica"
	"github.com/wardflow/wardflow/runtime/trace"
)

// A Node is one running node.
type Node struct {
	cfg   Config
	log   *slog.Logger
	types flow.Types

	keys     keyring
	renewal  renewal
	verifier *pki.Verifier
	lists    *lists // of who is revoked

	door     *remote.Door
	members  *member.Members
	register *register.Register
	ruling   *ruling // nil: judges nothing
	store    store.Store
	engine   *engine.Engine
	control  *control.Server // nil: serves no people
	offer    offer
	devices  *device.Set
	mocks    *mocks
	chainID  atomic.Uint64
	held     heldChain

	guard      guard
	wirings    wirings
	texts      texts
	owed       sync.Map // certificates of local actors that the register does not have yet: DER → flow.Signer
	published  sync.Map // certificates that the register has, as DER in a string
	links      *links
	reconciler *reconciler
	leader     *leader
	tenure     *tenure
	journal    *journal.Journal
	copies     *replica.Store                // store, when a group of nodes holds it alike
	kept       atomic.Pointer[register.View] // what was agreed when this node ran last
	met        atomic.Bool                   // members is set
	synced     atomic.Bool                   // what the register shows is what is agreed, and no history
	history    *history
	swept      []flow.ActorID // the spools that were kept last; the reconciler's alone
	boot       uint64
	gatherer   *gatherer
	facts      *facts
	tracer     *trace.Tracer // nil: records no ways of tokens
	events     *events
	numbered   numbers // of all nodes' events, as this one shows them
	failed     chan error
	judged     *judged
	checks     *checks // nil: judges nothing
	confirms   confirms
	alarms     alarms
	gathered   gathered
	chronicle  *chronicle
	ingest     *ingest.Core // nil: no devices come here
	record     *audit.Log
	taps       *taps

	stop context.CancelFunc
	done sync.WaitGroup
	ends []func() error // what Close ends, last first
}

// Start brings a node up: certificate, door, membership, register, chain,
// store, engine, control API. It returns when it is listening; other nodes may
// not be there yet. Close ends it.
func Start(ctx context.Context, cfg Config, types flow.Types, log *slog.Logger) (*Node, error) {
	log = log.With("node", cfg.Node)
	n := &Node{cfg: cfg, log: log, types: types, events: &events{node: cfg.Node}, judged: newJudged(),
		failed: make(chan error, 1)}
	n.taps = newTaps(n)
	n.renewal.n, n.links = n, newLinks(n)
	n.reconciler = newReconciler(n)
	n.gatherer, n.history, n.facts = &gatherer{n: n}, newHistory(), newFacts(n)
	n.confirms.more, n.chronicle = make(chan struct{}, 1), newChronicle()
	n.wirings.judge, n.wirings.past = n.judgeApp, n.past
	n.leader, n.tenure = newLeader(n), newTenure(n)
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"read its certificates", n.identify},
		{"read its policy", n.openGuard},
		{"read what is revoked", n.readRevoked},
		{"open its audit record", n.openRecord},
		{"open its door", n.openDoor},
		{"open its journal", n.openJournal},
		{"open its store", n.openStore},
		{"meet the others", n.meet},
		{"open the register", n.openRegister},
		{"open the chain", n.openChain},
		{"open its log of checks", n.openChecks},
		{"give evidence", n.openEvidence},
		{"record ways of tokens", n.openTracer},
		{"start its engine", n.openEngine},
		{"serve people", n.serve},
		{"show what it counts", n.openMeter},
		{"listen for devices", n.openIngest},
		{"listen for devices over MQTT", n.openMQTT},
	} {
		if err := step.do(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("node %s: %s: %w", cfg.Node, step.what, err), n.Close())
		}
	}
	n.run()
	log.Info("node started", "door", n.door.Addr(), "control", cfg.Control, "offers", n.offer.names())
	return n, nil
}

// Close ends everything, from the top down, and returns when nothing of the
// node runs any more.
func (n *Node) Close() error {
	if n.stop != nil {
		n.goodbye()
		n.stop()
		n.done.Wait()
		n.stop = nil
	}
	var errs []error
	for len(n.ends) > 0 {
		last := len(n.ends) - 1
		errs = append(errs, n.ends[last]())
		n.ends = n.ends[:last]
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close node %s: %w", n.cfg.Node, err)
	}
	n.log.Info("node stopped")
	return nil
}

// Failed gives the reason for which this process must end at once, should there
// be one: an actor that acts on the world, may not any more, and can't be stopped.
func (n *Node) Failed() <-chan error { return n.failed }

func (n *Node) fail(err error) {
	select {
	case n.failed <- err:
	default:
	}
}

func (n *Node) signer() flow.Signer { return n.keys.own() }

func (n *Node) identify(context.Context) error {
	own, err := pki.LoadSigner(n.cfg.Certificate)
	if err != nil {
		return err
	}
	trust, err := pki.LoadTrust(n.cfg.Trust)
	if err != nil {
		return err
	}
	n.verifier = pki.NewVerifier(trust)
	id, err := n.verifier.Identify(own.Chain, time.Now())
	if err != nil {
		return fmt.Errorf("its own certificate in %s: %w", n.cfg.Certificate, err)
	}
	if id.Role != flow.RoleNode || id.Name != string(n.cfg.Node) {
		return fmt.Errorf("its certificate is of %s, not of the node %s", id.URI, n.cfg.Node)
	}
	own.ID = id
	identities, err := loadIdentities(n.cfg.Identities)
	if err != nil {
		return err
	}
	n.keys.setOwn(own)
	n.keys.setTrust(trust)
	n.keys.setIdentities(identities)
	n.renewal.loadWeb()
	return nil
}

func (n *Node) openDoor(context.Context) (err error) {
	n.door, err = remote.Listen(remote.Config{Self: n.cfg.Node, Listen: n.cfg.Door, Signer: n.signer, Verifier: n.verifier,
		Address: n.addressOf, Gone: n.leader.lost, Log: n.log, Audit: n.audit})
	if err != nil {
		return err
	}
	n.ends = append(n.ends, n.door.Close)
	return nil
}

// addressOf is where a node's door is: where gossip last saw it, or where the
// configuration has a voter.
func (n *Node) addressOf(id flow.NodeID) (string, bool) {
	if n.met.Load() {
		if info, ok := n.members.Lookup(id); ok {
			return info.Door, true
		}
	}
	for _, v := range slices.Concat(n.cfg.Voters, n.cfg.StoreGroup.Members) {
		if v.Node == id {
			return v.Door, true
		}
	}
	return "", false
}

// offers collects what this node gives to actors.
func (n *Node) offers() (offer, error) {
	o := offer{capStdout: os.Stdout}
	for name := range n.keys.all() {
		o[identityOf+name] = true
	}
	for _, name := range n.cfg.Capabilities {
		o[name] = true
	}
	if len(n.cfg.Recordings) > 0 {
		f, err := newFolders(n.cfg.Recordings)
		if err != nil {
			return nil, err
		}
		o[capRecordings] = f
	}
	if n.cfg.Cards != "" {
		o[capCard] = card.NewFolder(n.cfg.Cards)
	}
	if n.store != nil {
		o[capStore] = n.store
		if g := n.cfg.StoreGroup.Name; g != "" {
			o[capStoreGroup+g] = true
		}
	}
	if n.cfg.Chain != nil {
		o[capRules] = func(actor flow.ActorID) any { return n.logged(judging{n.ruling.book, actor, n.judged, n.raise}) }
		o[capIdentities] = newKnown(n)
		if n.cfg.Chain.Dir != "" {
			o[capChain] = true
		}
		if n.cfg.Chain.Payer != "" {
			o[capPayer] = true
		}
	}
	n.offerIngest(o)
	return o, n.openDevices(o)
}

func (n *Node) meet(ctx context.Context) (err error) {
	if n.offer, err = n.offers(); err != nil {
		return err
	}
	n.members, err = member.Start(member.Config{
		Self: flow.NodeInfo{ID: n.cfg.Node, Boot: uint64(time.Now().UnixNano()), Door: n.door.Addr(), Control: n.cfg.Control,
			Attributes: n.attributes(), Capabilities: n.announced()},
		Signer: n.signer, Verifier: household{n}, Transport: n.door, Seeds: n.cfg.Join,
		Dir: filepath.Join(n.cfg.Dir, "members"), Preset: member.Preset(n.cfg.Gossip), Log: n.log,
		Measure: n.facts.measure, Refused: n.disbelieve})
	if err == nil {
		n.boot = n.members.Self().Boot // above that of the run before, whatever the clock says
		n.met.Store(true)
		n.ends = append(n.ends, n.part)
	}
	return err
}

// disbelieve tells of gossip that was refused.
func (n *Node) disbelieve(r member.Refusal) {
	n.audit(flow.AuditEvent{Kind: flow.AuditGossip, Who: r.Who, Proven: r.Proven, From: r.From,
		What: fmt.Sprintf("gossip about node %s", r.Node), Why: r.Why})
}

// part says goodbye to the other members.
func (n *Node) part() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := n.members.Leave(ctx); err != nil {
		n.log.Debug("members were not told of the leave", "err", err)
	}
	return n.members.Close()
}

func (n *Node) openRegister(context.Context) (err error) {
	var voters []register.Voter
	for _, v := range n.cfg.Voters {
		voters = append(voters, register.Voter{ID: v.Node, Addr: v.Door})
	}
	n.register, err = register.Open(register.Config{Self: n.cfg.Node, Transport: n.door, Log: n.log,
		Dir: filepath.Join(n.cfg.Dir, "register"), Voters: voters, Lookup: n.addressOf,
		Own: ofItself, Checked: n.checked, Issued: n.issued, Block: n.checkBlock, Audit: n.audit})
	if err == nil {
		n.ends = append(n.ends, n.register.Close)
	}
	return err
}

func (n *Node) openEngine(context.Context) (err error) {
	n.engine, err = engine.New(n.traced(engine.Config{Types: n.types, Checkpoints: flushing{n.register, n}, Local: n.journal, Log: n.log,
		Capability: n.offer.give, Judge: n.judgeLocal, Event: n.engineEvent, May: n.tenure.may}))
	if err == nil {
		n.ends = append(n.ends, n.engine.Close)
	}
	return err
}

func (n *Node) engineEvent(e engine.Event) {
	switch e.What {
	case "stale":
		n.reconciler.again() // it runs no more: should it?
	case "faulted":
		n.events.add(control.ActorFault, e.Actor, "", fmt.Sprintf("%s faulted: %s", e.Actor, e.Why))
	case "stopped":
		n.log.Warn("actor stopped after a fault", "actor", e.Actor, "err", e.Why)
		n.events.add(control.ActorFault, e.Actor, "", fmt.Sprintf("%s stopped until somebody lets it go on: %s", e.Actor, e.Why))
	case "hung":
		n.log.Error("actor does not end and was left behind", "actor", e.Actor, "err", e.Why)
		n.events.add(control.ActorFault, e.Actor, "", fmt.Sprintf("%s does not end and was left behind: %s", e.Actor, e.Why))
		if n.exclusive(e.Actor) {
			n.fail(fmt.Errorf("actor %s acts on the world and does not end: %s", e.Actor, e.Why))
		}
	case "link refused":
		n.log.Warn("link refused", "link", e.Link, "err", e.Why)
		n.events.add(control.LinkRefused, e.Actor, e.Link, fmt.Sprintf("link %s was refused: %s", e.Link, e.Why))
	}
}

func (n *Node) serve(context.Context) (err error) {
	if n.cfg.Control == "" {
		return nil
	}
	cfg := control.Config{Addr: n.cfg.Control, Backend: n, Own: n.signer, Web: n.renewal.webCertificate, Log: n.log, Gate: n.limits("control API"),
		May: n.mayAsk, Audit: n.audit,
		Verify: n.identifyOurs, Changed: n.verifier.Changed, Callers: func() []*x509.Certificate { return n.keys.trust().Issuers },
		Fresh: func(id flow.Identity) error { return n.verifier.Fresh(id, time.Now()) }}
	if n.cfg.Page {
		cfg.Page = view.Files()
	}
	if n.control, err = control.Serve(cfg); err != nil {
		return err
	}
	n.ends = append(n.ends, n.control.Close)
	if n.ruling != nil && n.ruling.replica != nil {
		n.control.Mount(chainPath, n.ruling.replica.Handler(), flow.RoleNode, flow.RoleStaff)
	}
	return nil
}

// run starts what goes on by itself.
func (n *Node) run() {
	ctx, stop := context.WithCancel(context.Background())
	n.stop = stop
	n.door.Carry(n.links)
	n.door.Answer(askActor, n.answerErrand)
	n.door.Answer(askReport, n.answerReport)
	n.door.Answer(askTap, n.taps.answer)
	n.door.Answer(askCRL, n.answerCRL)
	n.door.Answer(askCertificates, n.answerCertificates)
	n.done.Go(func() { n.passOn(ctx) })
	n.done.Go(func() { n.watchTrust(ctx) })
	n.done.Go(func() { n.reconciler.run(ctx) })
	n.done.Go(func() { n.gatherer.run(ctx) })
	n.facts.start(ctx)
	n.done.Go(func() { n.tenure.run(ctx) })
	n.done.Go(func() { n.leader.run(ctx) })
	n.done.Go(func() { n.rotate(ctx) })
	n.done.Go(func() { n.taps.run(ctx) })
	n.done.Go(func() { n.healMocks(ctx) })
	n.done.Go(func() { n.renewing(ctx) })
	n.done.Go(func() { n.watchMajority(ctx) })
	n.done.Go(func() { n.watchMembers(ctx) })
	n.done.Go(func() { n.keepChronicle(ctx) })
	n.done.Go(func() { n.watchPolicy(ctx) })
	n.done.Go(func() { n.confirming(ctx) })
	n.done.Go(func() { n.followChain(ctx) })
}
