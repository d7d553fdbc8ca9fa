package demo

import (
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The demo's hospital.
const (
	hospitalName = "h1.health.example"
	staffName    = "dr-eng-1"
	appName      = "ward"
)

// The demo's nodes, who keeps the chain, and who takes readings from outside.
var (
	nodeNames  = []flow.NodeID{"bedside", "ward", "records"}
	chainNode  = flow.NodeID("records")
	ingestNode = flow.NodeID("ward")
)

// adminNames are who changes rules, two together.
var adminNames = []string{"rules-1", "rules-2"}

// caName is the CA service among the demo's processes.
const caName flow.NodeID = "ca-service"

// processNames are all processes, in the order they start.
var processNames = append([]flow.NodeID{caName}, nodeNames...)

// A layout is where everything lies below the demo's directory.
type layout struct{ dir string }

func (l layout) ca() string                    { return filepath.Join(l.dir, "ca") }
func (l layout) trust() string                 { return filepath.Join(l.dir, "ca", "trust.pem") }
func (l layout) believed(n flow.NodeID) string { return filepath.Join(l.node(n), "trust.pem") }
func (l layout) staff() string                 { return filepath.Join(l.dir, "staff", staffName) }
func (l layout) admin(name string) string      { return filepath.Join(l.dir, "authority", name) }
func (l layout) context() string               { return filepath.Join(l.dir, "context.yaml") }
func (l layout) plays() string                 { return filepath.Join(l.dir, "plays") }
func (l layout) script() string                { return filepath.Join(l.dir, appName+".calvin") }
func (l layout) ports() string                 { return filepath.Join(l.dir, "ports.json") }
func (l layout) node(n flow.NodeID) string     { return filepath.Join(l.dir, string(n)) }
func (l layout) config(n flow.NodeID) string   { return filepath.Join(l.node(n), "node.yaml") }
func (l layout) log(n flow.NodeID) string      { return filepath.Join(l.node(n), "node.log") }
func (l layout) cert(n flow.NodeID) string     { return filepath.Join(l.node(n), "certificate") }
func (l layout) outside(name string) string    { return filepath.Join(l.dir, "outside", name) }
func (l layout) outsideTrust() string          { return filepath.Join(l.dir, "outside", "trust.pem") }
func (l layout) chain() string                 { return l.copy(chainNode) } // as it was made; the others' copies begin empty
func (l layout) copy(n flow.NodeID) string     { return filepath.Join(l.node(n), "chain") }
func (l layout) store() string                 { return filepath.Join(l.node("records"), "store.db") }
func (l layout) cards() string                 { return filepath.Join(l.node("ward"), "cards") }
func (l layout) card(patient string) string    { return filepath.Join(l.cards(), patient) }
func (l layout) identity(n flow.NodeID, name string) string {
	return filepath.Join(l.node(n), "identities", name)
}
