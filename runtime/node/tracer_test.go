package node_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/trace/tracetest"
)

// A token's way over three actors on three nodes is one trace, also where the node
// in the middle records none.
func TestWaysAreTraced(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b", "c")
	all := tracetest.New(t)
	c.edit = func(cfg *node.Config) {
		if cfg.Node != "b" {
			cfg.Trace = &node.TraceConfig{Endpoint: all.URL}
		}
		if cfg.Node == "a" {
			cfg.Trace.Share = 1
		}
	}
	c.startAll()
	c.deploy("a", "app", counting)
	c.until("c", "a way has been recorded to its end", func(*control.Snapshot) bool {
		begun := map[string]tracetest.Span{}
		spans := all.Spans()
		for _, s := range spans {
			if s.Node == "a" && s.Above == "" && s.Attributes["wardflow.actor"] == "app:count" {
				begun[s.ID] = s
			}
		}
		for _, s := range spans {
			if first, ok := begun[s.Above]; ok && s.Node == "c" && s.Trace == first.Trace && s.Attributes["wardflow.actor"] == "app:sink" {
				return true // below what a has recorded, since b passes on and records nothing
			}
		}
		return false
	})
	for _, s := range all.Spans() {
		if s.Node == "b" {
			t.Errorf("b records nothing, and there is %+v", s)
		}
	}
}

func TestTraceConfig(t *testing.T) {
	for text, ok := range map[string]bool{
		"{endpoint: \"http://127.0.0.1:4318\", share: 0.01}": true, "{endpoint: \"https://traces:4318\", share: 1, roots: system}": true,
		"{endpoint: \"https://traces:4318\"}": false, "{endpoint: \"http://traces:4318\"}": false, "{endpoint: \"http://127.0.0.1:4318\", share: 2}": false, "{share: 0.1}": false,
	} {
		file := configFile(t, "node: a\ndir: data\ndoor: 127.0.0.1:7400\ncertificate: .\ntrust: trust.pem\ntrace: "+text+"\n")
		if _, err := node.LoadConfig(file); (err == nil) != ok {
			t.Errorf("LoadConfig with trace %s: %v", text, err)
		}
	}
}
