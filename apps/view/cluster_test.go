package view_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// Three processes of the real program are a cluster; a person opens the page of
// one with a certificate, and her own with `wardflow page`, deploys a script from
// there, taps a link, moves an actor, drains a host, and sees a killed one go.
func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("starts three nodes and a browser")
	}
	needBrowser(t)
	c := newProcesses(t)
	for _, name := range c.names {
		c.run(name)
	}
	c.met()
	pids := map[string]string{}
	for name, cmd := range c.running {
		pids["pid-"+string(name)] = strconv.Itoa(cmd.Process.Pid)
	}
	arg := map[string]string{"url": "https://" + c.control["bedside"], "shots": os.Getenv("WARDFLOW_SHOTS"),
		"page": c.page("admin"), "nursepage": c.page("nurse"), "cert": c.path("people", "admin"), "stranger": c.path("people", "stranger")}
	for key, pid := range pids {
		arg[key] = pid
	}
	text, err := json.Marshal(arg)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", "e2e/cluster.mjs", string(text)).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		for _, name := range c.names {
			t.Logf("the end of the log of %s:\n%s", name, c.log[name].last())
		}
		t.Fatal(err)
	}
}

// processes are nodes of one hospital, each a process of the program.
type processes struct {
	t       *testing.T
	h       *pkitest.Hospital
	dir     string
	program string
	names   []flow.NodeID
	door    map[flow.NodeID]string
	control map[flow.NodeID]string
	running map[flow.NodeID]*exec.Cmd
	log     map[flow.NodeID]*tail
}

func newProcesses(t *testing.T) *processes {
	t.Helper()
	c := &processes{t: t, h: pkitest.New(t), dir: t.TempDir(), names: []flow.NodeID{"bedside", "records", "ward"},
		door: map[flow.NodeID]string{}, control: map[flow.NodeID]string{}, running: map[flow.NodeID]*exec.Cmd{}, log: map[flow.NodeID]*tail{}}
	c.build()
	c.must(pki.SaveTrust(c.path("trust.pem"), c.h.Authority.Trust()))
	for _, who := range []string{"admin", "nurse"} {
		c.must(os.MkdirAll(c.path("people"), 0o700))
		c.must(pki.SaveSigner(c.path("people", who), c.h.Staff(who)))
	}
	c.must(pki.SaveSigner(c.path("people", "stranger"), pkitest.New(t).Staff("admin")))
	for _, name := range c.names {
		c.door[name], c.control[name] = porttest.Address(t), porttest.Address(t)
		c.must(pki.SaveSigner(c.path(string(name), "certificate"), c.h.Node(string(name))))
	}
	for _, name := range c.names {
		c.must(os.WriteFile(c.path(string(name)+".yaml"), []byte(c.config(name)), 0o600))
	}
	return c
}

// build makes the program with the page that the other tests see, unless
// WARDFLOW_PROGRAM names one that is built already.
func (c *processes) build() {
	c.t.Helper()
	if c.program = os.Getenv("WARDFLOW_PROGRAM"); c.program != "" {
		return
	}
	c.program = c.path("wardflow")
	args := []string{"build", "-o", c.program}
	if dir := os.Getenv("WARDFLOW_PAGE"); dir != "" {
		args = append(args, "-overlay", c.overlay(dir))
	}
	cmd := exec.CommandContext(c.t.Context(), "go", append(args, "../../cmd/wardflow")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("build the program: %v\n%s", err, out)
	}
}

// overlay puts a folder in the place of dist.
func (c *processes) overlay(dir string) string {
	replace := map[string]string{}
	dist, err := filepath.Abs("dist")
	c.must(err)
	walk := func(root, put string) {
		c.must(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(root, path)
			replace[filepath.Join(dist, rel)] = filepath.Join(put, rel)
			if put == "" {
				replace[filepath.Join(dist, rel)] = ""
			}
			return err
		}))
	}
	walk(dist, "")
	walk(dir, dir)
	text, err := json.Marshal(map[string]any{"Replace": replace})
	c.must(err)
	file := c.path("overlay.json")
	c.must(os.WriteFile(file, text, 0o600))
	return file
}

