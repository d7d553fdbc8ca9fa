package trial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

type houseConfig struct {
	exe      string
	args     []string
	devices  int
	beds     int       // among which they are divided
	mode     flow.Mode // of their rules
	progress func(string)
}

// A house is a node with a ward on it, and devices outside that bring readings
// to it over HTTPS.
type house struct {
	conf     houseConfig
	c        *cluster
	verifier *pki.Verifier
	at       string     // where the node listens for devices, host:port
	devices  [][]string // EPCs by bed
	signers  []flow.Signer
	groups   []*crowd
}

// newHouse prepares all that it takes; begin starts the node.
func newHouse(ctx context.Context, conf houseConfig) (*house, error) {
	c, err := newCluster(conf.exe, conf.args, []flow.NodeID{"a"}, 1, nil)
	if err != nil {
		return nil, err
	}
	h := &house{conf: conf, c: c}
	if err := h.prepare(ctx); err != nil {
		return nil, c.stop(err)
	}
	return h, nil
}

func (h *house) say(format string, args ...any) { h.conf.progress(fmt.Sprintf(format, args...)) }

func (h *house) prepare(ctx context.Context) error {
	h.say("preparing a node, %d beds and %d devices", h.conf.beds, h.conf.devices)
	addrs, err := freeAddresses(1)
	if err != nil {
		return err
	}
	h.at = addrs[0]
	if err := h.enroll(); err != nil {
		return err
	}
	rules := rule.Default()
	for i := range rules {
		rules[i].Mode = h.conf.mode
	}
	manager, err := h.c.found(ctx, "a", rules)
	if err != nil {
		return err
	}
	cfg := h.c.configs["a"]
	cfg.Identities, cfg.Cards, cfg.Store = h.c.file("identities"), h.c.file("cards"), h.c.file("a", "store.db")
	cfg.Chain = &node.ChainConfig{Manager: manager, Dir: h.c.file("a", "chain")}
	cfg.Ingest = node.IngestConfig{HTTPS: h.at, Rate: 10_000}
	trust, err := pki.LoadTrust(h.c.file("trust.pem"))
	h.verifier = pki.NewVerifier(trust)
	return err
}

// enroll makes the certificates of the storage, of each bed and of the devices.
func (h *house) enroll() error {
	ids := h.c.file("identities")
	if err := h.c.enroll(filepath.Join(ids, "records"), pki.Request{Role: flow.RoleStorage, Name: "records"}); err != nil {
		return err
	}
	h.devices = make([][]string, h.conf.beds)
	for b := range h.conf.beds {
		if err := errors.Join(
			h.c.enroll(filepath.Join(ids, bedName(b)), pki.Request{Role: flow.RoleCollector, Name: bedName(b), Group: bedRoom(b) + "/collector"}),
			h.c.enroll(h.c.file("cards", patientName(b)), pki.Request{Role: flow.RolePatient, Name: patientName(b)})); err != nil {
			return err
		}
	}
	for d := range h.conf.devices {
		b := d % h.conf.beds
		uri := fmt.Sprintf("urn:epc:id:giai:0614141.%d", 10_000+d)
		epc, err := pki.ParseEPC(uri)
		if err != nil {
			return err
		}
		s, err := h.c.ca.Enroll(pki.Request{Role: flow.RoleDevice, EPC: epc, Group: bedRoom(b) + "/thermometer"}, time.Now())
		if err != nil {
			return err
		}
		h.devices[b] = append(h.devices[b], uri)
		h.signers = append(h.signers, s)
	}
	return nil
}

func bedName(b int) string     { return fmt.Sprintf("bed-%d", b+1) }
func bedRoom(b int) string     { return fmt.Sprintf("h1/3/icu-%d", b+1) }
func patientName(b int) string { return fmt.Sprintf("p-%d", b+1) }

// script has an intake, a collector and a check for each bed, and one store
// behind them all.
func (h *house) script() string {
	var s strings.Builder
	s.WriteString("store : ward.Store(storage=\"records\")\n")
	for b, devices := range h.devices {
		fmt.Fprintf(&s, "intake_%d : ward.Intake(collector=%q, devices=[%s])\n", b+1, bedName(b), `"`+strings.Join(devices, `", "`)+`"`)
		fmt.Fprintf(&s, "collect_%d : ward.Collector(patient=%q, collector=%q, window=10)\ncheck_%d : ward.RuleCheck()\n", b+1, patientName(b), bedName(b), b+1)
		fmt.Fprintf(&s, "intake_%d.reading > collect_%d.reading\ncollect_%d.out > check_%d.in\n", b+1, b+1, b+1, b+1)
		fmt.Fprintf(&s, "check_%d.passed > store.in\ncheck_%d.refused > voidport\n", b+1, b+1)
	}
	return s.String()
}

// begin starts the node, and returns when its ward runs.
func (h *house) begin(ctx context.Context) error {
	if err := h.c.startAll(ctx); err != nil {
		return err
	}
	cl, err := h.c.client("a")
	if err != nil {
		return err
	}
	if _, err := cl.Deploy(ctx, control.Deployment{Name: wardApp, Script: h.script()}); err != nil {
		return fmt.Errorf("deploy the ward: %w", err)
	}
	return h.c.until(ctx, "a", "the ward runs", func(s *control.Snapshot) string {
		for _, a := range s.Actors {
			if a.State != control.Running {
				return fmt.Sprintf("%s is %s: %s %s", a.ID, a.State, a.LastError, strings.Join(a.Why, "; "))
			}
		}
		return map[bool]string{true: "there are no actors"}[len(s.Actors) == 0]
	})
}

func (h *house) hangUp() {
	for _, g := range h.groups {
		g.hangUp()
	}
}

// crowd makes callers of some devices, each from an address of its own as in a
// hospital. What the house has of them counts on.
func (h *house) crowd(signers []flow.Signer, first int, at string) *crowd {
	g := &crowd{}
	for k, s := range signers {
		n := first + k
		local := net.IPv4(127, 1, byte(n/250), byte(n%250+1))
		g.all = append(g.all, newCaller(s, h.verifier, local, at, new(uint64)))
	}
	h.groups = append(h.groups, g)
	return g
}
