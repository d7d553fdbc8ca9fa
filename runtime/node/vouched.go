package node

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/register"
	"github.com/wardflow/wardflow/runtime/script"
)

// What the register says of an application this node believes only as far as
// somebody who may deploy it has signed it: the texts, by the signature; the
// graph, because it is what the texts compile to, expanded. So no other node,
// not even the leader, can have anything run here that nobody has deployed.
//
// A version that does not hold is not run and changes nothing: what ran before
// goes on as it was, and the audit record and "app show" say why. A signature
// outlives the certificate that made it, and its revocation ([Node.inTime]). Each
// node looks at every application as soon as it is agreed, whether it runs any
// of it or not, so that it knows later what came in good time. But the right to
// deploy is asked each time, so that an application of somebody who has lost it
// is not started on any node that has not started it yet.

// texts are the graphs that signed texts compile to, by the statement about
// them. The newest are kept.
type texts struct {
	mu  sync.Mutex // guards all
	all map[[32]byte]*flow.Graph
}

const mostTexts = 256

func (t *texts) get(statement [32]byte) *flow.Graph {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all[statement]
}

func (t *texts) put(statement [32]byte, g *flow.Graph) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil || len(t.all) >= mostTexts {
		t.all = map[[32]byte]*flow.Graph{}
	}
	t.all[statement] = g
}

// vouched is nil for a version of an application that this node may run.
func (n *Node) vouched(app *register.App) error {
	d := control.Deployment{Name: app.Name, Script: app.Script, Includes: app.Includes}
	st, who, err := n.said(app.Signature, control.KindDeployment)
	if err != nil {
		return err
	}
	if err := d.Is(st); err != nil {
		return err
	}
	if app.By != who.URI || !app.At.Equal(st.At) {
		return fmt.Errorf("%w by %s at %s, as the register says, but by %s at %s", control.ErrUnsigned,
			app.By, app.At.Format(time.RFC3339Nano), who.URI, st.At.Format(time.RFC3339Nano))
	}
	if err := n.may(who, policy.Deed{Do: policy.ActionDeploy, App: app.Name}); err != nil {
		return err
	}
	if newest, older := n.guard.memory.older(memoryOf(app.Name), st.At); older {
		return fmt.Errorf("%w: it was signed at %s, and this node has run one that was signed at %s: deploy it anew to go back",
			control.ErrUnsigned, st.At.Format(time.RFC3339), newest.Format(time.RFC3339))
	}
	if err := n.inTime(who, memoryOf(app.Name), st.At); err != nil {
		return err
	}
	if err := n.comesInTime(app, st); err != nil {
		return err
	}
	if err := n.compiled(app, d, proof.Says(app.Signature)); err != nil {
		return err
	}
	return n.guard.memory.note(memoryOf(app.Name), st.At)
}

// comesInTime refuses what is agreed now, before this node's eyes, and was signed
// with a card that does not hold now: its time may be any, and no honest voter has
// it agreed. What this node has run before, and what was agreed already when it
// came, it takes as signed in good time.
func (n *Node) comesInTime(app *register.App, st *proof.Statement) error {
	if newest, _ := n.guard.memory.older(memoryOf(app.Name), st.At); newest.Equal(st.At) || n.history.had(app.Signature) {
		return nil
	}
	if _, err := n.verifier.Identify(st.Chain, time.Now()); err != nil {
		return fmt.Errorf("%w by anybody who may now, and it came just now: %w: sign it anew", control.ErrUnsigned, err)
	}
	return nil
}

func memoryOf(app string) string { return "app/" + app }

// compiled checks that the graphs of an application are what its texts compile
// to.
func (n *Node) compiled(app *register.App, d control.Deployment, statement [32]byte) error {
	source := n.texts.get(statement)
	if source == nil {
		g, issues := n.compile(d)
		if g == nil {
			return fmt.Errorf("%w: its script does not compile here: %v", control.ErrUnsigned, issues.Err())
		}
		source = g
		n.texts.put(statement, g)
	}
	if !sameGraph(source, &app.Source) {
		return fmt.Errorf("%w as it is: its script compiles to something else here: it was altered, or this node's software is another: deploy it again", control.ErrUnsigned)
	}
	if err := expand.Check(source, &app.Graph, script.TypesOf(n.types)); err != nil {
		return fmt.Errorf("%w as it is: %w", control.ErrUnsigned, err)
	}
	return nil
}

// sameGraph compares graphs as the register writes them.
func sameGraph(a, b *flow.Graph) bool {
	x, errA := json.Marshal(register.App{Graph: *a})
	y, errB := json.Marshal(register.App{Graph: *b})
	return errA == nil && errB == nil && string(x) == string(y)
}

// judgeApp is vouched, and tells when it refuses.
func (n *Node) judgeApp(app *register.App) error {
	err := n.vouched(app)
	if err == nil {
		return nil
	}
	n.log.Error("application is not run as the register has it", "app", app.Name, "err", err)
	n.audit(flow.AuditEvent{Kind: flow.AuditDeployment, Who: app.By, What: fmt.Sprintf("run %s, version %d", app.Name, app.Version), Why: err.Error()})
	return err
}
