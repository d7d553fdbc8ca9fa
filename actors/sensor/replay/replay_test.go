package replay_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wardflow/wardflow/actors/sensor/replay"
)

const device = "3074257BF7194E4000001A85"

var start = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

// Channels are merged by time; in one moment those of the file's order.
func TestReadings(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"n.csv": {Data: []byte("Time [s], HR, PULSE, RESP, SpO2\n0,94,93,25,97\n1,95,NaN,25,97.5\n")}}
	tracks, left, err := replay.Open(files, "n.csv", map[string]replay.Track{"RESP": {Kind: "1-1", Unit: "x"}})
	if err != nil || len(left) != 0 {
		t.Fatalf("left out %v, %v", left, err)
	}
	var got []string
	for r, err := range tracks.Readings(device, start) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Device != device {
			t.Errorf("device %q", r.Device)
		}
		got = append(got, fmt.Sprintf("%v %s %d %s %s %d", r.At.Sub(start), r.Stream, r.Seq, r.Kind, r.Unit, r.Micro(0)))
	}
	want := []string{
		"0s HR 1 8867-4 /min 94000000", "0s PULSE 1 8889-8 /min 93000000", "0s RESP 1 1-1 x 25000000", "0s SpO2 1 59408-5 % 97000000",
		"1s HR 2 8867-4 /min 95000000", "1s RESP 2 1-1 x 25000000", "1s SpO2 2 59408-5 % 97500000",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for range tracks.Readings(device, start) {
		break // who stops early leaves nothing open
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"n.csv": {Data: []byte("Time [s], HR, PULSE, RESP, SpO2\n0,94,93,25,97\n")},
		"bad.csv": {Data: []byte("Time [s], HR, PULSE, RESP, SpO2\n0,94,93,25,97\n1,x,93,25,97\n")}}
	if _, _, err := replay.Open(files, "n.csv", map[string]replay.Track{"Temp": {}}); err == nil || !strings.Contains(err.Error(), `no channel "Temp"`) {
		t.Errorf("a channel that is not there: %v", err)
	}
	if _, _, err := replay.Open(files, "m.csv", nil); err == nil {
		t.Error("a file that is not there was opened")
	}
	tracks, _, err := replay.Open(files, "bad.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range tracks.Readings(device, start) {
		n, err = n+1, e
	}
	if err == nil {
		t.Errorf("%d readings of a damaged file, and no error", n)
	}
}
