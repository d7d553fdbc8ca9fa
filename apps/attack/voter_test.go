package attack

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/register"
)

// A hostile voter may have anything agreed. What is agreed is believed by the
// other nodes only as far as somebody who may has signed it.
func hostileVoters() []attack {
	deploy := func(id, tries string, make func(t *testing.T, g *ground, app register.App) register.App) attack {
		return attack{id: "voter " + id, has: "the key of a node that votes", tries: tries, record: []record{{ward, flow.AuditDeployment, ""}},
			do: func(t *testing.T, g *ground) string { return g.agreed(make) }}
	}
	return []attack{
		deploy("deploys unsigned", "has an application agreed that nobody has signed", func(t *testing.T, g *ground, app register.App) register.App {
			app.Signature = nil
			return spy(t, app)
		}),
		deploy("borrows a signature", "has an application agreed with the ward's signature under another name", func(t *testing.T, _ *ground, app register.App) register.App {
			return spy(t, app)
		}),
		deploy("signs itself", "has an application agreed that it has signed with its node's key", func(t *testing.T, g *ground, app register.App) register.App {
			return signedBy(t, g, g.own(bedside), spy(t, app))
		}),
		deploy("has a nurse sign", "has an application agreed that a nurse has signed, who may not deploy", func(t *testing.T, g *ground, app register.App) register.App {
			return signedBy(t, g, g.h.Staff("nurse"), spy(t, app))
		}),
		deploy("has a stranger sign", "has an application agreed that an engineer of the same name at another hospital has signed", func(t *testing.T, g *ground, app register.App) register.App {
			return signedBy(t, g, g.rogue.Staff(engineer), spy(t, app))
		}),
		deploy("alters the graph", "has the ward's graph changed so that what a bed gives is printed, with the engineer's signature as it is", func(t *testing.T, _ *ground, app register.App) register.App {
			return altered(t, app)
		}),
		deploy("alters the script", "has the ward's script changed, and the graph with it", func(t *testing.T, _ *ground, app register.App) register.App {
			app.Script += "\nspy : io.Print()\n"
			app = altered(t, app)
			app.Source = app.Graph
			return app
		}),
		deploy("alters an argument", "has a collector sign with another patient's card, with the engineer's signature as it is", func(t *testing.T, _ *ground, app register.App) register.App {
			other := again(t, app, "", "")
			other.Source = app.Source
			for i, a := range other.Graph.Actors {
				if a.Args["patient"] == "p-canary-1" {
					other.Graph.Actors[i].Args["patient"] = "p-canary-2"
				}
			}
			return other
		}),
		{id: "voter puts a policy", has: "the key of a node that votes", tries: "has a policy agreed that allows everything, signed by nobody",
			do: unsignedPolicy, record: []record{{"", flow.AuditRegister, "/node/" + string(bedside)}}},
	}
}

// permitAll is a policy for an attacker.
var permitAll = []byte("permit(principal, action, resource);")

// spy is an application that shows what the ward's sensors give, called "spy".
func spy(t *testing.T, app register.App) register.App {
	t.Helper()
	other := again(t, app, `"ward:`, `"spy:`)
	other.Name, other.Graph.App, other.Source.App, other.Lives = "spy", "spy", "spy", nil
	return other
}

// again is a copy of an application, with one text in place of another.
func again(t *testing.T, app register.App, old, new string) (other register.App) {
	t.Helper()
	b, err := json.Marshal(app)
	if err == nil && old != "" {
		b = []byte(strings.ReplaceAll(string(b), old, new))
	}
	if err == nil {
		err = json.Unmarshal(b, &other)
	}
	if err != nil {
		t.Fatal(err)
	}
	return other
}

func signedBy(t *testing.T, _ *ground, who flow.Signer, app register.App) register.App {
	t.Helper()
	d := control.Deployment{Name: app.Name, Script: app.Script, Includes: app.Includes}
	at := time.Now()
	sig, err := control.SignDeployment(who, &d, at)
	if err != nil {
		t.Fatal(err)
	}
	app.Signature, app.By, app.At = sig, who.ID.URI, at
	return app
}

// own is a node's own key.
func (g *ground) own(name flow.NodeID) flow.Signer {
	g.t.Helper()
	s, err := pki.LoadSigner(g.cfgs[name].Certificate)
	if err != nil {
		g.t.Fatal(err)
	}
	return s
}

// asVoter stops the node bedside, has something agreed with its key, and starts
// it again: the attacker runs another program there.
func (g *ground) asVoter(kind byte, body any) string {
	g.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		g.t.Fatal(err)
	}
	own := g.own(bedside)
	g.stop(bedside)
	defer g.start(bedside)
	var leader flow.NodeID
	g.until("another node leads", func(s *control.Snapshot) string {
		if leader = s.Register.Leader; leader == "" || leader == bedside {
			return "none does"
		}
		return ""
	})
	r, err := dialDoor(g.t.Context(), g.cfgs[leader].Door, own)
	if err != nil {
		g.t.Fatal(err)
	}
	defer r.close()
	answer, err := r.ask(g.t.Context(), "register.apply", append([]byte{1, kind}, b...))
	if err != nil {
		return err.Error()
	}
	if how, ok := registerRefusal(answer); ok {
		return how
	}
	return ""
}

// agreed has an application agreed, waits until the nodes have seen it, and says
// why they do not run it.
func (g *ground) agreed(make func(*testing.T, *ground, register.App) register.App) string {
	g.t.Helper()
	app := make(g.t, g, g.member().sees(g.t).Apps[wardApp])
	since := time.Now()
	if how := g.asVoter(1, map[string]any{"App": app}); how != "" {
		g.t.Fatalf("a voter may have what it likes agreed, and this it may not: %s", how)
	}
	how := g.recorded(record{ward, flow.AuditDeployment, ""}, since)
	s := g.view()
	for _, a := range s.Actors {
		if a.App == "spy" && a.State == control.Running || contains(string(a.ID), ":spy") && a.State == control.Running {
			g.t.Fatalf("%s runs on %s", a.ID, a.Node)
		}
	}
	g.restore()
	return how
}

// restore takes away what the attacker has left, as an engineer would.
func (g *ground) restore() {
	g.t.Helper()
	if err := g.client(ward).Stop(g.t.Context(), "spy"); err != nil && !errors.Is(err, control.ErrNotFound) {
		g.t.Fatalf("stop the application spy: %v", err)
	}
	if _, err := g.client(ward).Deploy(g.t.Context(), control.Deployment{Name: wardApp, Script: g.script()}); err != nil {
		g.t.Fatalf("deploy the ward again: %v", err)
	}
}

func unsignedPolicy(t *testing.T, g *ground) string {
	how := g.asVoter(7, map[string]any{"Key": "policy/text", "Value": register.RisingValue(uint64(time.Now().Add(time.Hour).UnixNano()), permitAll)})
	nurse := g.clientOf(ward, g.h.Staff("nurse"))
	defer nurse.Close()
	err := nurse.Drain(t.Context(), records, true)
	if err == nil {
		t.Fatal("a nurse may drain a node by a policy that nobody has signed")
	}
	if how == "" {
		how = "agreed, and not believed"
	}
	return fmt.Sprintf("%s; a nurse is still told: %v", how, err)
}
