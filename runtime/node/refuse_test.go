package node_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// talker gives numbers as a device, and listener takes them as a collector.
type talker struct{ n int64 }

func (a *talker) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"reading"}, Guard: func() bool { return a.n < 5 }, Fire: func(f *flow.Firing) error {
		a.n++
		f.Give(0, a.n)
		return nil
	}}}
}

type listener struct{}

func (listener) Actions() []flow.Action {
	return []flow.Action{{In: []string{"reading"}, Fire: func(*flow.Firing) error { return nil }}}
}

// talking are the actor types of this test beside the ordinary ones.
func talking() flow.Types {
	types := actors.All()
	types["t.Device"] = flow.Type{Spec: flow.Spec{Name: "t.Device", Identity: "device", Speaks: flow.RoleDevice,
		Args: []flow.ArgSpec{{Name: "device", Required: true}}, Out: []flow.Port{{Name: "reading"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &talker{}, nil }}
	types["t.Collector"] = flow.Type{Spec: flow.Spec{Name: "t.Collector", Identity: "collector", Speaks: flow.RoleCollector,
		Args: []flow.ArgSpec{{Name: "collector", Required: true}}, In: []flow.Port{{Name: "reading"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return listener{}, nil }}
	return types
}

const oneBed = `
d : t.Device(device="monitor")
c : t.Collector(collector="bed-1")
d.reading > c.reading
`

// Whoever is not the right device gets no link, whether its collector is on its
// own node or on another, and the page says who and why.
func TestWhoMaySpeakToACollector(t *testing.T) {
	t.Parallel()
	const epc = "urn:epc:id:giai:0614141.5678"
	for _, tt := range []struct {
		name   string
		device func(h *pkitest.Hospital) flow.Signer
		refuse string // in the reason; "": it may speak
	}{
		{"the right device", func(h *pkitest.Hospital) flow.Signer { return h.Device(epc, "h1/3/icu-1/ecg") }, ""},
		{"a device of another room", func(h *pkitest.Hospital) flow.Signer { return h.Device(epc, "h1/2/icu-9/ecg") }, "group h1/2/icu-9/ecg"},
		{"a device of another root", func(h *pkitest.Hospital) flow.Signer { return h.Rogue().Device(epc, "h1/3/icu-1/ecg") }, "its root is not one we trust"},
		{"a device of a hospital beside", func(h *pkitest.Hospital) flow.Signer { return h.Neighbour().Device(epc, "h1/3/icu-1/ecg") }, "trust domain"},
		{"a collector", func(h *pkitest.Hospital) flow.Signer { return h.Collector("bed-2", "h1/3/icu-1/collector") }, "must speak as a device"},
		{"a person", func(h *pkitest.Hospital) flow.Signer { return h.Staff("dr-who") }, "must speak as a device"},
	} {
		for _, place := range []struct {
			name  string
			nodes []flow.NodeID
		}{{"on one node", []flow.NodeID{"a"}}, {"over two nodes", []flow.NodeID{"a", "b"}}} {
			t.Run(tt.name+" "+place.name, func(t *testing.T) {
				t.Parallel()
				c := newCluster(t, place.nodes...)
				c.types = talking()
				c.save(filepath.Join("a", "identities", "monitor"), tt.device(c.h))
				at := place.nodes[len(place.nodes)-1]
				c.save(filepath.Join(string(at), "identities", "bed-1"), c.h.Collector("bed-1", "h1/3/icu-1/collector"))
				c.startAll()
				c.deploy("a", "app", oneBed)
				if tt.refuse == "" {
					c.until(at, "tokens flow", func(s *control.Snapshot) bool {
						l := link(s, "app:d.reading")
						return l.Up && l.Tokens == 5 && l.Held == 0 && l.Peer != nil && l.Peer.Role == flow.RoleDevice
					})
					return
				}
				s := c.until(at, "the link is refused", func(s *control.Snapshot) bool { return link(s, "app:d.reading").Refused != "" })
				l := link(s, "app:d.reading")
				if l.Up || !strings.Contains(l.Refused, tt.refuse) {
					t.Errorf("link up %v, refused %q; want it refused because of %q", l.Up, l.Refused, tt.refuse)
				}
				told := false
				for _, e := range s.Events {
					told = told || e.Kind == control.LinkRefused && strings.Contains(e.Text, tt.refuse)
				}
				if !told {
					t.Errorf("no event says who was refused and why: %+v", s.Events)
				}
			})
		}
	}
}

// A device without a certificate is not placed at all, and it is said why.
func TestADeviceWithoutACertificate(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.types = talking()
	c.save(filepath.Join("a", "identities", "bed-1"), c.h.Collector("bed-1", "h1/3/icu-1/collector"))
	c.startAll()
	c.deploy("a", "app", oneBed)
	s := c.until("a", "the collector runs", func(s *control.Snapshot) bool {
		return len(s.Actors) == 2 && s.Actors[0].State == control.Running
	})
	d := s.Actors[1]
	if d.State != control.Shadow || !strings.Contains(strings.Join(d.Why, " "), "identity.monitor") {
		t.Errorf("%s is %s because %q; want it waiting for identity.monitor", d.ID, d.State, d.Why)
	}
	told := false
	for _, e := range s.Events {
		told = told || e.Actor == d.ID && e.Bad && strings.Contains(e.Text, "identity.monitor")
	}
	if !told {
		t.Errorf("no event says what %s waits for: %+v", d.ID, s.Events)
	}
}

// A script in which a device goes past its collector is refused before it runs.
func TestAShortcutIsNotDeployed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.types = talking()
	c.startAll()
	c.ready("a")
	_, err := c.nodes["a"].Deploy(t.Context(), c.h.Staff("dr").ID, c.signed(control.Deployment{Name: "app", Script: `
d : t.Device(device="monitor")
s : test.Sink()
d.reading > s.token
`}))
	if err == nil || !strings.Contains(err.Error(), "a device may speak to a collector only") {
		t.Errorf("deploying a shortcut: %v", err)
	}
}
