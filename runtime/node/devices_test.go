package node_test

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/device/mqtt/mqtttest"
	"github.com/wardflow/wardflow/runtime/node"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// configFile writes a configuration and what it names into a folder.
func configFile(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"forms", "logs"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"node.yaml": text, "pin": "1\n", "mqtt.password": "secret\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "node.yaml")
}

const always = " kappa sys.attribute.indexed sys.attribute.public"

func TestLoadDevices(t *testing.T) {
	broker := mqtttest.Start(t)
	for _, tt := range []struct{ text, want string }{
		{"", always},
		{"dir: data", always}, // a run does not touch the node's buffers
		{"devices:\n  io.temperature: {driver: mock, value: 36}\n  io.switch: {driver: file, path: pin}\n", " io.switch io.temperature" + always},
		{"allow:\n  read: [forms]\n", " io.filereader" + always},
		{"allow:\n  write: [logs]\n", " io.filewriter" + always},
		{`allow: {connect: ["10.0.3.0/24:9100"]}`, always + " network.socketclient"},
		{`allow: {listen: ["127.0.0.1:7000-7010"]}`, always + " network.tcpserver network.udplistener"},
		{`allow: {http: {get: ["https://h.example/r4"], post: ["https://h.example"], timeout: 2s, size: 1000}}`, " http.get http.post" + always},
		{"allow:\n  brokers: [{broker: \"" + broker.URL() + "\", topics: [\"ward/#\"], username: u, password_file: mqtt.password}]\n", always + " mqtt.publish mqtt.subscribe"},
	} {
		set, err := node.LoadDevices(configFile(t, tt.text), quiet)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		want := strings.Fields(tt.want)
		slices.Sort(want)
		if got := set.Names(); !slices.Equal(got, want) {
			t.Errorf("%q offers %v, want %v", tt.text, got, want)
		}
		if err := set.Close(); err != nil {
			t.Errorf("%q: close: %v", tt.text, err)
		}
	}
}

func TestLoadDevicesRefuses(t *testing.T) {
	for want, text := range map[string]string{
		"there is no driver gpio":                       "devices: {io.light: {driver: gpio}}",
		"there is no capability io.lamp":                "devices: {io.lamp: {driver: mock}}",
		"field lamps not found":                         "lamps: {}",
		"field put_all not found":                       "allow: {http: {put_all: []}}",
		"allow: read: open ":                            "allow: {read: [nowhere]}",
		"allow: write: two directories are called logs": "allow: {write: [logs, forms/../logs]}",
		"allow: connect: address \"host\": want HOST":   "allow: {connect: [host]}",
		"allow: listen: address":                        "allow: {listen: [\":1\"]}",
		"allow: http: get: address":                     "allow: {http: {get: [\"ftp://x\"]}}",
		"allow: http: timeout: want up to 1m0s, not 2h": "allow: {http: {timeout: 2h}}",
		"allow: http: size: want up to 393216 bytes":    "allow: {http: {size: 10000000}}",
		"allow: http: roots: open ":                     "allow: {http: {roots: none.pem}}",
		"pin holds no certificate":                      "allow: {http: {roots: pin}}",
		"allow: brokers: broker mqtt://b: topics":       "allow: {brokers: [{broker: \"mqtt://b\"}]}",
		"allow: brokers: password_file: open ":          "allow: {brokers: [{broker: \"mqtt://b\", password_file: none}]}",
	} {
		set, err := node.LoadDevices(configFile(t, text), quiet)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if set != nil {
			set.Close()
		}
	}
}