func (c *processes) config(name flow.NodeID) string {
	var voters, join strings.Builder
	for _, n := range c.names {
		fmt.Fprintf(&voters, "  - {node: %s, door: %q}\n", n, c.door[n])
		fmt.Fprintf(&join, "  - %q\n", c.door[n])
	}
	return fmt.Sprintf("node: %s\ndir: %s\ndoor: %q\ncontrol: %q\ncertificate: %s\ntrust: %s\nadmins: [admin]\npage: true\ngossip: local\nattributes: {address: {room: %s}}\nvoters:\n%sjoin:\n%s",
		name, c.path(string(name), "data"), c.door[name], c.control[name], c.path(string(name), "certificate"), c.path("trust.pem"), name, &voters, &join)
}

func (c *processes) run(name flow.NodeID) {
	c.t.Helper()
	cmd := exec.Command(c.program, "node", "run", "--config", c.path(string(name)+".yaml"), "--until-stdin-closes")
	c.log[name] = &tail{}
	cmd.Stderr = c.log[name]
	c.running[name] = c.begin(cmd)
}

// begin starts a command that ends with the test.
func (c *processes) begin(cmd *exec.Cmd) *exec.Cmd {
	c.t.Helper()
	hold, err := cmd.StdinPipe()
	c.must(err)
	c.must(cmd.Start())
	c.t.Cleanup(func() {
		_ = hold.Close()
		_ = cmd.Process.Signal(os.Interrupt) // it may be gone already
		_ = cmd.Wait()                       // or have been killed
	})
	return cmd
}

// page starts `wardflow page` in somebody's name, and is the link it prints.
func (c *processes) page(who string) string {
	c.t.Helper()
	file, link := c.path(who+".yaml"), c.path(who+".link")
	c.must(os.WriteFile(file, fmt.Appendf(nil, "node: https://%s\ncert: %s\ntrust: %s\n", c.control["bedside"], c.path("people", who), c.path("trust.pem")), 0o600))
	cmd := exec.Command(c.program, "page", "--link-file", link)
	cmd.Env = append(os.Environ(), "WARDFLOW_CONTEXT="+file, "HOME="+c.dir)
	said := &tail{}
	cmd.Stderr = said
	c.begin(cmd)
	var text []byte
	c.until("wardflow page prints its link", func() error {
		var err error
		if text, err = os.ReadFile(link); err != nil {
			return fmt.Errorf("%w; it said %q", err, said.last())
		}
		return nil
	})
	return strings.TrimSpace(string(text))
}

// met waits until the nodes have met, and agree.
func (c *processes) met() {
	c.t.Helper()
	admin := c.h.Staff("admin")
	client, err := control.NewClient("https://"+c.control["bedside"], pki.ClientTLS(func() flow.Signer { return admin }, c.h.Verifier(), pki.Only(flow.RoleNode), "h2", "http/1.1"))
	c.must(err)
	c.until("the nodes meet and agree", func() error {
		ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Second)
		defer cancel()
		s, err := client.Snapshot(ctx)
		if err != nil {
			return err
		}
		for _, n := range s.Nodes {
			if n.Condition() != "up" {
				return fmt.Errorf("%s is %s", n.ID, n.Condition())
			}
		}
		if len(s.Nodes) != len(c.names) || s.Register == nil || !s.Register.Quorum {
			return fmt.Errorf("%d nodes, register %+v", len(s.Nodes), s.Register)
		}
		return nil
	})
}

func (c *processes) until(what string, ok func() error) {
	c.t.Helper()
	deadline := time.Now().Add(6 * time.Minute)
	for {
		err := ok()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("not within six minutes: %s: %v", what, err)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-c.t.Context().Done():
			c.t.FailNow()
		}
	}
}

func (c *processes) path(parts ...string) string {
	return filepath.Join(append([]string{c.dir}, parts...)...)
}

func (c *processes) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// A tail is the last of what a process says.
type tail struct {
	mu   sync.Mutex // guards text
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text = append(t.text, b...); len(t.text) > 16<<10 {
		t.text = bytes.Clone(t.text[len(t.text)-8<<10:])
	}
	return len(b), nil
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
