package node

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/device/files"
	"github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/device/socket"
	"github.com/wardflow/wardflow/runtime/device/spool"
	"github.com/wardflow/wardflow/runtime/device/web"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What actors here may touch of the world. What is not said is not offered, and
// an actor that needs it is not placed here.
//
//	devices:                      # see package device for the drivers
//	  io.temperature: {driver: mock, value: 36.8}
//	  io.light:       {driver: file, path: /sys/class/gpio/gpio17/value}
//	mocks: ["bed-1-*"]            # sensors that make up their readings and may be driven
//	public:                       # what context.PublicAttribute gives
//	  ward: {name: "3 West"}
//	allow:
//	  read:    [forms]            # folders of io.FileReader
//	  write:   [logs]             # folders of io.FileWriter
//	  connect: ["10.0.3.0/24:9100", "monitor.h1.example:9100"]
//	  listen:  ["127.0.0.1:7000-7010"]
//	  http:
//	    get:  ["https://fhir.h1.example/r4/"]
//	    post: ["https://fhir.h1.example/r4/"]
//	    timeout: 5s               # of a request
//	    size: 262144              # bytes of an answer
//	    roots: ca.pem             # instead of the system's
//	  brokers:
//	    - broker: mqtts://mqtt.h1.example
//	      username: ward
//	      password_file: mqtt.password
//	      roots: ca.pem
//	      topics: ["ward/3/#"]
//	  buffers: 67108864           # bytes of each data.PersistentBuffer on disk

// An Allow lists what actors may reach.
type Allow struct {
	Read    []string      `yaml:"read,omitempty"`
	Write   []string      `yaml:"write,omitempty"`
	Connect []string      `yaml:"connect,omitempty"`
	Listen  []string      `yaml:"listen,omitempty"`
	HTTP    AllowHTTP     `yaml:"http,omitempty"`
	Brokers []AllowBroker `yaml:"brokers,omitempty"`
	Buffers int64         `yaml:"buffers,omitempty"`
}

// An AllowHTTP lists the addresses for each method, and its bounds.
type AllowHTTP struct {
	Get     []string      `yaml:"get,omitempty"`
	Put     []string      `yaml:"put,omitempty"`
	Post    []string      `yaml:"post,omitempty"`
	Delete  []string      `yaml:"delete,omitempty"`
	Timeout time.Duration `yaml:"timeout,omitempty"`
	Size    int           `yaml:"size,omitempty"`
	Roots   string        `yaml:"roots,omitempty"`
}

// An AllowBroker is a broker and the topics that scripts may use there.
type AllowBroker struct {
	Broker       string   `yaml:"broker,omitempty"`
	Username     string   `yaml:"username,omitempty"`
	PasswordFile string   `yaml:"password_file,omitempty"`
	Roots        string   `yaml:"roots,omitempty"`
	Topics       []string `yaml:"topics,omitempty"`
}

// paths are the files and folders that are named relative to the configuration.
func (a *Allow) paths() []*string {
	all := []*string{&a.HTTP.Roots}
	for i := range a.Read {
		all = append(all, &a.Read[i])
	}
	for i := range a.Write {
		all = append(all, &a.Write[i])
	}
	for i := range a.Brokers {
		all = append(all, &a.Brokers[i].PasswordFile, &a.Brokers[i].Roots)
	}
	return all
}

// checkDevices refuses a device that is only claimed: actors would be placed
// here and find nothing.
func (c *Config) checkDevices() error {
	for _, name := range c.Capabilities {
		if _, ok := device.Find(name); ok {
			return fmt.Errorf("capabilities: %s is a device: say under devices what it is", name)
		}
		if slices.Contains(services, name) {
			return fmt.Errorf("capabilities: %s is a service: say under allow what it may reach", name)
		}
	}
	return nil
}

// services are the capabilities that need more than a name.
var services = []string{"buffer.persistent", "http.delete", "http.get", "http.post", "http.put", "io.filereader", "io.filewriter",
	"mqtt.publish", "mqtt.subscribe", "network.socketclient", "network.tcpserver", "network.udplistener"}

// OpenDevices opens what a configuration offers to actors of the world outside.
// Whoever calls it closes it.
func OpenDevices(c *Config, log *slog.Logger) (*device.Set, error) {
	set, err := device.Open(c.Devices, c.base, log)
	if err != nil {
		return nil, err
	}
	public, err := device.Plain(c.Public)
	if err != nil {
		err = fmt.Errorf("public: %w", err)
	}
	for _, step := range []func(*device.Set, *Config, *slog.Logger) error{bindFiles, bindSockets, bindWeb, bindBrokers, bindBuffers} {
		if err == nil {
			err = step(set, c, log)
		}
	}
	if err != nil {
		return nil, errors.Join(err, set.Close())
	}
	dict, _ := public.(map[string]any)
	set.Bind("sys.attribute.public", device.Attributes(dict))
	set.Bind("sys.attribute.indexed", device.Indexed(c.Attributes, c.Node))
	set.Bind("kappa", true)
	return set, nil
}

// LoadDevices opens what a node's file offers to actors of the world outside,
// for a script that runs without the node. All else in the file is left aside,
// the node's buffers on disk too.
func LoadDevices(file string, log *slog.Logger) (*device.Set, error) {
	c, err := readConfig(file)
	if err != nil {
		return nil, err
	}
	c.Dir = ""
	set, err := OpenDevices(c, log)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return set, nil
}

