package attack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/apps/hospital"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/rule"
)

const (
	domain   = pkitest.Name
	wardApp  = "ward"
	engineer = "engineer"
	bedside  = flow.NodeID("bedside") // where the beds' sensors are
	ward     = flow.NodeID("ward")    // collectors and rule checks
	records  = flow.NodeID("records") // store and chain
)

var nodeNames = []flow.NodeID{bedside, ward, records}

// A ground is three running nodes whose ward's readings flow.
type ground struct {
	t        *testing.T
	dir      string
	h        *pkitest.Hospital
	rogue    *pkitest.Hospital // calls itself the same, below a root of its own
	near     *pkitest.Hospital // another one, below the same root
	office   *enroll.Office
	caAt     string // the CA service's address, https://host:port
	ward     *hospital.Ward
	trust    pki.Trust
	outside  flow.Signer // the thermometer of bed 1, which runs no node
	attacks  *atomic.Int64
	spoilt   *atomic.Bool // the ward did not go on after an attack
	enemy    string       // the name of the hostile member of this attack
	loot     *flow.Signer // the stolen device\'s
	made     *made
	muted    *string // the bed that gives no readings any more
	caRecord *caRecord
	cfgs     map[flow.NodeID]*node.Config
	nodes    map[flow.NodeID]*node.Node
	staff    flow.Signer
	api      map[flow.NodeID]*control.Client
}

// newGround starts everything and returns when the first reading is stored.
func newGround(t *testing.T) *ground {
	t.Helper()
	g := &ground{t: t, loot: new(flow.Signer), attacks: new(atomic.Int64), spoilt: new(atomic.Bool), made: new(made), muted: new(string), caRecord: new(caRecord), dir: t.TempDir(), cfgs: map[flow.NodeID]*node.Config{}, nodes: map[flow.NodeID]*node.Node{}, api: map[flow.NodeID]*control.Client{}}
	g.h = pkitest.New(t)
	g.rogue, g.near = g.h.Rogue(), g.h.Neighbour()
	g.trust = g.h.Authority.Trust()
	g.openOffice()
	g.staff = g.enrol(enroll.Invitation{Role: flow.RoleStaff, Name: engineer})
	g.outside = g.enrol(enroll.Invitation{Role: flow.RoleDevice, EPC: thermometer, Group: rooms[0] + "/temp"})
	g.furnish()
	t.Cleanup(g.end)
	for _, n := range nodeNames {
		g.start(n)
	}
	g.until("the nodes meet and can judge", func(s *control.Snapshot) string { return s.Lacks(len(nodeNames)) })
	if _, err := g.client(ward).Deploy(t.Context(), control.Deployment{Name: wardApp, Script: g.script()}); err != nil {
		t.Fatalf("deploy the ward: %v", err)
	}
	g.goesOn()
	return g
}

func (g *ground) file(parts ...string) string {
	return filepath.Join(append([]string{g.dir}, parts...)...)
}

func (g *ground) save(s flow.Signer, parts ...string) {
	g.t.Helper()
	if err := pki.SaveSigner(g.file(parts...), s); err != nil {
		g.t.Fatal(err)
	}
}

