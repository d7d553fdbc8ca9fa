package recording_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/sensor/recording"
)

// Every channel of every record reads to its end, and where the header gives a
// checksum it holds: Check compares it.
func TestSharedRecordings(t *testing.T) {
	data := actortest.SharedData(t)
	for _, tt := range []struct {
		file, channel, unit string
		samples             int64
		rate                float64 // of a second; 0: events
	}{
		{"ecg-mitbih-100/100.hea", "MLII", "mV", 650000, 360},
		{"ecg-mitbih-100/100.hea", "V5", "mV", 650000, 360},
		{"ecg-icu-waveforms/03700181.hea", "MCL1", "mV", 300000, 500},
		{"ecg-icu-waveforms/03700181.hea", "ABP", "mmHg", 75000, 125},
		{"ecg-icu-waveforms/03700181.hea", "RESP", "mV", 74996, 125}, // skewed by 4
		{"ecg-icu-waveforms/041s.hea", "III", "mV", 8000, 500},
		{"ecg-icu-waveforms/041s.hea", "PAP", "mmHg", 2000, 125},
		{"ecg-icu-waveforms/v102s.hea", "PLETH", "NU", 225000 - 3*17, 250}, // 17 are marked as missing,
		{"edf-samples/biosemi_139ch_512hz.edf", "#138", "uV", 3072, 512},
		{"edf-samples/eeg_24ch_128hz_10s.edf", "#0", "uV", 1228, 128},
		{"edf-samples/faros_ecg_acc.edf", "ECG", "uV", 39000, 500},
		{"edf-samples/edge_duplicate_labels.edf", "#1", "uV", 2500, 250},
		{"edf-samples/edge_uneven_sampling.edf", "#1", "uV", 1408, 12.8},
		{"edf-samples/edge_utf8_header.edf", "#0", "uV", 89344, 128},
		{"edf-samples/edge_subsecond_start.edf", "#0", "uV", 89344, 128},
		{"icu-bidmc/bidmc_01_Numerics.csv", "HR", "/min", 481, 0},
		{"icu-bidmc/bidmc_01_Signals.csv", "PLETH", "", 60001, 0},
		{"icu-vitals-2012/141449.txt", "Temp", "Cel", 65, 0},
		{"cgm-dexcom-g6/dexcom_g6_export.csv", "Glucose Value (mg/dL)", "mg/dL", 2148, 0},
	} {
		rec, err := recording.Open(data, tt.file, recording.Map{})
		if err != nil {
			t.Errorf("Open: %v", err)
			continue
		}
		i, err := recording.Find(rec, tt.channel)
		if err != nil {
			t.Errorf("%s: %v", tt.file, err)
			continue
		}
		n, err := recording.Check(rec, i)
		c := rec.Channels()[i]
		rate := 0.0
		if c.Count > 0 {
			rate = float64(c.Count) / c.Span.Seconds()
		}
		if err != nil || n != tt.samples || c.Unit != tt.unit || rate != tt.rate {
			t.Errorf("%s %s: %d samples of %q at %v/s, %v; want %d of %q at %v/s", tt.file, tt.channel, n, c.Unit, rate, err,
				tt.samples, tt.unit, tt.rate)
		}
	}
}

