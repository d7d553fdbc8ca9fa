package housetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/apps/hospital"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

// The nodes: where sensors run, where readings are gathered and judged, where
// they are stored.
const (
	Bedside = flow.NodeID("bedside")
	Ward    = flow.NodeID("ward")
	Records = flow.NodeID("records")
)

// Nodes are all three. Each votes.
var Nodes = []flow.NodeID{Bedside, Ward, Records}

const (
	domain   = "h1.health.example"
	engineer = "engineer"
	appName  = "ward"
	patience = 90 * time.Second
)

// Config says what the hospital is made of. The zero value will do.
type Config struct {
	Host    string // the address that everything listens at; 127.0.0.1
	Patient string // the pseudonym of the one patient; p-1
	Room    string // site/floor/room; h1/3/icu-3
	EPC     string // of the device outside; urn:epc:id:giai:0614141.5678
	// Broker starts an MQTT broker of the hospital's, which the node of the ward
	// follows, and says where it is; nil: there is none.
	Broker func(h *House) (url string)
	// Edit changes the configuration of each node before it starts; nil changes none.
	Edit func(*node.Config)
}

func (c *Config) setDefaults() {
	for _, f := range []struct {
		field *string
		is    string
	}{{&c.Host, "127.0.0.1"}, {&c.Patient, "p-1"}, {&c.Room, "h1/3/icu-3"}, {&c.EPC, "urn:epc:id:giai:0614141.5678"}} {
		if *f.field == "" {
			*f.field = f.is
		}
	}
}

// A House is a running hospital. It ends with the test.
type House struct {
	Config
	Dir      string
	CA       *enroll.Server
	Configs  map[flow.NodeID]*node.Config
	Monitor  flow.Signer // the device outside
	Engineer flow.Signer // may do everything
	Verifier *pki.Verifier

	t      testing.TB
	office *enroll.Office
	nodes  map[flow.NodeID]*node.Node
	client *control.Client
	closed bool
}

// Open starts everything and returns when readings of the ward's own sensors are
// stored.
func Open(t testing.TB, cfg Config) *House {
	t.Helper()
	cfg.setDefaults()
	h := &House{Config: cfg, Dir: t.TempDir(), Configs: map[flow.NodeID]*node.Config{}, t: t, nodes: map[flow.NodeID]*node.Node{}}
	t.Cleanup(h.Close)
	h.openOffice()
	h.furnish()
	for _, n := range Nodes {
		h.start(n)
	}
	h.until("the nodes meet and can judge", func(s *control.Snapshot) string { return s.Lacks(len(Nodes)) })
	if _, err := h.client.Deploy(h.within(), control.Deployment{Name: appName, Script: h.script()}); err != nil {
		h.t.Fatalf("deploy the ward: %v", err)
	}
	h.Stored(5)
	return h
}

func (h *House) within() context.Context {
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	h.t.Cleanup(cancel)
	return ctx
}

// File is a file of the hospital's.
func (h *House) File(parts ...string) string {
	return filepath.Join(append([]string{h.Dir}, parts...)...)
}

// Log is what a node has logged.
func (h *House) Log(n flow.NodeID) string { return h.File(string(n), "node.log") }

