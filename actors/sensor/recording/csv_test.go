package recording_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wardflow/wardflow/actors/sensor/recording"
)

func openCSV(text string, m recording.Map) (recording.Recording, error) {
	return recording.Open(fstest.MapFS{"x.csv": {Data: []byte(text)}}, "x.csv", m)
}

func TestCSV(t *testing.T) {
	for name, tt := range map[string]struct {
		text, channel string
		m             recording.Map
		unit, want    string
	}{
		"numerics":      {"Time [s], HR, SpO2\n0,94,97\n1,NaN,\n2, 93 ,96\n", "HR", recording.Map{}, "/min", "[{0 0s 94000000} {2 2s 93000000}]"},
		"an empty cell": {"Time [s], HR, SpO2\n0,94,97\n1,NaN,\n2, 93 ,96\n", "SpO2", recording.Map{}, "%", "[{0 0s 97000000} {2 2s 96000000}]"},
		"a stay": {"Time,Parameter,Value\n00:00,Age,23\n04:16,Temp,34.1\n04:16,Temp,1.1\n30:00,Temp,36\n", "Temp", recording.Map{}, "Cel",
			"[{0 4h16m0s 34100000} {1 4h16m0s 1100000} {2 30h0m0s 36000000}]"},
		"a sensor's export": {"\ufeffIndex,Timestamp (YYYY-MM-DDThh:mm:ss),Event Type,Glucose Value (mg/dL)\r\n1,,FirstName,\r\n6,,Alert,200\r\n" +
			"12,2016-10-24T23:59:17,EGV,103\r\n13,2016-10-25T00:04:17,EGV,Low\r\n14,2016-10-25T00:09:17,EGV,99\r\n",
			"Glucose Value (mg/dL)", recording.Map{}, "mg/dL", "[{0 0s 103000000} {2 10m0s 99000000}]"},
		"a rate": {"\"a \"\"wave\"\"\", b\n1.5,x\n,x\n-2,x\n", `a "wave"`, recording.Map{Rate: "2.5", Units: map[string]string{`a "wave"`: "mV"}}, "mV",
			"[{0 0s 1500000} {2 800ms -2000000}]"},
		"before zero": {"Time [s], HR, SpO2\n-1,63,97\n-0.5,64,97\n", "HR", recording.Map{}, "/min", "[{0 -1s 63000000} {1 -500ms 64000000}]"},
		"the own map": {"t;,v [mL],who\n0,1,a\n2,2,b\n3,3,a\n", "v [mL]", recording.Map{Time: "t;", Format: "seconds", Where: map[string]string{"who": "a"}}, "mL",
			"[{0 0s 1000000} {1 3s 3000000}]"},
	} {
		rec, err := openCSV(tt.text, tt.m)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		i, err := recording.Find(rec, tt.channel)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := all(rec, i)
		if c := rec.Channels()[i]; err != nil || fmt.Sprint(got) != tt.want || c.Unit != tt.unit || c.Step != 1 {
			t.Errorf("%s: %v of %+v, %v; want %s of %s", name, got, c, err, tt.want, tt.unit)
		}
	}
}

func TestCSVRefuses(t *testing.T) {
	own := recording.Map{Time: "t", Format: "seconds"}
	for name, tt := range map[string]struct {
		text string
		m    recording.Map
		want string
	}{
		"nothing":             {"", own, "x.csv: not a well-formed recording: it is empty"},
		"unknown columns":     {"when,what\n", recording.Map{}, `columns ["when" "what"] are not recognised`},
		"no such column":      {"when,v\n", own, `there is no column "t"`},
		"two such columns":    {"t,t,v\n", own, `there is no column "t", or two`},
		"two of a value":      {"t,v,v\n0,1,1\n", own, `two columns are called "v"`},
		"no value column":     {"t\n0\n", own, "no column is left for a value"},
		"a short row":         {"t,v\n0\n", own, "x.csv:2: not a well-formed recording: 1 cells, the first line has 2"},
		"no number":           {"t,v\n0,ten\n", own, `x.csv:2: not a well-formed recording: v: "ten": not a number`},
		"no time":             {"t,v\nnow,1\n", own, `x.csv:2: not a well-formed recording: "now": not a number`},
		"time goes back":      {"t,v\n2,1\n1,1\n", own, "x.csv:3: not a well-formed recording: the time 1 is before that of an earlier row"},
		"an open quote":       {"t,v\n\"0,1\n", own, "a quote is never closed"},
		"more after a quote":  {"t,v\n\"0\"1,1\n", own, "follows a quoted cell"},
		"a line without end":  {"t,v\n" + strings.Repeat("1", 70_000), own, "x.csv:2: not a well-formed recording: bufio.Scanner: token too long"},
		"minutes":             {"Time,Parameter,Value\n04:60,Temp,36\n", recording.Map{}, `time "04:60": want hh:mm`},
		"a clock":             {"t,v\n24.10.2016,1\n", recording.Map{Time: "t", Format: "clock"}, "want 2006-01-02T15:04:05"},
		"another format":      {"t,v\n", recording.Map{Time: "t", Format: "weeks"}, `time format "weeks"`},
		"rate and time":       {"t,v\n", recording.Map{Time: "t", Rate: "1"}, "rate 1 says when each row was taken"},
		"neither":             {"t,v\n", recording.Map{Value: "v"}, "say in which column the time stands"},
		"a name but no value": {"t,v\n", recording.Map{Time: "t", Format: "seconds", Name: "v"}, "name and value go together"},
		"a rate of 0":         {"t,v\n", recording.Map{Rate: "0"}, "rate 0: want more than 0"},
	} {
		rec, err := openCSV(tt.text, tt.m)
		for i := 0; err == nil && i < len(rec.Channels()); i++ {
			_, err = recording.Check(rec, i)
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("Time [s], HR, SpO2\n-1,94,97\n1,NaN,\n2, 93 ,96\n", "")
	f.Add("Time,Parameter,Value\n04:16,Temp,34.1\n04:16,Temp,1.1\n", "")
	f.Add("\ufeffa,Timestamp (YYYY-MM-DDThh:mm:ss),Event Type,Glucose Value (mg/dL)\n1,2016-10-24T11:24:17,EGV,103\n", "")
	f.Add("\"a\",\"b \"\"c\"\"\"\n1,2\n", "12.5")
	f.Fuzz(func(t *testing.T, text, rate string) {
		rec, err := openCSV(text, recording.Map{Rate: rate})
		if err != nil || len(rec.Channels()) > 8 {
			return
		}
		orderly(t, rec, strings.Count(text, "\n")+1)
	})
}

func TestOpenRefuses(t *testing.T) {
	if _, err := recording.Open(fstest.MapFS{}, "x.mat", recording.Map{}); err == nil || !strings.Contains(err.Error(), `the ending ".mat" is not known`) {
		t.Errorf("Open(x.mat) = %v", err)
	}
	rec, err := openCSV("Time [s],HR,SpO2\n", recording.Map{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := recording.Find(rec, "PULSE"); err == nil || !strings.Contains(err.Error(), `no channel "PULSE": there are ["HR" "SpO2"]`) {
		t.Errorf("Find(PULSE) = %v", err)
	}
	if _, err := rec.Read(2); err == nil || errors.Is(err, recording.ErrForm) {
		t.Errorf("Read(2) = %v", err)
	}
}
