package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/durable"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/register"
)

// keyPolicy is the setting of the register with the hospital's own policy: a
// statement that an admin has signed. Each node verifies it, keeps it on its
// disk, and goes on with the one it has where it doesn't hold or is gone.
//
// Its value has the time in it as its number ([register.RisingValue]), and only
// rises, so an older policy can't be put once more.
const keyPolicy = "policy/text"

// A guard has the policy that is in force here.
type guard struct {
	memory *memory

	mu      sync.Mutex // guards what follows
	now     *policy.Policy
	by      string // SPIFFE ID of who has signed the hospital's own text; "": there is none
	at      time.Time
	raw     []byte   // the statement
	refused [32]byte // the last statement that was not believed
}

// has reports whether a statement is the one that is in force.
func (g *guard) has(raw []byte) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(raw) > 0 && slices.Equal(g.raw, raw)
}

// openGuard begins with the policy that was in force when this node ran last.
func (n *Node) openGuard(context.Context) error {
	if err := os.MkdirAll(n.cfg.Dir, 0o700); err != nil {
		return err
	}
	m, err := openMemory(filepath.Join(n.cfg.Dir, "signed.json"))
	if err != nil {
		return err
	}
	built, err := policy.New("")
	if err != nil {
		return err
	}
	n.guard.memory, n.guard.now = m, built
	raw, err := os.ReadFile(n.policyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if err := n.takePolicy(raw); err != nil {
		return fmt.Errorf("the policy that this node has kept: %w: take %s away, and put the policy again", err, n.policyFile())
	}
	return nil
}

func (n *Node) policyFile() string { return filepath.Join(n.cfg.Dir, "policy.cose") }

// policy is the policy that is in force.
func (n *Node) policy() *policy.Policy {
	n.guard.mu.Lock()
	defer n.guard.mu.Unlock()
	return n.guard.now
}

// watchPolicy puts into force what is agreed, and looks at each application that
// is, until ctx ends.
func (n *Node) watchPolicy(ctx context.Context) {
	if !n.history.over(ctx) {
		return
	}
	for {
		changed := n.register.Changed()
		view := n.register.View()
		if value, ok := view.Settings[keyPolicy]; ok {
			if _, raw, err := register.ReadRising(value); err == nil {
				n.newPolicy(raw)
			}
		}
		for app := range view.Apps {
			n.wirings.of(view, app)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// newPolicy puts a policy into force if it is another one, and judges what is
// there by it.
func (n *Node) newPolicy(raw []byte) {
	if n.guard.has(raw) {
		return
	}
	n.guard.mu.Lock()
	known := n.guard.refused == proof.Says(raw)
	n.guard.mu.Unlock()
	if err := n.takePolicy(raw); err != nil {
		if known {
			return
		}
		n.guard.mu.Lock()
		n.guard.refused = proof.Says(raw)
		n.guard.mu.Unlock()
		n.log.Error("policy was not put into force", "err", err)
		n.audit(flow.AuditEvent{Kind: flow.AuditDeployment, What: "change the policy", Why: err.Error()})
		return
	}
	if err := durable.Replace(n.policyFile(), raw, 0o600); err != nil {
		n.log.Error("policy could not be kept: after a restart this node waits for the register", "err", err)
	}
	n.guard.mu.Lock()
	by := n.guard.by
	n.guard.mu.Unlock()
	n.log.Info("policy is in force", "by", by)
	n.audit(flow.AuditEvent{Kind: flow.AuditDeployment, Who: by, Proven: true, What: "change the policy"})
	n.wirings.again()
	n.engine.Rejudge()
	n.door.Recheck()
	n.reconciler.again()
}

// takePolicy believes a statement about the policy, or says why not.
func (n *Node) takePolicy(raw []byte) error {
	st, who, text, err := n.readPolicy(raw)
	if err != nil {
		return err
	}
	p, err := policy.New(text)
	if err != nil {
		return err
	}
	if err := n.guard.memory.note(keyPolicy, st.At); err != nil {
		return err
	}
	n.guard.mu.Lock()
	defer n.guard.mu.Unlock()
	n.guard.now, n.guard.by, n.guard.at, n.guard.raw = p, who.URI, st.At, raw
	return nil
}

// readPolicy opens a statement about the policy: one of an admin that is not
// older than the newest.
func (n *Node) readPolicy(raw []byte) (*proof.Statement, flow.Identity, string, error) {
	st, who, err := n.said(raw, control.KindPolicy)
	if err != nil {
		return nil, who, "", err
	}
	if !n.admin(who) {
		return nil, who, "", fmt.Errorf("%s is none of the admins in this node's file, who alone may change the policy", who.URI)
	}
	if newest, older := n.guard.memory.older(keyPolicy, st.At); older {
		return nil, who, "", fmt.Errorf("it was signed at %s, and a newer one at %s is known here", st.At.Format(time.RFC3339), newest.Format(time.RFC3339))
	}
	if err := n.inTime(who, keyPolicy, st.At); err != nil {
		return nil, who, "", err
	}
	text, err := control.PolicyIn(st)
	return st, who, text, err
}

// admin reports whether a member of staff may do everything.
func (n *Node) admin(who flow.Identity) bool {
	return who.Role == flow.RoleStaff && slices.Contains(n.cfg.Admins, who.Name) && n.ours(who) == nil
}

// may decides whether a person may do something; the error, which wraps
// [control.ErrDenied], says why not and what would help.
func (n *Node) may(who flow.Identity, d policy.Deed) error {
	if n.admin(who) {
		return nil
	}
	if who.URI != "" {
		if err := n.ours(who); err != nil { // rules name people by their names
			return fmt.Errorf("%w: %s may not %s: %w", control.ErrDenied, who.URI, d, err)
		}
	}
	p := n.policy()
	dec := p.May(who, d)
	if dec.Allowed {
		return nil
	}
	if len(n.cfg.Admins) == 0 && p.Own() == "" && who.Role == flow.RoleStaff {
		return fmt.Errorf("%w: %s: %s: nobody is an admin yet: write \"admins: [%s]\" into the node.yaml of every node, and start it anew", control.ErrDenied, d, dec.Why(), who.Name)
	}
	return fmt.Errorf("%w: %s may not %s: %s", control.ErrDenied, orStranger(who), d, dec.Why())
}

// mayAsk is may for a caller of the API.
func (n *Node) mayAsk(who control.Caller, a control.Ask) error {
	id := who.ID
	if who.Role == control.RoleViewer {
		id = flow.Identity{Role: policy.RoleViewer}
	}
	return n.may(id, policy.Deed{Do: policy.Action(a.Do), App: a.App, Actor: a.Actor, Node: a.Node})
}

func orStranger(who flow.Identity) string {
	if who.URI == "" {
		return "who asks"
	}
	return who.URI
}

// mayLink decides whether a link may be, by the policy and the verified
// identities at its ends.
func (n *Node) mayLink(l flow.Link, from, to flow.Identity) error {
	view := n.view()
	d := n.policy().Link(n.linkOf(view, l, from, to))
	if d.Allowed {
		return nil
	}
	return fmt.Errorf("%s may not speak to %s: %s", shown(from), shown(to), d.Why())
}

func shown(id flow.Identity) string {
	if id.Group == "" {
		return id.URI
	}
	return fmt.Sprintf("%s of group %s", id.URI, id.Group)
}

// linkOf is a link as the policy sees it.
func (n *Node) linkOf(view *register.View, l flow.Link, from, to flow.Identity) policy.Link {
	return policy.Link{FromPort: l.From.Port, ToPort: l.To.Port, OwnSpool: ownSpool(l.From, l.To.Actor),
		From: n.actorOf(view, l.From.Actor, from), To: n.actorOf(view, l.To.Actor, to)}
}

// actorOf is an actor as the policy sees it. A spool is of its sender's type.
func (n *Node) actorOf(view *register.View, id flow.ActorID, who flow.Identity) policy.Actor {
	a := policy.Actor{ID: id, Node: view.Placements[id].Node, Who: who}
	w, ok := n.wirings.of(view, id.App())
	if !ok {
		return a
	}
	a.Type = w.typeOf(id)
	if r := w.actors[id]; r != nil && r.node.Type == expand.SpoolType && expand.IsSpool(id) {
		a.Spool = true
		a.Type = w.typeOf(senderOf(id))
	}
	return a
}

func (w *wiring) typeOf(id flow.ActorID) string {
	if r := w.actors[id]; r != nil {
		return r.node.Type
	}
	return ""
}

// senderOf is the actor whose spool this is: what stands before its port.
func senderOf(spool flow.ActorID) flow.ActorID {
	for range 2 {
		if i := strings.LastIndexByte(string(spool), expand.Mark); i >= 0 {
			spool = spool[:i]
		}
	}
	return spool
}

// ownSpool reports whether an actor is the spool of a port.
func ownSpool(from flow.Endpoint, to flow.ActorID) bool {
	return expand.IsSpool(to) && strings.HasPrefix(string(to), fmt.Sprintf("%s%c%s%c", from.Actor, expand.Mark, from.Port, expand.Mark))
}

// mayWire decides whether the links of a script could be, by what its actors
// speak with. It refuses a deployment that could never carry a token.
func (n *Node) mayWire(g *flow.Graph) error {
	p, ends := n.policy(), n.endsOf(g)
	for _, l := range g.Links {
		from, to := ends[l.From.Actor], ends[l.To.Actor]
		if d := p.Foresee(policy.Link{From: from, To: to, FromPort: l.From.Port, ToPort: l.To.Port}); !d.Allowed {
			return fmt.Errorf("%w: link %s, from a %s (%s) to a %s (%s): %s", control.ErrPolicy, l.ID(), from.Who.Role, from.Type, to.Who.Role, to.Type, d.Why())
		}
	}
	return nil
}

// endsOf are the actors of a script as the policy sees them before they run.
func (n *Node) endsOf(g *flow.Graph) map[flow.ActorID]policy.Actor {
	ends := map[flow.ActorID]policy.Actor{}
	for _, a := range g.Actors {
		role := flow.RoleNode
		if s := n.types[a.Type].Spec; s.Speaks != "" {
			role = s.Speaks
		}
		ends[a.ID] = policy.Actor{ID: a.ID, Type: a.Type, Who: flow.Identity{Role: role}}
	}
	return ends
}

// provePolicy judges a policy that is put into the register, whoever brings it:
// it proves itself. One that is not in force here must have been signed just now
// with a card that holds now: any time can be written into what is signed with a
// card that was found, and the register keeps what it has taken.
func (n *Node) provePolicy(key string, value []byte) error {
	number, raw, err := register.ReadRising(value)
	if err != nil {
		return err
	}
	if !n.guard.has(raw) {
		if _, _, err := n.newly(raw, control.KindPolicy); err != nil {
			return err
		}
	}
	st, _, text, err := n.readPolicy(raw)
	switch {
	case err != nil:
		return err
	case key != keyPolicy || number != uint64(st.At.UnixNano()):
		return fmt.Errorf("policy of %s is put as %s, number %d", st.At.Format(time.RFC3339Nano), key, number)
	}
	_, err = policy.New(text)
	return err
}
