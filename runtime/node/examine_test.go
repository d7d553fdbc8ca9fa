package node_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/doctor"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// The doctor finds a host healthy whose node runs, and tells which of its files,
// ports and ways are not as they should be.
func TestExamine(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b", "c")
	control := map[flow.NodeID]string{"a": porttest.Address(t), "b": porttest.Address(t), "c": porttest.Address(t)}
	c.edit = func(cfg *node.Config) { cfg.Control = control[cfg.Node] }
	c.names = []flow.NodeID{"a", "b"} // c is known, and never up
	c.start("a")
	c.start("b")
	t.Cleanup(func() {
		for _, n := range c.nodes {
			if err := n.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	file := func(name flow.NodeID, more string) string {
		dir := filepath.Join(c.dir, string(name))
		yaml := "node: " + string(name) + "\ndir: .\ncertificate: certificate\ntrust: ../trust.pem\ndoor: " + c.doors[name] + "\ncontrol: " + control[name] + "\n" +
			"voters: [{node: a, door: \"" + c.doors["a"] + "\"}, {node: b, door: \"" + c.doors["b"] + "\"}]\n" + more
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "node.yaml")
		if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	has := func(found []doctor.Finding, check string, state doctor.State, says string) {
		t.Helper()
		for _, f := range found {
			if f.Check == check && f.State == state && strings.Contains(f.About+" "+f.Found+" "+f.Mend, says) {
				return
			}
		}
		t.Errorf("no %s that is %s and says %q in %+v", check, state, says, found)
	}

	c.ready("a")
	var found []doctor.Finding
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); { // b may be slow to answer on a busy host
		found = node.Examine(t.Context(), file("a", "join: [\""+c.doors["c"]+"\"]\n"))
		if slices.ContainsFunc(found, func(f doctor.Finding) bool { return f.Check == "clock" && f.State != doctor.Skipped }) {
			break
		}
	}
	has(found, "configuration", doctor.Good, "")
	has(found, "certificate", doctor.Good, "node a")
	has(found, "certificate", doctor.Good, "root")
	has(found, "key", doctor.Good, "key.pem")
	has(found, "port", doctor.Good, "door "+c.doors["a"]+" this node listens there")
	has(found, "port", doctor.Good, "control "+control["a"]+" this node listens there")
	has(found, "reach", doctor.Good, "b "+c.doors["b"])
	has(found, "reach", doctor.Bad, c.doors["c"]+" no connection")
	for _, f := range found { // how fast this disk is, and how full, is not what this is about
		if f.State == doctor.Bad && f.Check != "reach" && f.Check != "disk" && f.Check != "room" && f.Check != "memory" {
			t.Errorf("%+v", f)
		}
	}

	// A node that is not started, at the wrong port, with another's certificate and
	// an open key.
	c.doors["c"] = c.doors["b"]
	key := filepath.Join(c.dir, "c", "certificate", "key.pem")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	found = node.Examine(t.Context(), file("c", ""))
	has(found, "port", doctor.Bad, "door "+c.doors["b"])
	has(found, "port", doctor.Good, "control "+control["c"]+" free")
	has(found, "key", doctor.Bad, "chmod 600")
	has(found, "certificate", doctor.Bad, key)
	has(found, "reach", doctor.Skipped, "")

	c.save("d/certificate", c.h.Node("other"))
	c.doors["d"], control["d"] = porttest.Address(t), porttest.Address(t)
	has(node.Examine(t.Context(), file("d", "")), "certificate", doctor.Bad, "not of the node d")
	has(node.Examine(t.Context(), file("d", "dor: x\n")), "configuration", doctor.Bad, "dor")

	// Somebody of another hospital.
	rogue := c.h.Rogue().Node("d")
	if err := os.RemoveAll(filepath.Join(c.dir, "d", "certificate")); err != nil {
		t.Fatal(err)
	}
	c.save("d/certificate", rogue)
	found = node.Examine(t.Context(), file("d", ""))
	has(found, "certificate", doctor.Bad, "node d")
	if left, _ := filepath.Glob(filepath.Join(c.dir, "d", "doctor-*")); len(left) > 0 {
		t.Errorf("the doctor has left %v behind", left)
	}
}
