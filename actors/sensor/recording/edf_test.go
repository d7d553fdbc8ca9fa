package recording_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wardflow/wardflow/actors/sensor/recording"
)

// edfFile makes an EDF+C file with an ECG of 4 samples and a temperature of one
// in each record of half a second. change alters fields of the header by their
// offset.
func edfFile(records int, change map[int]string) []byte {
	b := &strings.Builder{}
	put := func(width int, vs ...any) {
		for _, v := range vs {
			s := fmt.Sprint(v)
			b.WriteString(s + strings.Repeat(" ", width-len(s)))
		}
	}
	put(8, "0")
	put(80, "X X X X", "Startdate X X X X")
	put(8, "01.01.20", "12.00.00", 256*4)
	put(44, "EDF+C")
	put(8, records, "0.5")
	put(4, 3)
	put(16, "ECG", "Temp \xb0", "EDF Annotations")
	put(80, "", "", "")
	put(8, "mV", "\xb0C", "")
	put(8, "-5.12", "0", "-1")
	put(8, "5.11", "65.535", "1")
	put(8, -512, -32768, -32768)
	put(8, 511, 32767, 32767)
	put(80, "", "", "")
	put(8, 4, 1, 2)
	put(32, "", "", "")
	file := []byte(b.String())
	for at, text := range change {
		copy(file[at:], text)
	}
	for r := range records {
		for i := range 4 {
			file = append(file, pack(16, []int64{int64(100*r + i)})...)
		}
		file = append(file, pack(16, []int64{int64(-32768 + 37000 + r)})...)
		file = append(file, "+0\x14\x14"...)
	}
	return file
}

func openEDF(b []byte) (recording.Recording, error) {
	return recording.Open(fstest.MapFS{"x.edf": {Data: b}}, "x.edf", recording.Map{})
}

func TestEDF(t *testing.T) {
	rec, err := openEDF(edfFile(2, nil))
	if err != nil {
		t.Fatal(err)
	}
	if c := rec.Channels(); len(c) != 2 || c[0].Name != "ECG" || c[0].Step != 10_000 || c[1].Name != "Temp °" || c[1].Unit != "°C" || c[1].Step != 1000 {
		t.Fatalf("channels %+v", c)
	}
	ecg, err := all(rec, 0)
	if err != nil || fmt.Sprint(ecg) != "[{0 0s 0} {1 125ms 1} {2 250ms 2} {3 375ms 3} {4 500ms 100} {5 625ms 101} {6 750ms 102} {7 875ms 103}]" {
		t.Errorf("ECG %v, %v", ecg, err)
	}
	temp, err := all(rec, 1)
	if err != nil || fmt.Sprint(temp) != "[{0 0s 37000} {1 500ms 37001}]" {
		t.Errorf("temperature %v, %v", temp, err)
	}
}

// A number of records of -1 is written while the recording goes on.
func TestEDFWithoutLength(t *testing.T) {
	b := edfFile(3, map[int]string{236: "-1      "})
	rec, err := openEDF(b)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := all(rec, 1); err != nil || len(got) != 3 {
		t.Errorf("reads %v, %v; want 3 samples", got, err)
	}
	rec, err = openEDF(b[:len(b)-1])
	if err != nil {
		t.Fatal(err)
	}
	if got, err := all(rec, 1); !errors.Is(err, recording.ErrForm) || len(got) != 2 {
		t.Errorf("a torn last record: %v, %v; want 2 samples and an error", got, err)
	}
}

func TestEDFRefuses(t *testing.T) {
	whole := edfFile(2, nil)
	for name, tt := range map[string]struct {
		b    []byte
		want string
	}{
		"a short header":       {whole[:300], "it ends within its header"},
		"nothing":              {nil, "it ends within its header"},
		"a short file":         {whole[:len(whole)-1], "header and 2 records make 1052"},
		"a long file":          {append(edfFile(2, nil), 0), "it has 1053 bytes"},
		"another version":      {edfFile(1, map[int]string{0: "1"}), `version "1", want 0`},
		"BDF":                  {edfFile(1, map[int]string{0: "\xffBIOSEMI"}), "it is BDF"},
		"gaps":                 {edfFile(1, map[int]string{192: "EDF+D"}), "EDF+D, with gaps in its time: convert it to EDF+C"},
		"header size":          {edfFile(1, map[int]string{184: "768     "}), "a header of 768 bytes for 3 signals"},
		"no duration":          {edfFile(1, map[int]string{244: "0       "}), "its records last 0 seconds"},
		"a duration in words":  {edfFile(1, map[int]string{244: "long    "}), `duration of a record: "long": not a number`},
		"records below":        {edfFile(1, map[int]string{236: "-2      "}), "number of records"},
		"no signals":           {edfFile(1, map[int]string{252: "0   "}), "number of signals"},
		"digital range":        {edfFile(1, map[int]string{256 + 3*(16+80+8+8+8): "511     "}), "signal 0, ECG: digital 511 to 511"},
		"digital beyond int16": {edfFile(1, map[int]string{256 + 3*(16+80+8+8+8): "-40000  "}), "signal 0: digital minimum"},
		"physical range":       {edfFile(1, map[int]string{256 + 3*(16+80+8): "5.11    "}), "signal 0, ECG: digital -512 to 511 for physical 511/100 to 511/100"},
		"samples of 0":         {edfFile(1, map[int]string{256 + 3*(16+80+8+8+8+8+8+80): "0       "}), "signal 0: samples in a record"},
	} {
		if _, err := openEDF(tt.b); !errors.Is(err, recording.ErrForm) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func FuzzEDF(f *testing.F) {
	f.Add(edfFile(2, nil))
	f.Add(edfFile(2, map[int]string{236: "-1      "}))
	f.Add(edfFile(0, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if rec, err := openEDF(b); err == nil {
			orderly(t, rec, len(b))
		}
	})
}
