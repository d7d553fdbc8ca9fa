package node_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/actors/std"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// A caService is the CA service of a cluster's hospital, which can be away for a
// while.
type caService struct {
	c      *cluster
	office *enroll.Office
	listen string
	server *enroll.Server
}

// enrolling gives the cluster a CA service, which all its nodes use.
func (c *cluster) enrolling() *caService {
	c.t.Helper()
	dir := filepath.Join(c.dir, "ca")
	if err := c.h.Authority.Save(dir, pki.Unsealed()); err != nil {
		c.t.Fatal(err)
	}
	o, err := enroll.OpenOffice(dir, func() (*pki.Authority, error) { return pki.LoadAuthority(dir) }, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	s := &caService{c: c, office: o, listen: porttest.Address(c.t)}
	s.start()
	c.t.Cleanup(func() { s.stop() })
	before := c.edit
	c.edit = func(cfg *node.Config) {
		cfg.CA = "https://" + s.listen
		if before != nil {
			before(cfg)
		}
	}
	return s
}

func (s *caService) start() {
	s.c.t.Helper()
	var err error
	if s.server, err = enroll.Serve(enroll.Config{Office: s.office, Listen: s.listen, Look: 50 * time.Millisecond}); err != nil {
		s.c.t.Fatal(err)
	}
}

func (s *caService) stop() {
	s.c.t.Helper()
	if s.server == nil {
		return
	}
	if err := s.server.Close(); err != nil {
		s.c.t.Error(err)
	}
	s.server = nil
}

// issued is how many certificates each holder has had, by SPIFFE ID.
func (s *caService) issued() map[string]int {
	s.c.t.Helper()
	all, err := s.office.Authority().Issuing.Issued()
	if err != nil {
		s.c.t.Fatal(err)
	}
	n := map[string]int{}
	for _, i := range all {
		n[i.URI]++
	}
	return n
}

// renewed waits until each holder's certificate has been renewed n times since
// what was issued then.
func (s *caService) renewed(then map[string]int, n int) {
	s.c.t.Helper()
	s.c.until("a", fmt.Sprintf("each certificate is renewed %d times", n), func(*control.Snapshot) bool {
		now := s.issued()
		for h, had := range then {
			if now[h] < had+n {
				return false
			}
		}
		return true
	})
}

const overTheWard = `
monitor : t.Monitor(device="monitor", sleep=0.005)
station : t.Station(collector="bed-1")
monitor.integer > station.in
tick : std.CountTimer(sleep=0.005)
pass : std.Identity()
keep : t.Keeper()
tick.integer > pass.token
pass.token > keep.in
rule a : runtime_name(name="a")
rule b : runtime_name(name="b")
rule c : runtime_name(name="c")
apply monitor : a
apply station : c
apply tick : b
apply pass : c
apply keep : a
`

// Certificates that last for seconds are renewed again and again, while the CA
// service is away for half of their life, under load: no token is lost or
// doubled, and no actor is started anew.
func TestRenewalUnderLoad(t *testing.T) {
	const life = 14 * time.Second
	c := newCluster(t, "a", "b", "c")
	ca := c.enrolling()
	readings, numbers := &shelf{}, &shelf{}
	c.types = renewing(readings, numbers)
	own := func(dir string, req pki.Request) {
		req.Life = life
		c.save(dir, c.h.Issue(req))
	}
	for _, n := range c.names {
		own(filepath.Join(string(n), "certificate"), pki.Request{Role: flow.RoleNode, Name: string(n)})
	}
	epc, err := pki.ParseEPC("urn:epc:id:giai:0614141.5678")
	if err != nil {
		t.Fatal(err)
	}
	own(filepath.Join("a", "identities", "monitor"), pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-1/ecg"})
	own(filepath.Join("c", "identities", "bed-1"), pki.Request{Role: flow.RoleCollector, Name: "bed-1", Group: "h1/3/icu-1/collector"})
	first := ca.issued()
	delete(first, "") // authorities
	c.startAll()
	c.deploy("a", "app", overTheWard)
	c.kept("a", readings, 50)
	c.kept("a", numbers, 50)
	before := c.epochs("a")

	ca.renewed(first, 1)
	ca.stop()
	gone := time.Now()
	c.until("a", "half a life without the CA service is over", func(*control.Snapshot) bool { return time.Since(gone) > life/2 })
	had, counted := len(readings.have()), len(numbers.have())
	c.kept("b", readings, had+50)
	c.kept("b", numbers, counted+50)
	ca.start()
	ca.renewed(first, 3)

	had, counted = len(readings.have()), len(numbers.have())
	c.kept("b", readings, had+50)
	c.kept("b", numbers, counted+50)
	whole(t, readings, len(readings.have()))
	whole(t, numbers, len(numbers.have()))
	for id, epoch := range c.epochs("a") {
		if epoch != before[id] {
			t.Errorf("%s was in its epoch %d and is in %d: it was started anew", id, before[id], epoch)
		}
	}
	s := c.until("c", "the link is up", func(s *control.Snapshot) bool { return link(s, "app:monitor.integer").Up })
	if l := link(s, "app:monitor.integer"); l.Peer == nil || time.Until(l.Peer.NotAfter) > life {
		t.Errorf("the link's far end is %+v", l.Peer)
	}
}

// renewing are actor types that count as a device, and keep as a collector and
// as their node.
func renewing(readings, numbers *shelf) flow.Types {
	types := actors.All()
	monitor := std.CountTimer()
	monitor.Spec.Name, monitor.Spec.Identity, monitor.Spec.Speaks = "t.Monitor", "device", flow.RoleDevice
	monitor.Spec.Args = append([]flow.ArgSpec{{Name: "device", Required: true}}, monitor.Spec.Args...)
	types["t.Monitor"] = monitor
	types["t.Station"] = flow.Type{Spec: flow.Spec{Name: "t.Station", Identity: "collector", Speaks: flow.RoleCollector,
		Args: []flow.ArgSpec{{Name: "collector", Required: true}}, In: []flow.Port{{Name: "in"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &keeper{s: readings}, nil }}
	types["t.Keeper"] = flow.Type{Spec: flow.Spec{Name: "t.Keeper", In: []flow.Port{{Name: "in"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &keeper{s: numbers}, nil }}
	return types
}

// epochs are those of the actors that run.
func (c *cluster) epochs(at flow.NodeID) map[flow.ActorID]uint64 {
	c.t.Helper()
	s, err := c.nodes[at].Snapshot(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	all := map[flow.ActorID]uint64{}
	for _, a := range s.Actors {
		all[a.ID] = a.Epoch
	}
	return all
}

// A node that has nothing but an empty folder and a token becomes one of the
// cluster.
func TestEnrolledNodeJoins(t *testing.T) {
	c := newCluster(t, "a", "b")
	ca := c.enrolling()
	tok, err := ca.office.Invite(enroll.Invitation{Role: flow.RoleNode, Name: "new"}, "https://"+ca.listen, enroll.Caller{Who: "ada"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	e, err := enroll.Enroll(t.Context(), tok)
	if err != nil {
		t.Fatal(err)
	}
	if err := pki.SaveSigner(dir, e.Signer); err != nil {
		t.Fatal(err)
	}
	trust := filepath.Join(dir, "trust.pem")
	if err := pki.SaveTrust(trust, e.Trust); err != nil {
		t.Fatal(err)
	}
	c.startAll()
	n, err := node.Start(t.Context(), node.Config{Node: "new", Dir: filepath.Join(dir, "data"), Door: porttest.Address(t), Certificate: dir, Trust: trust,
		CA: tok.CA, Join: []string{c.doors["a"]}, Voters: []node.Voter{{Node: "a", Door: c.doors["a"]}}},
		c.types, slog.New(slog.NewTextHandler(testWriter{t}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}()
	c.until("a", "the new node is up", func(s *control.Snapshot) bool {
		for _, m := range s.Nodes {
			if m.ID == "new" {
				return m.Up
			}
		}
		return false
	})
}