// The first values of record 100 are 995 and 1011 in the header; the zero is
// 1024 and the gain 200 a millivolt, so a step is 5 microvolts.
func TestSharedValues(t *testing.T) {
	data := actortest.SharedData(t)
	for channel, first := range map[string]int64{"MLII": 995 - 1024, "V5": 1011 - 1024} {
		c, samples := read(t, data, "ecg-mitbih-100/100.hea", channel, 361)
		if c.Step != 5000 || samples[0].Value != first || samples[360].At != time.Second {
			t.Errorf("%s: step %d, first %d, 361st at %v; want 5000, %d, 1s", channel, c.Step, samples[0].Value, samples[360].At, first)
		}
	}
	// 2963.77 steps a millivolt: no whole number of nanovolts, so it is rounded to them.
	if c, s := read(t, data, "ecg-icu-waveforms/03700181.hea", "MCL1", 1); c.Step != 1 || s[0].Value != 22606 { // 67 ÷ 2963.77 mV
		t.Errorf("MCL1: step %d, first %d; want 1, 22606", c.Step, s[0].Value)
	}
	// The trouble that is in the files: two temperatures at one minute.
	_, temps := read(t, data, "icu-vitals-2012/141449.txt", "Temp", 6)
	if a, b := temps[4], temps[5]; a.Value != 34_100_000 || b.Value != 1_100_000 || a.At != b.At || a.At != 4*time.Hour+16*time.Minute {
		t.Errorf("temperatures of 141449: %v, %v; want 34.1 and 1.1 at 4h16m", a, b)
	}
	// The first cell of a row may be NaN: the row is skipped, the next keeps its time.
	_, pulse := read(t, data, "icu-bidmc/bidmc_01_Numerics.csv", "PULSE", 112)
	if s := pulse[110]; s.At != 110*time.Second {
		t.Errorf("PULSE 110 is at %v, want 110s", s.At)
	}
	if s := pulse[111]; s.At <= 111*time.Second || s.Index <= 111 {
		t.Errorf("PULSE after the gap is number %d at %v, want later than 111", s.Index, s.At)
	}
	_, glucose := read(t, data, "cgm-dexcom-g6/dexcom_g6_export.csv", "Glucose Value (mg/dL)", 2)
	if glucose[0].Value != 103_000_000 || glucose[1].At != 5*time.Minute {
		t.Errorf("glucose: %v, want 103 and 5 minutes between", glucose)
	}
}

func TestTwoChannelsOfOneName(t *testing.T) {
	data := actortest.SharedData(t)
	rec, err := recording.Open(data, "edf-samples/edge_duplicate_labels.edf", recording.Map{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := recording.Find(rec, rec.Channels()[0].Name); err == nil || !strings.Contains(err.Error(), "#0 or #2") {
		t.Errorf("Find = %v, want an error that offers #0 and #2", err)
	}
}

// No file of the shared data is refused for another reason than its kind.
func TestAllSharedFilesOpen(t *testing.T) {
	data := actortest.SharedData(t)
	for _, pattern := range []string{"*/*.hea", "*/*.edf", "icu-bidmc/*_Numerics.csv", "icu-vitals-2012/*.txt", "cgm-dexcom-g6/*.csv"} {
		files, err := fs.Glob(data, pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("Glob(%s) = %v, %v", pattern, files, err)
		}
		for _, file := range files {
			rec, err := recording.Open(data, file, recording.Map{})
			if err != nil {
				t.Errorf("Open: %v", err)
				continue
			}
			if info, err := fs.Stat(data, strings.TrimSuffix(file, ".hea")+".dat"); len(rec.Channels()) > 30 || err == nil && info.Size() > 100<<10 {
				continue // the large ones were read above
			}
			for i, c := range rec.Channels() {
				if c.Unit == "" && path.Ext(file) != ".hea" {
					continue // not a signal
				}
				if _, err := recording.Check(rec, i); err != nil {
					t.Errorf("%s: channel %d, %s: %v", file, i, c.Name, err)
				}
			}
		}
	}
}

func read(t *testing.T, fsys fs.FS, file, channel string, n int) (recording.Channel, []recording.Sample) {
	t.Helper()
	rec, err := recording.Open(fsys, file, recording.Map{})
	if err != nil {
		t.Fatal(err)
	}
	i, err := recording.Find(rec, channel)
	if err != nil {
		t.Fatal(err)
	}
	src, err := rec.Read(i)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var samples []recording.Sample
	for range n {
		s, err := src.Next()
		if err != nil {
			t.Fatalf("%s: %s: after %d samples: %v", file, channel, len(samples), err)
		}
		samples = append(samples, s)
	}
	return rec.Channels()[i], samples
}