// readConfig reads a file and makes its paths absolute, and checks no more.
func readConfig(file string) (*Config, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the node's configuration: %w", err)
	}
	var c Config
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	c.resolve(filepath.Dir(file))
	return &c, nil
}

func bindFiles(set *device.Set, c *Config, _ *slog.Logger) error {
	for _, one := range []struct {
		key, name string
		dirs      []string
	}{{"read", "io.filereader", c.Allow.Read}, {"write", "io.filewriter", c.Allow.Write}} {
		if len(one.dirs) == 0 {
			continue
		}
		f, err := files.Open(one.dirs)
		if err != nil {
			return fmt.Errorf("allow: %s: %w", one.key, err)
		}
		set.Own(one.name, f)
	}
	return nil
}

func bindSockets(set *device.Set, c *Config, _ *slog.Logger) error {
	for _, one := range []struct {
		key   string
		list  []string
		offer func([]socket.Allowance)
	}{
		{"connect", c.Allow.Connect, func(a []socket.Allowance) { set.Bind("network.socketclient", socket.NewDialer(a)) }},
		{"listen", c.Allow.Listen, func(a []socket.Allowance) {
			set.Bind("network.tcpserver", socket.NewListener(a))
			set.Bind("network.udplistener", socket.NewListener(a))
		}},
	} {
		var all []socket.Allowance
		for _, s := range one.list {
			a, err := socket.ParseAllowance(s)
			if err != nil {
				return fmt.Errorf("allow: %s: %w", one.key, err)
			}
			all = append(all, a)
		}
		if len(all) > 0 {
			one.offer(all)
		}
	}
	return nil
}

// The bounds of what the configuration may ask of HTTP: an answer must fit a
// token.
const (
	longestRequest = time.Minute
	largestAnswer  = 384 << 10
)

func bindWeb(set *device.Set, c *Config, _ *slog.Logger) error {
	h := c.Allow.HTTP
	if h.Timeout < 0 || h.Timeout > longestRequest {
		return fmt.Errorf("allow: http: timeout: want up to %v, not %v", longestRequest, h.Timeout)
	}
	if h.Size < 0 || h.Size > largestAnswer {
		return fmt.Errorf("allow: http: size: want up to %d bytes, not %d", largestAnswer, h.Size)
	}
	roots, err := rootsOf(h.Roots)
	if err != nil {
		return fmt.Errorf("allow: http: roots: %w", err)
	}
	lists := map[string][]string{"get": h.Get, "put": h.Put, "post": h.Post, "delete": h.Delete}
	for _, method := range slices.Sorted(maps.Keys(lists)) {
		var all []web.Allowance
		for _, s := range lists[method] {
			a, err := web.ParseAllowance(s)
			if err != nil {
				return fmt.Errorf("allow: http: %s: %w", method, err)
			}
			all = append(all, a)
		}
		if len(all) > 0 {
			set.Own("http."+method, web.New(web.Config{Allow: all, Timeout: h.Timeout, Size: h.Size, TLS: roots}))
		}
	}
	return nil
}

// rootsOf are the certificates of a file; nil, the system's, for "".
func rootsOf(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

func bindBrokers(set *device.Set, c *Config, log *slog.Logger) error {
	var all []mqtt.Broker
	for _, b := range c.Allow.Brokers {
		roots, err := rootsOf(b.Roots)
		if err != nil {
			return fmt.Errorf("allow: brokers: roots: %w", err)
		}
		one := mqtt.Broker{URL: b.Broker, Username: b.Username, TLS: roots, Topics: b.Topics}
		if b.PasswordFile != "" {
			line, err := os.ReadFile(b.PasswordFile)
			if err != nil {
				return fmt.Errorf("allow: brokers: password_file: %w", err)
			}
			line, _, _ = bytes.Cut(line, []byte("\n"))
			one.Password = string(bytes.TrimSuffix(line, []byte("\r")))
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil
	}
	brokers, err := mqtt.NewBrokers(all, log)
	if err != nil {
		return fmt.Errorf("allow: brokers: %w", err)
	}
	set.Bind("mqtt.publish", brokers)
	set.Bind("mqtt.subscribe", brokers)
	return nil
}

func bindBuffers(set *device.Set, c *Config, _ *slog.Logger) error {
	if c.Dir == "" {
		return nil // a run without a node keeps its buffers in memory
	}
	if c.Allow.Buffers < 0 {
		return fmt.Errorf("allow: buffers: want bytes above 0, not %d", c.Allow.Buffers)
	}
	s, err := spool.Open(filepath.Join(c.Dir, "buffers"), c.Allow.Buffers)
	if err != nil {
		return err
	}
	set.Own("buffer.persistent", s)
	return nil
}

// openDevices puts the devices among what the node offers.
func (n *Node) openDevices(o offer) error {
	set, err := OpenDevices(&n.cfg, n.log)
	if err != nil {
		return err
	}
	n.devices = set
	n.ends = append(n.ends, set.Close)
	n.openMocks(o)
	for _, name := range set.Names() {
		o[name] = func(actor flow.ActorID) any {
			n.mocks.use(name, actor)
			d, _ := set.Capability(name)
			return d
		}
	}
	return nil
}