// openOffice makes the CA service of the hospital.
func (g *ground) openOffice() {
	g.t.Helper()
	dir := g.file("ca")
	err := g.h.Authority.Save(dir, pki.Unsealed())
	if err == nil {
		g.office, err = enroll.OpenOffice(dir, func() (*pki.Authority, error) { return pki.LoadAuthority(dir) }, g.caRecord.add)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	s, err := enroll.Serve(enroll.Config{Office: g.office, Listen: "127.0.0.1:0", Names: []string{"127.0.0.1"}, Registrars: []string{engineer}})
	if err != nil {
		g.t.Fatal(err)
	}
	g.caAt = s.URL()
	g.t.Cleanup(func() { s.Close() })
}

// caService stands for the CA service where a node's name is wanted.
const caService = flow.NodeID("CA service")

// A caRecord is what the CA service has seen.
type caRecord struct {
	mu   sync.Mutex // guards list
	list []flow.AuditEvent
}

func (r *caRecord) add(e flow.AuditEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.At = time.Now()
	r.list = append(r.list, e)
}

func (r *caRecord) since(at time.Time) (list []flow.AuditEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.list {
		if e.Refused() && !e.At.Before(at) {
			list = append(list, e)
		}
	}
	return list
}

// enrol fetches a certificate from the CA service with a token, as everybody does
// who may be revoked later.
func (g *ground) enrol(inv enroll.Invitation) flow.Signer {
	g.t.Helper()
	tok, err := g.office.Invite(inv, g.caAt, enroll.Caller{Who: engineer}, time.Now())
	if err != nil {
		g.t.Fatal(err)
	}
	e, err := enroll.Enroll(g.t.Context(), tok)
	if err != nil {
		g.t.Fatalf("enrol %s%s: %v", inv.Name, inv.EPC, err)
	}
	return e.Signer
}

// The devices of bed 1 that run no node.
const (
	thermometer = "urn:epc:id:giai:0614141.110"
	borrowed    = "urn:epc:id:giai:0614141.111" // another one, whose key is stolen
)

// script is the ward with an intake for the devices outside, which may run at the
// bed too.
func (g *ground) script() string {
	return g.ward.Script() + fmt.Sprintf(`
intake : ward.Intake(collector="bed-1", devices=[%q, %q, %q])
intake.reading > bed_1.reading
rule near : node_attr_match(index=["user_extra", {"place": "ward"}]) | node_attr_match(index=["user_extra", {"place": "bedside"}])
apply intake : near
`, thermometer, borrowed, pkitest.MadeEPC)
}

// furnish makes certificates, rules and configurations.
func (g *ground) furnish() {
	g.t.Helper()
	if err := errors.Join(pki.SaveTrust(g.file("trust.pem"), g.trust), os.MkdirAll(g.file("authority"), 0o700)); err != nil {
		g.t.Fatal(err)
	}
	g.ward = &hospital.Ward{Doc: "A ward under attack.", Window: 1}
	for b := 1; b <= 2; b++ {
		room := rooms[b-1]
		bed := hospital.Bed{Name: fmt.Sprintf("bed-%d", b), Patient: fmt.Sprintf("p-canary-%d", b), Room: room,
			Devices: []hospital.Device{{Name: fmt.Sprintf("bed-%d-hr", b), EPC: fmt.Sprintf("urn:epc:id:giai:0614141.%d01", b), Group: room + "/hr",
				Source: `sensor.Generator(signal="heart_rate", rate=5)`}}}
		g.ward.Beds = append(g.ward.Beds, bed)
		collector := g.h.Collector(bed.Name, room+"/collector")
		g.save(collector, "ward", "identities", bed.Name)
		g.save(collector, "bedside", "identities", bed.Name)
		g.save(g.h.Patient(bed.Patient), "cards", bed.Patient)
		for _, d := range bed.Devices {
			g.save(g.enrol(enroll.Invitation{Role: flow.RoleDevice, EPC: d.EPC, Group: d.Group}), "bedside", "identities", d.Name)
		}
	}
	g.save(g.h.Storage("records"), "records", "identities", "records")
	rules := rule.Founding{Rules: rule.Default()}
	for _, name := range []string{"rules-1", "rules-2"} {
		admin := g.h.Staff(name)
		g.save(admin, "authority", name)
		rules.Admins = append(rules.Admins, admin.Key.Public())
	}
	info, err := rule.Init(g.t.Context(), g.file("records", "chain"), rules)
	if err != nil {
		g.t.Fatal(err)
	}
	addrs := freeAddresses(g.t, 4*len(nodeNames))
	for i, n := range nodeNames {
		g.save(g.h.Node(string(n)), string(n), "certificate")
		g.cfgs[n] = &node.Config{Node: n, Dir: g.file(string(n)), Door: addrs[4*i], Control: addrs[4*i+1], Gossip: "local", CA: g.caAt,
			Certificate: g.file(string(n), "certificate"), Trust: g.file("trust.pem"), Hospital: domain, Admins: []string{engineer},
			Identities: g.file(string(n), "identities"), Attributes: flow.Attributes{"user_extra": {"place": string(n)}},
			Chain: &node.ChainConfig{Manager: info.Manager.Hex()}}
		if n != records {
			g.cfgs[n].Ingest = node.IngestConfig{HTTPS: addrs[4*i+2], MQTT: addrs[4*i+3]}
		}
	}
	g.cfgs[ward].Cards = g.file("cards")
	g.cfgs[records].Store, g.cfgs[records].Chain.Dir = g.file("records", "store.db"), g.file("records", "chain")
	for _, cfg := range g.cfgs {
		for _, n := range nodeNames {
			cfg.Join = append(cfg.Join, g.cfgs[n].Door)
			cfg.Voters = append(cfg.Voters, node.Voter{Node: n, Door: g.cfgs[n].Door})
		}
	}
}

// rooms are those of the beds. The first is that of the device that openssl makes
// certificates for.
var rooms = []string{"h1/3/icu-3", "h1/3/icu-2"}

// freeAddresses are loopback addresses that nobody listens at now.
func freeAddresses(t *testing.T, n int) (addrs []string) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // all at the end, so that no two are the same
		addrs = append(addrs, l.Addr().String())
	}
	return addrs
}

