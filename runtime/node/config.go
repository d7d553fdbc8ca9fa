package node

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/meter"
)

// A Config is what a node is told, in YAML. Paths are relative to the file.
type Config struct {
	Node    flow.NodeID `yaml:"node,omitempty"`    // as its certificate names it
	Dir     string      `yaml:"dir,omitempty"`     // where the node keeps what must survive
	Door    string      `yaml:"door,omitempty"`    // host:port for other nodes
	Control string      `yaml:"control,omitempty"` // host:port for people; "" serves none

	Certificate string `yaml:"certificate,omitempty"` // directory with cert.pem and key.pem
	Trust       string `yaml:"trust,omitempty"`       // the roots, PEM
	Hospital    string `yaml:"hospital,omitempty"`    // trust domain, such as h1.health.example

	// CA is where certificates are renewed and what is revoked is heard:
	// https://host:port of "wardflow ca serve". "" renews nothing.
	CA string `yaml:"ca,omitempty"`

	// Admins are the members of staff, by the names in their certificates, who may
	// do everything, the policy included: the same on all nodes. Others may what
	// the policy lets them.
	Admins []string `yaml:"admins,omitempty"`

	// Ingest is where devices that run no node bring their readings.
	Ingest IngestConfig `yaml:"ingest,omitempty"`

	Attributes   flow.Attributes `yaml:"attributes,omitempty"`
	Capabilities []string        `yaml:"capabilities,omitempty"` // further names that actors may require

	Identities string   `yaml:"identities,omitempty"` // directory of <name>/ with cert.pem and key.pem: devices, collectors, storage
	Cards      string   `yaml:"cards,omitempty"`      // directory of <patient>/ with cert.pem and key.pem; "" has no card reader
	Recordings []string `yaml:"recordings,omitempty"` // directories that sensor.Player may read
	Store      string   `yaml:"store,omitempty"`      // SQLite file; "" stores nothing here

	// StoreGroup are the nodes whose stores hold the same readings, 1, 3 or 5 of
	// them: what was acknowledged survives the loss of any minority, and a storing
	// actor may run on each. No name: this node's file is its own.
	StoreGroup StoreGroup `yaml:"store_group,omitempty"`

	Devices device.Settings `yaml:"devices,omitempty"` // what the names of devices are bound to; see devices.go
	Allow   Allow           `yaml:"allow,omitempty"`   // what actors may reach: files, addresses, brokers; nothing else
	Public  map[string]any  `yaml:"public,omitempty"`  // attributes for context.PublicAttribute, as dictionaries

	// Mocks are the devices, by the names of their certificates, that make up or play
	// their readings here and may be driven by people; * is any letters. None: each
	// gives what it gives.
	Mocks []string `yaml:"mocks,omitempty"`

	Join   []string `yaml:"join,omitempty"`   // doors of nodes to meet at the start
	Voters []Voter  `yaml:"voters,omitempty"` // who keeps the register; the same on all nodes; empty: this node alone

	// Zones say, by application, what the certificate of a node must state for it
	// to handle patient data, such as {site: h1}; "" is for those that have no
	// entry of their own. The same on all voters.
	Zones map[string]map[string]string `yaml:"zones,omitempty"`

	Gossip string `yaml:"gossip,omitempty"` // how soon a node counts as lost: local, lan (default) or wan

	Chain *ChainConfig `yaml:"chain,omitempty"` // nil: this node judges nothing
	Page  bool         `yaml:"page,omitempty"`  // serve the live page beside the API

	// Metrics is where a Prometheus on the same host finds what the node counts,
	// without TLS: 127.0.0.1:9464, say, and no address that other hosts could reach.
	// "" leaves it at /metrics of the control API.
	Metrics string `yaml:"metrics,omitempty"`

	// Trace says where the ways of tokens are recorded; nil: tokens whose way is
	// recorded by other nodes are passed on with it, and nothing is told of them.
	Trace *TraceConfig `yaml:"trace,omitempty"`

	base string // the folder of the file that it was read from
}

// A Voter is a node that keeps a copy of the register.
type Voter struct {
	Node flow.NodeID `yaml:"node,omitempty"`
	Door string      `yaml:"door,omitempty"`
}

// A StoreGroup is some nodes that hold the same readings. It is the same in the
// configuration of each of them.
type StoreGroup struct {
	Name    string  `yaml:"name,omitempty"` // lower case letters, digits and -
	Members []Voter `yaml:"members,omitempty"`
}