// openOffice makes the authorities and the CA service.
func (h *House) openOffice() {
	h.t.Helper()
	a, err := pki.NewAuthority(domain, time.Now())
	if err == nil {
		err = a.Save(h.File("ca"), pki.Unsealed())
	}
	addrs := h.free(2)
	load := func() (*pki.Authority, error) {
		a, err := pki.LoadAuthority(h.File("ca"))
		if err == nil {
			err = a.SetPublic("http://" + addrs[1])
		}
		return a, err
	}
	if err == nil {
		h.office, err = enroll.OpenOffice(h.File("ca"), load, nil)
	}
	if err == nil {
		h.CA, err = enroll.Serve(enroll.Config{Office: h.office, Listen: addrs[0], Public: addrs[1], Names: []string{h.Host}, Registrars: []string{engineer}})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.Verifier = pki.NewVerifier(a.Trust())
}

// enrol fetches a certificate with a token, over the network as everybody does.
func (h *House) enrol(inv enroll.Invitation, dir ...string) flow.Signer {
	h.t.Helper()
	tok, err := h.office.Invite(inv, h.CA.URL(), enroll.Caller{Who: engineer}, time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	e, err := enroll.Enroll(h.within(), tok)
	if err != nil {
		h.t.Fatalf("enrol %s%s: %v", inv.Name, inv.EPC, err)
	}
	if len(dir) > 0 {
		if err := errors.Join(pki.SaveSigner(h.File(dir...), e.Signer), pki.SaveTrust(h.File("trust.pem"), e.Trust)); err != nil {
			h.t.Fatal(err)
		}
	}
	return e.Signer
}

// furnish makes certificates, rules and configurations.
func (h *House) furnish() {
	h.t.Helper()
	h.Engineer = h.enrol(enroll.Invitation{Role: flow.RoleStaff, Name: engineer}, "staff", engineer)
	h.Monitor = h.enrol(enroll.Invitation{Role: flow.RoleDevice, EPC: h.EPC, Group: h.Room + "/monitor"}, "monitor")
	h.enrol(enroll.Invitation{Role: flow.RoleStorage, Name: "records"}, "records", "identities", "records")
	h.enrol(enroll.Invitation{Role: flow.RolePatient, Name: h.Patient}, "cards", h.Patient)
	bed := h.ward().Beds[0]
	h.enrol(enroll.Invitation{Role: flow.RoleCollector, Name: bed.Name, Group: h.Room + "/collector"}, "ward", "identities", bed.Name)
	for _, d := range bed.Devices {
		h.enrol(enroll.Invitation{Role: flow.RoleDevice, EPC: d.EPC, Group: d.Group}, "bedside", "identities", d.Name)
	}
	rules := rule.Founding{Rules: rule.Default()}
	for _, name := range []string{"rules-1", "rules-2"} {
		rules.Admins = append(rules.Admins, h.enrol(enroll.Invitation{Role: flow.RoleStaff, Name: name}, "authority", name).Key.Public())
	}
	info, err := rule.Init(h.within(), h.File("records", "chain"), rules)
	if err != nil {
		h.t.Fatal(err)
	}
	addrs := h.free(2*len(Nodes) + 2)
	for i, n := range Nodes {
		h.enrol(enroll.Invitation{Role: flow.RoleNode, Name: string(n), Hosts: []string{h.Host}}, string(n), "certificate")
		h.Configs[n] = &node.Config{Node: n, Dir: h.File(string(n)), Door: addrs[2*i], Control: addrs[2*i+1], Page: true, Gossip: "local",
			Certificate: h.File(string(n), "certificate"), Trust: h.File("trust.pem"), Hospital: domain, CA: h.CA.URL(), Admins: []string{engineer},
			Identities: h.File(string(n), "identities"), Attributes: flow.Attributes{"user_extra": {"place": string(n)}},
			Chain: &node.ChainConfig{Manager: info.Manager.Hex()}}
	}
	h.Configs[Ward].Cards = h.File("cards")
	h.Configs[Ward].Ingest = node.IngestConfig{HTTPS: addrs[len(addrs)-2], MQTT: addrs[len(addrs)-1]}
	if h.Broker != nil {
		h.Configs[Ward].Ingest.Broker = h.Broker(h)
	}
	h.Configs[Records].Store, h.Configs[Records].Chain.Dir = h.File("records", "store.db"), h.File("records", "chain")
	for _, cfg := range h.Configs {
		for _, n := range Nodes {
			cfg.Join = append(cfg.Join, h.Configs[n].Door)
			cfg.Voters = append(cfg.Voters, node.Voter{Node: n, Door: h.Configs[n].Door})
		}
		if h.Edit != nil {
			h.Edit(cfg)
		}
	}
	conf := pki.ClientTLS(func() flow.Signer { return h.Engineer }, h.Verifier, pki.Only(flow.RoleNode))
	if h.client, err = control.NewClient("https://"+h.Configs[Ward].Control, conf); err != nil {
		h.t.Fatal(err)
	}
}

// ward is one bed with two sensors on a node.
func (h *House) ward() *hospital.Ward {
	return &hospital.Ward{Doc: "A ward of one bed.", Window: 1, Beds: []hospital.Bed{{Name: "bed-1", Patient: h.Patient, Room: h.Room, Devices: []hospital.Device{
		{Name: "bed-1-hr", EPC: "urn:epc:id:giai:0614141.101", Group: h.Room + "/hr", Source: `sensor.Generator(signal="heart_rate", rate=5)`},
		{Name: "bed-1-temp", EPC: "urn:epc:id:giai:0614141.102", Group: h.Room + "/temp", Source: `sensor.Generator(signal="temperature", rate=1)`}}}}}
}

// script is the ward with an intake for the device outside.
func (h *House) script() string {
	return h.ward().Script() + fmt.Sprintf("\nintake : ward.Intake(collector=\"bed-1\", devices=[%q])\nintake.reading > bed_1.reading\napply intake : ward\n", h.EPC)
}

// Enrol makes somebody's certificate and writes it to a folder of the hospital's, if
// one is named.
func (h *House) Enrol(role flow.Role, name string, dir ...string) flow.Signer {
	h.t.Helper()
	return h.enrol(enroll.Invitation{Role: role, Name: name}, dir...)
}

// Seen looks at the cluster, as the engineer sees it, until missing says nothing.
func (h *House) Seen(what string, missing func(*control.Snapshot) string) {
	h.t.Helper()
	h.until(what, missing)
}

// Web is a certificate for a server at the hospital's address, with its key.
func (h *House) Web() flow.Signer {
	h.t.Helper()
	s, err := h.office.Authority().EnrollWeb(pki.WebRequest{IPs: []net.IP{net.ParseIP(h.Host)}}, time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// free are addresses at the host that nobody listens at now.
func (h *House) free(n int) (addrs []string) {
	h.t.Helper()
	for range n {
		l, err := net.Listen("tcp", net.JoinHostPort(h.Host, "0"))
		if err != nil {
			h.t.Fatal(err)
		}
		defer l.Close() // all at the end, so that no two are the same
		addrs = append(addrs, l.Addr().String())
	}
	return addrs
}

func (h *House) start(name flow.NodeID) {
	h.t.Helper()
	log, err := os.OpenFile(h.Log(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { log.Close() })
	n, err := node.Start(h.within(), *h.Configs[name], actors.All(), slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		h.t.Fatal(err)
	}
	h.nodes[name] = n
}

// Close ends everything. The test's end does so too.
func (h *House) Close() {
	if h.closed {
		return
	}
	h.closed = true
	if h.client != nil {
		h.client.Close()
	}
	for _, n := range Nodes {
		if h.nodes[n] != nil {
			if err := h.nodes[n].Close(); err != nil {
				h.t.Errorf("close node %s: %v", n, err)
			}
		}
	}
	if h.CA != nil {
		if err := h.CA.Close(); err != nil {
			h.t.Errorf("close the CA service: %v", err)
		}
	}
	if h.t.Failed() {
		for _, n := range Nodes {
			b, _ := os.ReadFile(h.Log(n))
			h.t.Logf("the log of %s ends with:\n%s", n, b[max(0, len(b)-3000):])
		}
	}
}

// Deployed is the ward's script, as the control API gives it to the engineer.
func (h *House) Deployed() string {
	h.t.Helper()
	app, err := h.client.App(h.within(), appName)
	if err != nil {
		h.t.Fatal(err)
	}
	return app.Script
}

// Stored waits until n readings are stored.
func (h *House) Stored(n uint64) {
	h.t.Helper()
	h.until(fmt.Sprintf("%d readings are stored", n), func(s *control.Snapshot) string {
		if s.Store != nil && s.Store.Readings >= n {
			return ""
		}
		for _, a := range s.Actors {
			if a.State != control.Running && a.LastError != "" {
				return fmt.Sprintf("%s is %s: %s", a.ID, a.State, a.LastError)
			}
		}
		for _, l := range s.Links {
			if l.Refused != "" {
				return fmt.Sprintf("link %s is refused: %s", l.ID, l.Refused)
			}
		}
		return "they are not"
	})
}

// until looks at the cluster until missing says nothing.
func (h *House) until(what string, missing func(*control.Snapshot) string) {
	h.t.Helper()
	ctx := h.within()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	why := "no node answers"
	for {
		s, err := h.client.Snapshot(ctx)
		if err != nil {
			why = err.Error()
		} else if why = missing(s); why == "" {
			return
		}
		select {
		case <-ctx.Done():
			h.t.Fatalf("%s: %v: %s", what, context.Cause(ctx), why)
		case <-tick.C:
		}
	}
}

// Until waits for something that nobody tells of.
func (h *House) Until(what string, is func() bool) {
	h.t.Helper()
	ctx := h.within()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			h.t.Fatalf("waited in vain: %s", what)
		case <-tick.C:
		}
	}
}
