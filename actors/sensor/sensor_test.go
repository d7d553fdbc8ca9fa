package sensor_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/sensor"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

const (
	monitorEPC = "urn:epc:id:giai:0614141.5678"
	monitorHex = "3474257BF40000000000162E"
)

// bedside is an environment of a device.
func bedside(t testing.TB, files fs.FS) *actortest.Env {
	t.Helper()
	env := actortest.NewEnv().Offer("recordings", files)
	env.Signer = pkitest.New(t).Device(monitorEPC, "h1/3/icu-3/monitor")
	return env
}

// taken are the readings given so far, their signatures checked.
func taken(t testing.TB, b *actortest.Bench) []*proof.Reading {
	t.Helper()
	var rs []*proof.Reading
	for _, v := range b.Take("reading") {
		s, ok := v.(flow.Sealed)
		if !ok {
			t.Fatalf("gives %v, want a sealed reading", v)
		}
		r, err := proof.OpenReading(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Verify(b.Env.Signer.Chain[0]); err != nil {
			t.Fatal(err)
		}
		rs = append(rs, r)
	}
	return rs
}

const numerics = "Time [s], HR, SpO2\n0,94,97\n1,NaN,97\n3,93.5,96\n3,95,96\n"

func heartRate(more map[string]flow.Value) map[string]flow.Value {
	args := map[string]flow.Value{"device": "monitor", "file": "bed/1.csv", "channel": "HR", "kind": "8867-4", "unit": "/min"}
	for k, v := range more {
		args[k] = v
	}
	return args
}

func files(text string) fs.FS { return fstest.MapFS{"bed/1.csv": {Data: []byte(text)}} }

// Each reading is stamped with the present time, the recorded spacing ÷ speed
// after the one before; at the end the recording begins again, and the numbers
// go on.
func TestPlayerOfEvents(t *testing.T) {
	b := actortest.Start(t, bedside(t, files(numerics)), sensor.Player(), heartRate(map[string]flow.Value{"speed": int64(2)}))
	b.Run()
	b.Advance(3500 * time.Millisecond)
	rs := taken(t, b)
	var got []string
	for _, r := range rs {
		got = append(got, fmt.Sprintf("+%v %d×%d", r.At.Sub(actortest.Began), r.Samples[0], r.Scale))
	}
	// The last spacing that was not zero, 3 s, stands between the end and the beginning.
	want := "+0s 94×1000000, +1.5s 935×100000, +1.5s 95×1000000, +3s 94×1000000"
	if s := strings.Join(got, ", "); s != want {
		t.Fatalf("gives %s; want %s", s, want)
	}
	for i, r := range rs {
		if r.Seq != uint64(actortest.Began.UnixMilli())+uint64(i) || r.Device != monitorHex || r.Stream != "HR" || r.Kind != "8867-4" || r.Unit != "/min" || r.Period != 0 {
			t.Errorf("reading %d is %+v", i, r.Reading)
		}
	}
}

func wave(samples int) fs.FS {
	data := make([]byte, 0, 2*samples)
	for i := range samples {
		data = append(data, byte(i), byte(i>>8))
	}
	return fstest.MapFS{"w.hea": {Data: fmt.Appendf(nil, "w 1 4 %d\nw.dat 16 200 16 0 0 %d 0 MLII\n", samples, samples*(samples-1)/2)}, "w.dat": {Data: data}}
}

func ecg(more map[string]flow.Value) map[string]flow.Value {
	args := map[string]flow.Value{"device": "monitor", "file": "w.hea", "channel": "MLII", "kind": "11524-6", "unit": "mV", "stream": "ecg/MLII"}
	for k, v := range more {
		args[k] = v
	}
	return args
}

func TestPlayerOfWaves(t *testing.T) {
	b := actortest.Start(t, bedside(t, wave(10)), sensor.Player(), ecg(nil))
	b.Run()
	if rs := taken(t, b); rs != nil {
		t.Fatalf("gives %d readings before the first second is complete", len(rs))
	}
	b.Advance(5 * time.Second)
	var got []string
	for _, r := range taken(t, b) {
		got = append(got, fmt.Sprint(r.At.Sub(actortest.Began), r.Samples, r.Period, r.Scale))
	}
	want := "0s [0 1 2 3] 250ms 5000, 1s [4 5 6 7] 250ms 5000, 2s [8 9] 250ms 5000, 2.5s [0 1 2 3] 250ms 5000, 3.5s [4 5 6 7] 250ms 5000, 4.5s [8 9] 250ms 5000"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("gives %s; want %s", s, want)
	}
}