// A ChainConfig says where the rules are.
type ChainConfig struct {
	Dir     string `yaml:"dir,omitempty"`     // of an embedded chain, made by "wardflow chain init"; "" reads another node's
	RPC     string `yaml:"rpc,omitempty"`     // JSON-RPC address; with Dir empty, "" asks the node that offers "chain"
	Manager string `yaml:"manager,omitempty"` // address of the RuleManager, 0x and 40 hex digits

	// RPCRoots says who may stand behind an https address in rpc that is no node of
	// ours: a web server whose certificate these roots have issued, PEM, or "system"
	// for those of this host. "" believes nodes of the hospital only.
	RPCRoots string `yaml:"rpc_roots,omitempty"`

	// Payer is the key file of an account on a chain that no node holds: this node
	// pays from it for all, as chain hosts do elsewhere. One node has it.
	Payer string `yaml:"payer,omitempty"`

	// Passphrase is the file with the passphrase of payer, or of dir's collector.key; "" it has none.
	Passphrase string `yaml:"passphrase,omitempty"`
}

// An IngestConfig says where devices from outside are listened to, host:port.
type IngestConfig struct {
	HTTPS string `yaml:"https,omitempty"`
	MQTT  string `yaml:"mqtt,omitempty"` // MQTT 5 over mutual TLS

	// Broker is the hospital's own MQTT broker, mqtts://host:port: what devices
	// have sealed is taken from it, on each node that follows it and runs their
	// intake. BrokerRoots is whom to believe about it, PEM; "" is the hospital's trust.
	Broker      string `yaml:"broker,omitempty"`
	BrokerRoots string `yaml:"broker_roots,omitempty"`

	Rate float64 `yaml:"rate,omitempty"` // readings a second of one device, on average; 0: 100

	// Skew is how far a reading's time may be from the clock of the node, 0: 30 s.
	// Readings from further ahead are refused. To those that are older Clock says
	// what to do: warn (default) tells the device and takes them, refuse does not.
	Skew  time.Duration `yaml:"skew,omitempty"`
	Clock string        `yaml:"clock,omitempty"`
}

// LoadConfig reads a node's file. Unknown keys are errors: a misspelt setting
// that is silently ignored is how a ward loses its guard.
func LoadConfig(file string) (*Config, error) {
	c, err := readConfig(file)
	if err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

// resolve makes the paths independent of where the process runs.
func (c *Config) resolve(base string) {
	c.base = base
	paths := append(c.Allow.paths(), &c.Dir, &c.Certificate, &c.Trust, &c.Identities, &c.Cards, &c.Store, &c.Ingest.BrokerRoots)
	if c.Chain != nil {
		paths = append(paths, &c.Chain.Dir, &c.Chain.Payer, &c.Chain.Passphrase)
		if c.Chain.RPCRoots != systemRoots {
			paths = append(paths, &c.Chain.RPCRoots)
		}
	}
	if c.Trace != nil && c.Trace.Roots != systemRoots {
		paths = append(paths, &c.Trace.Roots)
	}
	for i := range c.Recordings {
		paths = append(paths, &c.Recordings[i])
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(base, *p)
		}
	}
}

func (c *Config) check() error {
	for _, need := range []struct{ key, value, hint string }{
		{"node", string(c.Node), "the name in its certificate, such as bedside"},
		{"dir", c.Dir, "a directory that survives restarts"},
		{"door", c.Door, "host:port for other nodes, such as 10.0.0.5:7400"},
		{"certificate", c.Certificate, `a directory made by "wardflow ca node"`},
		{"trust", c.Trust, `the roots, made by "wardflow ca init"`},
	} {
		if need.value == "" {
			return fmt.Errorf("%s is missing: %s", need.key, need.hint)
		}
	}
	for key, addr := range map[string]string{"door": c.Door, "control": c.Control} {
		if addr == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return fmt.Errorf("%s %q: want host:port", key, addr)
		}
	}
	if c.CA != "" {
		if err := enroll.CheckURL(c.CA); err != nil {
			return fmt.Errorf("ca: %w", err)
		}
	}
	if g := c.StoreGroup; g.Name == "" && len(g.Members) > 0 || g.Name != "" && (c.Store == "" || len(g.Members) == 0) {
		return errors.New("store_group: want a name, its members, and this node's file in store")
	}
	if c.Chain != nil && c.Chain.Manager == "" {
		return errors.New(`chain.manager is missing: the address that "wardflow chain init" printed`)
	}
	if c.Chain != nil && c.Chain.Dir != "" && c.Chain.Payer != "" {
		return errors.New("chain.payer: a node with chain.dir has an account of its own: leave one of the two out")
	}
	if c.Metrics != "" {
		if err := meter.CheckAddr(c.Metrics); err != nil {
			return fmt.Errorf("metrics: %w", err)
		}
	}
	if c.Trace != nil {
		if err := c.Trace.check(); err != nil {
			return err
		}
	}
	if err := c.Ingest.check(); err != nil {
		return err
	}
	if err := c.checkMocks(); err != nil {
		return err
	}
	return c.checkDevices()
}
