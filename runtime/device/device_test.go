package device_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/device/devicetest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

var quiet = slog.New(slog.DiscardHandler)

// open binds one capability and gives it.
func open(t *testing.T, name, base string, of map[string]any) any {
	t.Helper()
	set, err := device.Open(device.Settings{name: of}, base, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { set.Close() })
	d, err := set.Capability(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// temperatures is a world that gets warmer by half a degree each second.
func temperatures(set func(flow.Value)) func() (flow.Value, time.Time) {
	v, at := 36.0, devicetest.Began()
	return func() (flow.Value, time.Time) {
		v, at = v+0.5, at.Add(time.Second)
		set(v)
		return v, at
	}
}

func TestMock(t *testing.T) {
	devicetest.RunInput(t, func(t *testing.T) devicetest.InputRig {
		m := open(t, "io.temperature", "", map[string]any{"driver": "mock", "value": 36.0}).(*device.Mock)
		return devicetest.InputRig{Input: m, Break: func() { m.Break(errors.New("cable is loose")) }, Mend: func() { m.Break(nil) },
			Change: temperatures(func(v flow.Value) {
				if err := m.Set(v); err != nil {
					t.Fatal(err)
				}
			})}
	})
	devicetest.RunOutput(t, func(t *testing.T) devicetest.OutputRig {
		m := open(t, "io.servomotor", "", map[string]any{"driver": "mock"}).(*device.Mock)
		return devicetest.OutputRig{Output: m, Good: []flow.Value{int64(90), 12.5, int64(-45)}, Bad: "left",
			World: func(flow.Value) flow.Value { return m.Written()[len(m.Written())-1] }}
	})
}

func TestFile(t *testing.T) {
	devicetest.RunInput(t, func(t *testing.T) devicetest.InputRig {
		dir := t.TempDir()
		path := filepath.Join(dir, "temp1_input")
		set := func(v flow.Value) {
			milli, _ := flow.MarshalValue(int64(v.(float64) * 1000))
			if err := os.WriteFile(path, append(milli, '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		set(36.0)
		return devicetest.InputRig{Input: open(t, "io.temperature", dir,
			map[string]any{"driver": "file", "path": "temp1_input", "scale": 0.001, "poll": "1s"}).(device.Input),
			Change: temperatures(set),
			Break:  func() { os.Rename(path, path+".away") }, Mend: func() { os.Rename(path+".away", path) }}
	})
	devicetest.RunOutput(t, func(t *testing.T) devicetest.OutputRig {
		dir := t.TempDir()
		out := open(t, "io.light", dir, map[string]any{"driver": "file", "path": "gpio17/value"})
		if err := os.Mkdir(filepath.Join(dir, "gpio17"), 0o700); err != nil {
			t.Fatal(err)
		}
		return devicetest.OutputRig{Output: out.(device.Output), Good: []flow.Value{int64(1), int64(0)}, Bad: int64(2),
			World: func(flow.Value) flow.Value {
				b, err := os.ReadFile(filepath.Join(dir, "gpio17", "value"))
				if err != nil {
					t.Fatal(err)
				}
				v, _ := flow.UnmarshalValue(b)
				return v
			}}
	})
}

func TestFileOfAnotherShape(t *testing.T) {
	dir := t.TempDir()
	w1 := "72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n"
	if err := os.WriteFile(filepath.Join(dir, "w1_slave"), []byte(w1), 0o600); err != nil {
		t.Fatal(err)
	}
	in := open(t, "io.temperature", dir, map[string]any{"driver": "file", "path": "w1_slave", "match": `t=(-?\d+)`, "scale": 0.001})
	if v, err := in.(device.Input).Read(time.Time{}); v != 23.125 || err != nil {
		t.Errorf("Read = %v, %v; want 23.125", v, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "w1_slave"), []byte("crc=00 NO"), 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := in.(device.Input).Read(time.Time{}); err == nil || !strings.Contains(err.Error(), `does not match`) {
		t.Errorf("Read = %v, %v; want an error about the match", v, err)
	}
}

func TestRecording(t *testing.T) {
	for name, of := range map[string]map[string]any{
		"steady pace":     {"path": "bed1.txt", "every": "1s"},
		"column of times": {"path": "bed1.csv", "column": "temp", "time": "seconds"},
		"dates":           {"path": "bed1.csv", "column": "#2", "time": "date", "speed": 60},
	} {
		t.Run(name, func(t *testing.T) {
			devicetest.RunInput(t, func(t *testing.T) devicetest.InputRig {
				dir := t.TempDir()
				for file, text := range map[string]string{
					"bed1.txt": "# a comment\n36\n36.5\n\n37\n37.5\n38\n",
					"bed1.csv": "seconds, date, temp\n0,2026-03-01 08:00:00,36\n1,2026-03-01 08:01:00,36.5\n" +
						"2,2026-03-01 08:02:00,37\n2.5,2026-03-01 08:02:30,\n3,2026-03-01 08:03:00,37.5\n4,2026-03-01 08:04:00,38\n",
				} {
					if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				of["driver"] = "recording"
				in := open(t, "io.temperature", dir, of).(device.Input)
				if v, err := in.Read(devicetest.Began()); err != nil || v != int64(36) {
					t.Fatalf("Read at the beginning = %v, %v; want 36", v, err)
				}
				return devicetest.InputRig{Input: in, Change: whole(temperatures(func(flow.Value) {}))}
			})
		})
	}
}

// whole makes whole numbers integers, as a recording has them.
func whole(change func() (flow.Value, time.Time)) func() (flow.Value, time.Time) {
	return func() (flow.Value, time.Time) {
		v, at := change()
		if f := v.(float64); f == float64(int64(f)) {
			v = int64(f)
		}
		return v, at
	}
}

func TestRecordingEnds(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lines.txt"), []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("step by step", func(t *testing.T) {
		in := open(t, "io.temperature", dir, map[string]any{"driver": "recording", "path": writeFile(t, "20\n21\n"), "loop": false}).(device.Input)
		for _, want := range []flow.Value{int64(20), int64(21)} {
			if v, err := in.Read(time.Time{}); v != want || err != nil {
				t.Errorf("Read = %v, %v; want %v", v, err, want)
			}
		}
		if v, err := in.Read(time.Time{}); !errors.Is(err, device.ErrEnded) {
			t.Errorf("Read at the end = %v, %v; want ErrEnded", v, err)
		}
	})
	t.Run("round and round", func(t *testing.T) {
		in := open(t, "io.temperature", dir, map[string]any{"driver": "recording", "path": writeFile(t, "20\n21\n"), "every": "1s"}).(device.Input)
		now := devicetest.Began()
		for i := range 7 {
			if v, err := in.Read(now.Add(time.Duration(i) * time.Second)); v != int64(20+i%2) || err != nil {
				t.Errorf("Read after %d s = %v, %v", i, v, err)
			}
		}
	})
	t.Run("lines end with an end of stream", func(t *testing.T) {
		in := open(t, "io.stdin", dir, map[string]any{"driver": "recording", "path": "lines.txt", "every": "1s", "loop": false}).(device.Input)
		feed, now := in.Watch(func() {}), devicetest.Began()
		var got []flow.Value
		for range 10 {
			for v, ok, err := feed.Next(now); ok && err == nil; v, ok, err = feed.Next(now) {
				got = append(got, v)
			}
			now = now.Add(time.Second)
		}
		if want := []flow.Value{"one", "two", flow.EOS}; !reflect.DeepEqual(got, want) {
			t.Errorf("feed gives %v, want %v", got, want)
		}
	})
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recording.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Mistakes in a configuration are said with the key and what is allowed.
func TestOpenRefuses(t *testing.T) {
	for want, of := range map[string]device.Settings{
		"there is no capability io.temprature; there are data.sink":               {"io.temprature": {"driver": "mock"}},
		"devices: io.light: driver is missing: want file, mock, mqtt, recording":  {"io.light": {}},
		"devices: io.light: there is no driver gpio; there are file, mock":        {"io.light": {"driver": "gpio"}},
		"devices: io.light: pin: is no setting of the driver mock; it has driver": {"io.light": {"driver": "mock", "pin": 17}},
		"devices: io.temperature: value: a string is not a number in Cel":         {"io.temperature": {"driver": "mock", "value": "warm"}},
		"devices: io.temperature: value: 1000 is not within -55 and 125":          {"io.temperature": {"driver": "mock", "value": 1000}},
		"devices: io.light: path: is missing: the file, such as /sys/class/gpio":  {"io.light": {"driver": "file"}},
		"devices: io.light: poll: want a time above 0 such as 250ms":              {"io.light": {"driver": "file", "path": "x", "poll": "often"}},
		"devices: io.temperature: match: error parsing regexp: missing closing )": {"io.temperature": {"driver": "file", "path": "x", "match": "("}},
		"devices: io.temperature: scale: want a number other than 0":              {"io.temperature": {"driver": "file", "path": "x", "scale": 0}},
		"devices: io.temperature: speed: want 0.001 to 1000000, not 0":            {"io.temperature": {"driver": "recording", "path": "x", "speed": 0}},
		"devices: io.button: every: is missing: io.button is watched":             {"io.button": {"driver": "recording", "path": "x"}},
		"devices: io.temperature: every: can't stand beside time":                 {"io.temperature": {"driver": "recording", "path": "x", "every": "1s", "column": "v", "time": "t"}},
		"devices: io.temperature: loop: want true or false, not maybe":            {"io.temperature": {"driver": "recording", "path": "x", "loop": "maybe"}},
		"devices: io.temperature: open x: no such file":                           {"io.temperature": {"driver": "recording", "path": "x"}},
		`broker "broker:1883": want mqtt://HOST:PORT`:                             {"io.light": {"driver": "mqtt", "broker": "broker:1883", "topic": "a"}},
		"topic \"a/#\": one can't publish to + and #":                             {"io.light": {"driver": "mqtt", "broker": "mqtt://b", "topic": "a/#"}},
		"devices: io.light: qos: want 0 (may be lost) or 1":                       {"io.light": {"driver": "mqtt", "broker": "mqtt://b", "topic": "a", "qos": 2}},
		"devices: io.light: topic: is missing: such as ward/3/bed-1/temperature":  {"io.light": {"driver": "mqtt", "broker": "mqtt://b"}},
		"devices: io.light: password_file: open pw: no such file":                 {"io.light": {"driver": "mqtt", "broker": "mqtt://b", "topic": "a", "password_file": "pw"}},
		"devices: io.light: roots: open roots.pem: no such file":                  {"io.light": {"driver": "mqtt", "broker": "mqtts://b", "topic": "a", "roots": "roots.pem"}},
		"devices: io.light: username: want a text, not [a]":                       {"io.light": {"driver": "mqtt", "broker": "mqtt://b", "topic": "a", "username": []any{"a"}}},
	} {
		set, err := device.Open(of, "", quiet)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%v) = %v, want %q", of, err, want)
		}
		if set != nil {
			set.Close()
		}
	}
}

func TestRecordingRefuses(t *testing.T) {
	for want, tt := range map[string]struct {
		text string
		of   map[string]any
	}{
		`line 2: io.temperature: a string is not a number in Cel: "warm"`: {"20\nwarm\n", nil},
		"it holds no value": {"# nothing\n", nil},
		`there is no column "temp"; the first line has "time", "v"`: {"time,v\n0,20\n", map[string]any{"column": "temp"}},
		"so there is no #5":                         {"0,20\n", map[string]any{"column": "#5"}},
		"time names a column, so column must":       {"20\n", map[string]any{"time": "t"}},
		"line 3: its time lies before":              {"t,v\n5,20\n4,20\n", map[string]any{"column": "v", "time": "t"}},
		`line 2: the time "noon" is neither`:        {"t,v\nnoon,20\n", map[string]any{"column": "v", "time": "t"}},
		`the time "1e300" is beyond what can`:       {"t,v\n1e300,20\n", map[string]any{"column": "v", "time": "t"}},
		"line 2: io.temperature: 900 is not within": {"v\n900\n", map[string]any{"column": "v"}},
		`bare " in non-quoted-field`:                {"v\na\"b\n", map[string]any{"column": "v"}},
	} {
		of := map[string]any{"driver": "recording", "path": writeFile(t, tt.text)}
		for k, v := range tt.of {
			of[k] = v
		}
		if _, err := device.Open(device.Settings{"io.temperature": of}, "", quiet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open of %q = %v, want %q", tt.text, err, want)
		}
	}
}

// The table is what documentation and panels read: it must hold together.
func TestCapabilities(t *testing.T) {
	last := ""
	for _, c := range device.Capabilities() {
		if c.Name <= last {
			t.Errorf("%s stands after %s", c.Name, last)
		}
		last = c.Name
		if _, err := kind.Parse(c.Kind); err != nil || c.Doc == "" || c.Use == "" {
			t.Errorf("%s: %v, doc %q, use %q", c.Name, err, c.Doc, c.Use)
		}
		if err := c.Check(c.Rest); err != nil && c.Rest != nil {
			t.Errorf("%s rests at %v: %v", c.Name, c.Rest, err)
		}
		if got, ok := device.Find(c.Name); !ok || got.Name != c.Name {
			t.Errorf("Find(%s) = %v, %v", c.Name, got, ok)
		}
	}
}

func TestSet(t *testing.T) {
	set := device.Mocks()
	var told []device.Change
	stop := set.Subscribe(func(c device.Change) { told = append(told, c) })
	if err := set.Put("io.temperature", 38.5); err != nil {
		t.Fatal(err)
	}
	lamp, err := set.Capability("io.light")
	if err != nil {
		t.Fatal(err)
	}
	if err := lamp.(device.Output).Write(int64(1)); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := set.Put("io.temperature", 39.0); err != nil {
		t.Fatal(err)
	}
	want := []device.Change{{Name: "io.temperature", Value: 38.5}, {Name: "io.light", Value: int64(1), Written: true}}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
	if v := set.Mock("io.temperature").Value(); v != 39.0 {
		t.Errorf("Value = %v, want 39", v)
	}
	for want, err := range map[string]error{
		"there is no device or service io.lamp here; there are buffer.persistent, data.sink": set.Put("io.lamp", true),
		"io.temperature: a string is not a number":                                           set.Put("io.temperature", "hot"),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Put = %v, want %q", err, want)
		}
	}
}

// A closer counts how often it is closed.
type closer int

func (c *closer) Close() error { *c++; return nil }

// A set closes what it owns, and what it has adopted; what was only bound stays
// open.
func TestSetCloses(t *testing.T) {
	var bound, owned, adopted closer
	set, other := device.NewSet(), device.NewSet()
	set.Bind("bound", &bound)
	set.Own("owned", &owned)
	other.Own("adopted", &adopted)
	set.Adopt(other)
	if _, err := set.Capability("adopted"); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := set.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if bound != 0 || owned != 1 || adopted != 1 {
		t.Errorf("closed %d, %d and %d times, want 0, 1 and 1", bound, owned, adopted)
	}
}

// The table of drivers has the settings that each driver reads, no more and no
// fewer.
func TestDriversSayTheirKeys(t *testing.T) {
	for _, d := range device.Drivers() {
		of := map[string]any{"driver": d.Name, "no_such_key": 1}
		for key, v := range map[string]any{"path": "x", "broker": "mqtt://b", "topic": "a"} {
			if slices.ContainsFunc(d.Keys, func(k device.Key) bool { return k.Name == key }) {
				of[key] = v
			}
		}
		keys := []string{"driver"}
		for _, k := range d.Keys {
			keys = append(keys, k.Name)
			if k.Doc == "" {
				t.Errorf("%s: %s lacks a doc", d.Name, k.Name)
			}
		}
		slices.Sort(keys)
		_, err := device.Open(device.Settings{"io.temperature": of}, "", quiet)
		if want := "it has " + strings.Join(keys, ", "); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("driver %s: %v; the table says %q", d.Name, err, want)
		}
	}
}