// A restart at any place changes neither numbers nor samples: not one is given
// twice, not one is left out.
func TestPlayerRestarts(t *testing.T) {
	play := func(restart bool) string {
		b := actortest.Start(t, bedside(t, wave(10)), sensor.Player(), ecg(nil))
		var got []string
		for range 20 {
			b.Advance(500 * time.Millisecond)
			for _, r := range taken(t, b) {
				got = append(got, fmt.Sprint(r.Seq, r.Samples, r.At.Sub(actortest.Began)))
			}
			if restart && len(got) > 0 { // the first second begins with the actor
				b.Restart()
			}
		}
		return strings.Join(got, "\n")
	}
	if straight, restarted := play(false), play(true); straight != restarted {
		t.Errorf("without restarts:\n%s\nwith:\n%s", straight, restarted)
	}
}

// After an hour of absence it goes on in the recording where it was, and in
// time from now; after the clock was set back, likewise.
func TestPlayerComesBack(t *testing.T) {
	env := bedside(t, wave(10))
	b := actortest.Start(t, env, sensor.Player(), ecg(nil))
	b.Advance(time.Second)
	first := taken(t, b)
	env.Set(env.Now().Add(time.Hour))
	b.Restart()
	b.Run()
	later := taken(t, b)
	if len(later) != 1 || later[0].Seq != first[0].Seq+1 || later[0].Samples[0] != 4 || !later[0].At.Equal(env.Now().Add(-time.Second)) {
		t.Fatalf("after an hour it gives %d readings, %+v", len(later), later)
	}
	env.Set(env.Now().Add(-2 * time.Hour)) // without a restart
	b.Run()
	if rs := taken(t, b); len(rs) != 1 || rs[0].Samples[0] != 8 {
		t.Fatalf("after the clock was set back it gives %d readings", len(rs))
	}
	env.Set(env.Now().Add(-2 * time.Hour)) // with one
	b.Restart()
	b.Advance(time.Second)
	if rs := taken(t, b); len(rs) != 1 || rs[0].Samples[0] != 0 {
		t.Fatalf("after the clock was set back and a restart it gives %d readings", len(rs))
	}
}

// While its link is full a player waits, and then goes on from now without a
// burst of what it missed.
func TestPlayerWaitsForRoom(t *testing.T) {
	b := actortest.Start(t, bedside(t, files(numerics)), sensor.Player(), heartRate(nil))
	b.Room = 1
	b.Run()
	b.Advance(time.Minute)
	if rs := taken(t, b); len(rs) != 1 {
		t.Fatalf("gives %d readings into room for one", len(rs))
	}
	b.Run()
	rs := taken(t, b)
	if len(rs) != 1 || !rs[0].At.Equal(b.Env.Now()) {
		t.Fatalf("gives %+v, want one reading of now", rs)
	}
}

func TestPlayerEnds(t *testing.T) {
	env := bedside(t, files(numerics))
	b := actortest.Start(t, env, sensor.Player(), heartRate(map[string]flow.Value{"loop": false}))
	b.Advance(time.Minute)
	if rs := taken(t, b); len(rs) != 3 {
		t.Errorf("gives %d readings, want 3", len(rs))
	}
	b.Restart()
	b.Advance(time.Minute)
	if rs := taken(t, b); len(rs) != 0 {
		t.Errorf("gives %d readings after the end and a restart", len(rs))
	}
	if lines := env.Logged(); len(lines) != 2 || lines[0] != `level=INFO msg="recording ended" stream=HR` {
		t.Errorf("logged %q", lines)
	}
}

func TestPlayerRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		args map[string]flow.Value
		want string
	}{
		"no such file":       {heartRate(map[string]flow.Value{"file": "bed/2.csv"}), "open recording bed/2.csv: open bed/2.csv: file does not exist"},
		"no such channel":    {heartRate(map[string]flow.Value{"channel": "PULSE"}), `bed/1.csv: no channel "PULSE": there are ["HR" "SpO2"]`},
		"another unit":       {heartRate(map[string]flow.Value{"unit": "Cel"}), `bed/1.csv: channel HR is in /min (/min), the script says unit="Cel"`},
		"speed":              {heartRate(map[string]flow.Value{"speed": int64(0)}), "argument speed: want 0.001 to 1000000, not 0"},
		"chunk":              {heartRate(map[string]flow.Value{"chunk": "soon"}), "argument chunk: want seconds above 0"},
		"columns":            {heartRate(map[string]flow.Value{"columns": map[string]any{"tiem": "t"}}), `argument columns: there is no "tiem"`},
		"another column":     {heartRate(map[string]flow.Value{"columns": map[string]any{"time": "t", "format": "seconds"}}), `there is no column "t"`},
		"no kind":            {heartRate(map[string]flow.Value{"kind": ""}), "argument kind: is empty"},
		"no device":          {heartRate(map[string]flow.Value{"device": ""}), "argument device: is empty"},
		"nothing to play":    {heartRate(map[string]flow.Value{"file": "bed/none.csv"}), "channel HR holds no sample"},
		"an unread ending":   {heartRate(map[string]flow.Value{"file": "bed/1.mat"}), `the ending ".mat" is not known`},
		"a recording broken": {heartRate(map[string]flow.Value{"file": "bed/torn.csv"}), "bed/torn.csv:3: not a well-formed recording"},
	} {
		env := bedside(t, fstest.MapFS{"bed/1.csv": {Data: []byte(numerics)}, "bed/none.csv": {Data: []byte("Time [s], HR, SpO2\n0,,97\n")},
			"bed/torn.csv": {Data: []byte("Time [s], HR, SpO2\n0,94,97\n1,9")}})
		a, err := actortest.New(sensor.Player(), tt.args)
		if err == nil {
			err = a.(flow.Starter).Start(env)
			a.(flow.Stopper).Stop()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// An actor with a node's certificate, or a device's without an EPC, measures nothing.
func TestOnlyDevicesMeasure(t *testing.T) {
	env := actortest.NewEnv()
	env.Signer = pkitest.New(t).Node("bedside")
	a, err := actortest.New(sensor.Generator(), map[string]flow.Value{"device": "x", "signal": "ecg"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.(flow.Starter).Start(env); err == nil || !strings.Contains(err.Error(), "is no device") {
		t.Errorf("Start as a node = %v, want an error", err)
	}
}

// flaky is a file system whose files break when told.
type flaky struct {
	fs.FS
	broken bool
}

func (f *flaky) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	return &flakyFile{file, f}, err
}

type flakyFile struct {
	fs.File
	of *flaky
}

func (f *flakyFile) Read(b []byte) (int, error) {
	if f.of.broken {
		return 0, errors.New("disk is gone")
	}
	return f.File.Read(b[:min(len(b), 4)])
}

// A recording that can't be read for a while is a fault, and afterwards it goes
// on with the very next sample.
func TestPlayerSurvivesItsDisk(t *testing.T) {
	disk := &flaky{FS: wave(40)}
	b := actortest.Start(t, bedside(t, disk), sensor.Player(), ecg(nil))
	b.Advance(time.Second)
	disk.broken = true
	b.Env.Set(b.Env.Now().Add(2 * time.Second))
	err := b.TryRun()
	for range 3 {
		if err != nil {
			break
		}
		b.Env.Set(b.Env.Now().Add(2 * time.Second))
		err = b.TryRun()
	}
	if err == nil || !strings.Contains(err.Error(), "disk is gone") {
		t.Fatalf("TryRun = %v, want the disk's error", err)
	}
	disk.broken = false
	b.Advance(5 * time.Second)
	next := int64(0)
	for _, r := range taken(t, b) {
		for _, s := range r.Samples {
			if s != next {
				t.Fatalf("sample %d follows %d", s, next-1)
			}
			next++
		}
	}
	if next < 16 {
		t.Errorf("only %d samples were given", next)
	}
}