// A device or service that is only claimed is refused: actors would be placed
// there and find nothing.
func TestConfigRefusesClaims(t *testing.T) {
	const whole = "node: a\ndir: d\ndoor: 127.0.0.1:1\ncertificate: c\ntrust: t\n"
	for want, text := range map[string]string{
		"":                                "capabilities: [gpu]",
		"io.light is a device: say under": "capabilities: [io.light]",
		"http.get is a service: say":      "capabilities: [http.get]",
	} {
		_, err := node.LoadConfig(configFile(t, whole+text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

const fever = `
bed : sensor.Temperature(period=0.01)
hot : std.Compare(rel=">")
keep : data.PersistentBuffer(buffer_id="bed", chunk_size=10, interval=60)
lamp : io.Light()
who : context.RuntimeName()
name : io.FileWriter(basename="name", suffix="txt")
bed.centigrade > hot.a, keep.item, who.trigger
38.0 > hot.b
hot.result > lamp.on
keep.current > voidport
keep.buffered > voidport
who.value > name.data
`

// A script drives devices of a node: a thermometer and a lamp that are files.
func TestDevicesOfANode(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "ward")
	dir := t.TempDir()
	sensor, lamp := filepath.Join(dir, "temp"), filepath.Join(dir, "lamp")
	set := func(text string) {
		if err := os.WriteFile(sensor, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set("36800")
	c.edit = func(cfg *node.Config) {
		cfg.Devices = device.Settings{"io.temperature": {"driver": "file", "path": sensor, "scale": 0.001}, "io.light": {"driver": "file", "path": lamp}}
		cfg.Allow = node.Allow{Write: []string{dir}}
	}
	c.startAll()
	c.deploy("ward", "app", fever)
	shines := func(want string) {
		t.Helper()
		c.until("ward", "the lamp is "+want, func(*control.Snapshot) bool {
			b, _ := os.ReadFile(lamp)
			return strings.TrimSpace(string(b)) == want
		})
	}
	shines("0")
	set("39500")
	shines("1")
	s := c.until("ward", "the node's name is written", func(*control.Snapshot) bool {
		b, _ := os.ReadFile(filepath.Join(dir, "name00000.txt"))
		return strings.HasPrefix(string(b), "wardward")
	})
	for _, n := range s.Nodes {
		for _, name := range []string{"io.light", "io.temperature", "io.filewriter", "buffer.persistent", "sys.attribute.indexed"} {
			if !slices.Contains(n.Capabilities, name) {
				t.Errorf("the node announces %v, and not %s", n.Capabilities, name)
			}
		}
	}
	c.until("ward", "the buffer takes items", func(s *control.Snapshot) bool { return link(s, "app:bed.centigrade").Tokens > 20 })
}

const buffered = `
count : std.CountTimer(sleep=0.002)
keep : data.PersistentBuffer(buffer_id="b", chunk_size=3, interval=60)
now : io.FileWriter(basename="now", suffix="txt")
late : io.FileWriter(basename="late", suffix="txt")
count.integer > keep.item
keep.current > now.data
keep.buffered > late.data
`

// Over restarts of the node each number is written once: the buffer's
// checkpoints stand beside its queue, the writer's files are cut to what its
// checkpoint knows.
func TestBufferedOverRestarts(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "ward")
	dir := t.TempDir()
	c.edit = func(cfg *node.Config) { cfg.Allow = node.Allow{Write: []string{dir}} }
	c.startAll()
	c.deploy("ward", "app", buffered)
	written := func() (all []int) {
		found, err := filepath.Glob(filepath.Join(dir, "*.txt"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range strings.FieldsFunc(string(b), func(r rune) bool { return r < '0' || r > '9' }) {
				n, err := strconv.Atoi(word)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, n)
			}
		}
		slices.Sort(all)
		return all
	}
	for range 2 {
		more := len(written()) + 100
		c.until("ward", "numbers are written", func(*control.Snapshot) bool { return len(written()) >= more })
		if err := c.nodes["ward"].Close(); err != nil {
			t.Fatal(err)
		}
		c.start("ward")
	}
	more := len(written()) + 100
	c.until("ward", "numbers are written", func(*control.Snapshot) bool { return len(written()) >= more })
	if err := c.nodes["ward"].Stop(t.Context(), c.h.Staff("dr").ID, "app"); err != nil {
		t.Fatal(err)
	}
	c.until("ward", "the application is gone", func(s *control.Snapshot) bool { return len(s.Actors) == 0 })
	for i, n := range written() {
		if n != i+1 {
			t.Fatalf("number %d of those written is %d: one is missing or there twice", i+1, n)
		}
	}
}
