package node_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
)

const mocked = `
bed : sensor.Generator(device="bed-1-temp", signal="temperature", rate=50)
other : sensor.Generator(device="other-temp", signal="temperature", rate=50)
room : sensor.Temperature(period=0.01)
hot : std.Compare(rel=">")
lamp : io.Light()
take : t.Collector(collector="bed-1")
too : t.Collector(collector="bed-1")
bed.reading > take.reading
other.reading > too.reading
room.centigrade > hot.a
38.0 > hot.b
hot.result > lamp.on
apply bed, other, take, too, room, lamp, hot : runtime_name(name="b")
`

// Mocks are seen and driven from another node; what actors write to them is
// seen, the drive is on both nodes' records, and what is really there can't be
// driven.
func TestMocks(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	for name, epc := range map[string]string{"bed-1-temp": "urn:epc:id:giai:0614141.101", "other-temp": "urn:epc:id:giai:0614141.102"} {
		c.save(filepath.Join("b", "identities", name), c.h.Device(epc, "h1/3/icu-1/temp"))
	}
	c.types = talking()
	c.save(filepath.Join("b", "identities", "bed-1"), c.h.Collector("bed-1", "h1/3/icu-1/collector"))
	pin := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(pin, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.edit = func(cfg *node.Config) {
		if cfg.Node == "b" {
			cfg.Mocks = []string{"bed-*"}
			cfg.Devices = device.Settings{"io.temperature": {"driver": "mock"}, "io.light": {"driver": "mock"}, "io.switch": {"driver": "file", "path": pin}}
		}
	}
	c.startAll()
	c.deploy("a", "app", mocked)
	a, b, by := c.nodes["a"], c.nodes["b"], c.h.Staff("dr").ID
	see := func(name string) (found control.Mock) {
		t.Helper()
		all, err := a.Mocks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(all, func(m control.Mock) bool { return m.Node == "b" && m.Name == name }); i >= 0 {
			return all[i]
		}
		return control.Mock{}
	}
	drive := func(name string, d control.Drive) control.Mock {
		t.Helper()
		m, err := a.DriveMock(t.Context(), by, "b", name, d)
		if err != nil {
			t.Fatalf("drive %s: %v", name, err)
		}
		return *m
	}
	set := func(v string) control.Drive { return control.Drive{Set: json.RawMessage(v)} }

	c.until("a", "the sensor measures", func(*control.Snapshot) bool { return see("bed-1-temp").Value != nil })
	bed := see("bed-1-temp")
	if !bed.Sensor || bed.Held || bed.Unit != "Cel" || bed.Min != 15 || bed.Max != 50 || !slices.Equal(bed.Actors, []flow.ActorID{"app:bed"}) {
		t.Errorf("the sensor is %+v", bed)
	}
	if m := drive("bed-1-temp", set("39.5")); !m.Held || m.By != by.URI {
		t.Errorf("the sensor set is %+v", m)
	}
	c.until("a", "the sensor says what it was set to", func(*control.Snapshot) bool { return string(see("bed-1-temp").Value) == "39.5" })
	drive("bed-1-temp", control.Drive{Fault: &control.MockFault{Kind: "silence"}})
	if m := see("bed-1-temp"); !m.Silent || m.Fault == nil {
		t.Errorf("the silent sensor is %+v", m)
	}
	if m := drive("bed-1-temp", control.Drive{Clear: true}); m.Held || m.Fault != nil {
		t.Errorf("the sensor let go is %+v", m)
	}

	drive("io.temperature", set("39"))
	c.until("a", "the lamp is lit", func(*control.Snapshot) bool { return string(see("io.light").Value) == "1" })
	if m := see("io.light"); m.Writes == 0 || len(m.Written) == 0 || m.Written[0].At.IsZero() || !slices.Contains(m.Actors, "app:lamp") {
		t.Errorf("the lamp is %+v", m)
	}
	drive("io.temperature", control.Drive{Fault: &control.MockFault{Kind: "out-of-range", Value: json.RawMessage("-90")}})
	c.until("a", "the lamp is out", func(*control.Snapshot) bool { return string(see("io.light").Value) == "0" })
	drive("io.temperature", control.Drive{Play: &control.MockTrace{Name: "fever", Values: []json.RawMessage{[]byte("39.1"), []byte("39.2")}}})
	drive("io.temperature", control.Drive{Mend: true})
	c.until("a", "the lamp is lit by a trace", func(*control.Snapshot) bool { return string(see("io.light").Value) == "1" })

	for what, is := range map[string]error{"other-temp": control.ErrNotFound, "io.button": control.ErrNotFound, "io.switch": control.ErrConflict, "io.temperature": control.ErrInvalid} {
		for _, at := range []*node.Node{a, b} {
			if _, err := at.DriveMock(t.Context(), by, "b", what, set("1000")); !errors.Is(err, is) {
				t.Errorf("drive %s to 1000: %v, want %v", what, err, is)
			}
		}
	}
	if _, err := a.DriveMock(t.Context(), by, "z", "io.light", set("1")); !errors.Is(err, control.ErrNotFound) {
		t.Errorf("drive a mock of no node: %v", err)
	}
	var elsewhere *control.ElsewhereError
	if _, err := b.DriveMock(t.Context(), by, "a", "io.light", set("1")); !errors.As(err, &elsewhere) {
		t.Errorf("a node without a vote asks for people: %v, want it to send them elsewhere", err)
	}
	if see("io.switch").Name != "" || see("other-temp").Name != "" {
		t.Error("what is no mock is among them")
	}
	recorded(t, a, by.URI, "drive mock bed-1-temp of b: set to 39.5", "")
	recorded(t, b, c.h.Node("a").ID.URI, "drive mock bed-1-temp for "+by.URI+": set to 39.5", "")
	recorded(t, a, by.URI, "drive mock io.switch of b: set to 1000", "is no mock")
}

// recorded waits for an event on a node's record: it gets to the disk soon, and
// nobody waits for that.
func recorded(t *testing.T, n *node.Node, who, what, why string) {
	t.Helper()
	var entries []control.AuditEntry
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		var err error
		if entries, err = n.Audit(t.Context(), flow.Identity{}, control.AuditQuery{Who: who, Limit: control.MaxAudit}); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Who == who && e.What == what && (why == "") == (e.Why == "") && strings.Contains(e.Why, why) {
				return
			}
		}
	}
	t.Errorf("no event of %s: %s (%s) among %d", who, what, why, len(entries))
}