// start runs a node, whose log goes on where it was.
func (g *ground) start(name flow.NodeID) { g.startAs(name, g.cfgs[name]) }

func (g *ground) startAs(name flow.NodeID, cfg *node.Config) { g.startWith(name, cfg, actors.All()) }

// startWith runs a node with other code for its actors.
func (g *ground) startWith(name flow.NodeID, cfg *node.Config, types flow.Types) {
	g.t.Helper()
	file := g.file(string(name) + ".log")
	log, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { log.Close() })
	n, err := node.Start(context.Background(), *cfg, types, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		g.t.Fatal(err)
	}
	g.nodes[name] = n
}

// stop ends a node.
func (g *ground) stop(name flow.NodeID) {
	g.t.Helper()
	n := g.nodes[name]
	delete(g.nodes, name)
	if err := n.Close(); err != nil {
		g.t.Errorf("node %s did not end well: %v", name, err)
	}
}

// end stops everything, and shows what the nodes had to say if something failed.
func (g *ground) end() {
	for _, c := range g.api {
		c.Close()
	}
	for name := range g.nodes {
		g.stop(name)
	}
	if !g.t.Failed() {
		return
	}
	keep, err := os.MkdirTemp("", "wardflow-attack-")
	if err != nil {
		return
	}
	for _, n := range nodeNames {
		if text, err := os.ReadFile(g.file(string(n) + ".log")); err == nil {
			_ = os.WriteFile(filepath.Join(keep, string(n)+".log"), text, 0o644)
		}
	}
	g.t.Logf("the nodes' logs are in %s", keep)
}

// client speaks to a node as the hospital's engineer.
func (g *ground) client(name flow.NodeID) *control.Client {
	g.t.Helper()
	if g.api[name] == nil {
		g.api[name] = g.clientOf(name, g.staff)
	}
	return g.api[name]
}

func (g *ground) clientOf(name flow.NodeID, who flow.Signer) *control.Client {
	g.t.Helper()
	conf := pki.ClientTLS(func() flow.Signer { return who }, pki.NewVerifier(g.trust), pki.Only(flow.RoleNode))
	c, err := control.NewClient("https://"+g.cfgs[name].Control, conf)
	if err != nil {
		g.t.Fatal(err)
	}
	return c
}

// until looks at the cluster, from the node records, until missing says nothing.
func (g *ground) until(what string, missing func(*control.Snapshot) string) *control.Snapshot {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	why := "nobody answers"
	for {
		s, err := g.nodes[records].Snapshot(ctx)
		if err != nil {
			why = err.Error()
		} else if why = missing(s); why == "" {
			return s
		}
		select {
		case <-ctx.Done():
			g.t.Fatalf("%s: not within five minutes: %s", what, why)
		case <-tick.C:
		}
	}
}

// view is the cluster as the node records sees it.
func (g *ground) view() *control.Snapshot {
	g.t.Helper()
	return g.until("the cluster is seen", func(*control.Snapshot) string { return "" })
}

// goesOn waits for two readings to be stored that were not before, with every
// actor running and no link refused.
func (g *ground) goesOn() {
	g.t.Helper()
	before := g.runs().Store.Readings
	g.until("the ward's readings go on", func(s *control.Snapshot) string {
		if s.Store == nil || s.Store.Readings < before+2 {
			return fmt.Sprintf("%d readings are stored, as before", before)
		}
		return ""
	})
}

// runs waits until the whole ward runs.
func (g *ground) runs() *control.Snapshot {
	g.t.Helper()
	return g.until("the ward runs", func(s *control.Snapshot) string {
		if s.Store == nil || len(s.Actors) == 0 {
			return "there is no store, or no actor"
		}
		for _, l := range s.Links {
			if l.Refused != "" && !g.silent(l.From.Actor) {
				return fmt.Sprintf("link %s is refused: %s", l.ID, l.Refused)
			}
		}
		for _, a := range s.Actors {
			if a.State != control.Running && !g.silent(a.ID) {
				return fmt.Sprintf("%s is %s: %s %s", a.ID, a.State, a.LastError, strings.Join(a.Why, "; "))
			}
		}
		for _, n := range nodeNames {
			if g.nodes[n] == nil {
				return fmt.Sprintf("node %s does not run", n)
			}
		}
		return ""
	})
}

// silent reports whether an actor is of a bed whose sensor was taken away.
func (g *ground) silent(id flow.ActorID) bool {
	return *g.muted != "" && strings.HasPrefix(string(id), string(g.actor(*g.muted)))
}

// actor is an actor of the ward.
func (g *ground) actor(name string) flow.ActorID { return flow.ActorID(wardApp + ":" + name) }
