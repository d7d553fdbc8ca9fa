package node_test

import (
	"encoding/pem"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/porttest"
	"github.com/wardflow/wardflow/runtime/rule"
)

// On a chain that no node holds, the one whose configuration names an account pays
// for all: their checks come to the chain.
func TestPayerOfChainElsewhere(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b", "c")
	dir := filepath.Join(c.dir, "elsewhere")
	info := founded(t, dir, rule.Default()...)
	alone, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	served := httptest.NewTLSServer(alone.Handler()) // no node of ours: somebody's web server
	roots := filepath.Join(c.dir, "web.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: served.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		served.Close()
		if err := alone.Close(); err != nil {
			t.Error(err)
		}
	})
	c.edit = func(cfg *node.Config) {
		cfg.Control, cfg.Gossip = porttest.Address(t), "local"
		cfg.Chain = &node.ChainConfig{RPC: served.URL, RPCRoots: roots, Manager: info.Manager.Hex()}
		if cfg.Node == "b" {
			cfg.Chain.Payer = filepath.Join(dir, rule.CollectorKeyFile)
		}
	}
	c.startAll()
	for _, n := range c.names {
		c.until(n, "the rules are known", func(s *control.Snapshot) bool { return s.Chain != nil && s.Chain.Ready })
	}
	c.judges("a", 10)
	c.judges("b", 10)
	c.anchored(10, "a", "b")
}

// A node has one account.
func TestPayerBesideFolder(t *testing.T) {
	file := configFile(t, "node: a\ndir: data\ndoor: 127.0.0.1:7400\ncertificate: .\ntrust: trust.pem\n"+
		"chain: {dir: chain, payer: key.json, manager: \"0x0100000000000000000000000000000000000000\"}\n")
	if _, err := node.LoadConfig(file); err == nil || !strings.Contains(err.Error(), "chain.payer") {
		t.Errorf("LoadConfig: %v, want it to say that there are two accounts", err)
	}
}
