package device

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Settings are the devices of a configuration, by capability; each names its
// driver and what that driver needs:
//
//	io.temperature: {driver: file, path: /sys/bus/w1/devices/28-0316/w1_slave, match: 't=(-?\d+)', scale: 0.001}
//	io.light:       {driver: mqtt, broker: "mqtts://broker:8883", topic: ward/3/lamp}
type Settings map[string]map[string]any

// A Driver is a way to bind a capability to something.
type Driver struct {
	Name string
	Doc  string // one sentence
	Keys []Key
	open func(Capability, *settings) (any, error)
}

// A Key is one setting of a driver.
type Key struct{ Name, Doc string }

var conversion = []Key{
	{"match", "regular expression; its first group is the value"},
	{"field", "of a JSON object, the path to the value: temp.mean"},
	{"scale", "what a number is multiplied by; 1"},
	{"shift", "what is added to it then; 0"},
}

// Drivers are all that there are. A new one gets its file and a line here.
func Drivers() []Driver {
	return []Driver{
		{"file", "A file that is read and written: a pin or sensor below /sys, or any text", append([]Key{
			{"path", "the file"},
			{"poll", "how often a watched file is looked at; 100ms"}}, conversion...), openFile},
		{"mock", "A device made of nothing, set by hand", []Key{
			{"value", "what it reads at first"}}, openMock},
		{"mqtt", "A topic of an MQTT 5 broker", append([]Key{
			{"broker", "mqtt://HOST:PORT, or mqtts:// with TLS"},
			{"topic", "what is published there is the value, and the other way round"},
			{"username", "at the broker"},
			{"password_file", "a file with the password in its first line"},
			{"client_id", "at the broker; it chooses one"},
			{"roots", "certificates that the broker's must come from, PEM; the system's"},
			{"qos", "0: messages may be lost, 1: they come at least once; 1"},
			{"retain", "the broker keeps what is written for those who come later; false"}}, conversion...), openTopic},
		{"recording", "A recording that is played: a column of CSV, or one value a line", append([]Key{
			{"path", "the file"},
			{"column", "name of the column, or #0 and so on; without, one value a line"},
			{"time", "column of times, in seconds or dates, that give the pace"},
			{"skip", "how many lines at the beginning are none of it; 0"},
			{"every", "a steady pace instead, such as 1s; without a pace each read takes the next value"},
			{"speed", "how many times as fast as it was recorded; 1"},
			{"loop", "begin again at the end; true"}}, conversion...), openRecording},
	}
}

// Open binds what the settings say. Relative paths are relative to base. The
// first mistake is the error, and nothing stays open.
func Open(of Settings, base string, log *slog.Logger) (*Set, error) {
	set := NewSet()
	for _, name := range slices.Sorted(maps.Keys(of)) {
		d, err := open(name, of[name], base, log)
		if err != nil {
			return nil, errors.Join(err, set.Close())
		}
		set.Own(name, d)
	}
	return set, nil
}

// open binds one capability.
func open(name string, of map[string]any, base string, log *slog.Logger) (any, error) {
	c, ok := Find(name)
	if !ok {
		return nil, fmt.Errorf("devices: there is no capability %s; there are %s", name, strings.Join(names(), ", "))
	}
	s := &settings{name: name, base: base, of: of, log: log}
	driver := s.text("driver", "")
	all := Drivers()
	i := slices.IndexFunc(all, func(d Driver) bool { return d.Name == driver })
	if i < 0 {
		var known []string
		for _, d := range all {
			known = append(known, d.Name)
		}
		if driver == "" {
			return nil, fmt.Errorf("devices: %s: driver is missing: want %s", name, strings.Join(known, ", "))
		}
		return nil, fmt.Errorf("devices: %s: there is no driver %s; there are %s", name, driver, strings.Join(known, ", "))
	}
	return all[i].open(c, s)
}

func names() []string {
	var all []string
	for _, c := range Capabilities() {
		all = append(all, c.Name)
	}
	return all
}

func openMock(c Capability, s *settings) (any, error) {
	m := NewMock(c)
	if _, ok := s.get("value"); ok {
		if err := m.start(s.value("value", nil)); err != nil {
			s.refuse("value", "%v", err)
		}
	}
	return m, s.err()
}

// start sets what a mock reads at first, which is no change.
func (m *Mock) start(v flow.Value) error {
	if err := m.c.Check(v); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.value = v
	return nil
}
