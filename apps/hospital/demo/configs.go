package demo

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
)

// An address is where a node listens.
type address struct {
	Door    string `json:"door"`
	Control string `json:"control"`
	Ingest  string `json:"ingest,omitempty"` // for devices outside
}

// addresses are the processes' ports, chosen once and kept, so that a second run
// finds the cluster's voters where they were. The CA service's is its Control.
func addresses(l layout) (map[flow.NodeID]address, error) {
	a := map[flow.NodeID]address{}
	if b, err := os.ReadFile(l.ports()); err == nil {
		if err := json.Unmarshal(b, &a); err != nil {
			return nil, fmt.Errorf("%s: %w", l.ports(), err)
		}
	}
	var held []net.Listener
	defer func() {
		for _, h := range held {
			h.Close()
		}
	}()
	free := func() (string, error) {
		h, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		held = append(held, h)
		return h.Addr().String(), nil
	}
	for _, n := range processNames {
		at := a[n]
		for _, port := range []struct {
			addr *string
			need bool
		}{{&at.Door, n != caName}, {&at.Control, true}, {&at.Ingest, n == ingestNode}} {
			if !port.need || *port.addr != "" {
				continue
			}
			var err error
			if *port.addr, err = free(); err != nil {
				return nil, err
			}
		}
		a[n] = at
	}
	b, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return nil, err
	}
	return a, os.WriteFile(l.ports(), append(b, '\n'), 0o644)
}

// introduce writes what the command line needs to reach the demo's cluster.
func introduce(l layout, at map[flow.NodeID]address) error {
	b, err := yaml.Marshal(map[string]string{"node": "https://" + at["ward"].Control, "cert": l.staff(), "trust": l.trust()})
	if err != nil {
		return err
	}
	return os.WriteFile(l.context(), b, 0o644)
}

// mocks are devices made of nothing at the beds, for scripts that people try.
var mocks = device.Settings{
	"io.button":      {"driver": "mock"},
	"io.buzzer":      {"driver": "mock"},
	"io.light":       {"driver": "mock"},
	"io.servomotor":  {"driver": "mock"},
	"io.switch":      {"driver": "mock"},
	"io.temperature": {"driver": "mock"},
}

// configure writes each node's file.
func configure(l layout, at map[flow.NodeID]address, manager string, data []string) error {
	var voters []node.Voter
	var doors []string
	for _, n := range nodeNames {
		voters = append(voters, node.Voter{Node: n, Door: at[n].Door})
		doors = append(doors, at[n].Door)
	}
	for _, n := range nodeNames {
		c := node.Config{Node: n, Dir: l.node(n), Door: at[n].Door, Control: at[n].Control, Page: true, Gossip: "local",
			Certificate: l.cert(n), Trust: l.believed(n), Join: doors, Voters: voters, Hospital: hospitalName,
			CA: "https://" + at[caName].Control, Admins: []string{staffName}, Ingest: node.IngestConfig{HTTPS: at[n].Ingest},
			Identities: filepath.Join(l.node(n), "identities"),
			Attributes: flow.Attributes{
				"node_name":  {"organization": hospitalName, "name": string(n)},
				"user_extra": {"place": string(n)},
			},
			Chain: &node.ChainConfig{Manager: manager, Dir: l.copy(n)}}
		switch n {
		case "bedside":
			c.Recordings = data
			c.Mocks = []string{"bed-*"} // the sensors at the beds, which make up or play what they say
			c.Devices = mocks
			c.Attributes["address"] = map[string]string{"building": "A", "floor": "3", "room": "ICU 1"}
		case "ward":
			c.Cards = l.cards()
			c.Attributes["address"] = map[string]string{"building": "A", "floor": "3"}
		case "records":
			c.Store = l.store()
			c.Attributes["address"] = map[string]string{"building": "B", "floor": "-1"}
		}
		b, err := yaml.Marshal(c)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(c.Identities, 0o755); err != nil {
			return err
		}
		head := fmt.Sprintf("# Node %s of the demo: what \"wardflow node run --config\" reads.\n", n)
		if err := os.WriteFile(l.config(n), append([]byte(head), b...), 0o644); err != nil {
			return err
		}
	}
	return nil
}
