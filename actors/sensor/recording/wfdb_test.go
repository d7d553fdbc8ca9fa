package recording_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wardflow/wardflow/actors/sensor/recording"
)

// pack writes samples of interleaved signals in a WFDB format.
func pack(format int, samples []int64) []byte {
	var b []byte
	if format == 16 {
		for _, s := range samples {
			b = append(b, byte(s), byte(s>>8))
		}
		return b
	}
	for i := 0; i < len(samples); i += 2 {
		first, second := samples[i]&0xfff, int64(0)
		b = append(b, byte(first), byte(first>>8))
		if i+1 < len(samples) {
			second = samples[i+1] & 0xfff
			b[len(b)-1] |= byte(second >> 8 << 4)
			b = append(b, byte(second))
		}
	}
	return b
}

func all(rec recording.Recording, channel int) (out []recording.Sample, err error) {
	src, err := rec.Read(channel)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	for {
		s, err := src.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, s)
	}
}

// Whatever the format, the number of signals and of samples in a frame: what
// was written is read, with the checksum that was written.
func TestWFDBRoundTrip(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		format, low := 16, int64(-1<<15)
		if seed%2 == 0 {
			format, low = 212, -1<<11
		}
		signals, frames := 1+rng.IntN(4), 1+rng.IntN(40)
		per, skew := make([]int, signals), make([]int, signals)
		want := make([][]int64, signals)
		var raw []int64
		for i := range signals {
			per[i], skew[i] = 1+rng.IntN(3), rng.IntN(3)
		}
		for range frames {
			for i := range signals {
				for range per[i] {
					v := low + rng.Int64N(-2*low)
					want[i] = append(want[i], v)
					raw = append(raw, v)
				}
			}
		}
		head := fmt.Sprintf("# made by a test\r\nr %d 100/1000(0) %d 12:00:00 01/01/2000\r\n\r\n", signals, frames)
		for i := range signals {
			sum := int16(0)
			for _, v := range want[i] {
				sum += int16(v)
			}
			head += fmt.Sprintf("r.dat %dx%d:%d+2 1000(0)/mV 12 7 %d %d 0 lead %d\n", format, per[i], skew[i], want[i][0], sum, i)
		}
		if seed%3 == 0 {
			head = strings.Replace(head, fmt.Sprintf(" %d 12:00", frames), " 0 12:00", 1) // length not said
			if len(raw)%2 == 1 && format == 212 {
				raw = raw[:len(raw):len(raw)] // two bytes for the last
			}
		}
		rec, err := recording.Open(fstest.MapFS{"d/r.hea": {Data: []byte(head)},
			"d/r.dat": {Data: append([]byte{9, 9}, pack(format, raw)...)}}, "d/r.hea", recording.Map{})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, head)
		}
		for i := range signals {
			got, err := all(rec, i)
			if err != nil {
				t.Fatalf("seed %d: signal %d: %v\n%s", seed, i, err, head)
			}
			c := rec.Channels()[i]
			if c.Step != 1000 || c.Name != fmt.Sprintf("lead %d", i) || c.At(int64(100*per[i])) != time.Second {
				t.Fatalf("seed %d: channel %+v", seed, c)
			}
			next := 0
			for n, v := range want[i] {
				if n -= skew[i]; n < 0 || v == low {
					continue
				}
				if s := got[next]; s.Index != int64(n) || s.Value != v || s.At != c.At(int64(n)) {
					t.Fatalf("seed %d: signal %d: sample %d is %+v, want %d of value %d", seed, i, next, s, n, v)
				}
				next++
			}
			if next != len(got) {
				t.Fatalf("seed %d: signal %d has %d samples, want %d", seed, i, len(got), next)
			}
		}
	}
}

const plain = "r 1 100 4\nr.dat 16 200 12 0 1 10 0 I\n" // 1 2 3 4

func record(head string, data []byte) fstest.MapFS {
	return fstest.MapFS{"r.hea": {Data: []byte(head)}, "r.dat": {Data: data}}
}

func TestWFDBRefuses(t *testing.T) {
	good := pack(16, []int64{1, 2, 3, 4})
	for name, tt := range map[string]struct {
		fsys fstest.MapFS
		want string
		is   error
	}{
		"a flipped bit":        {record(plain, pack(16, []int64{1, 2, 3, 5})), "r.dat: signal I: the samples do not match the header's checksum: their sum is 11", recording.ErrChecksum},
		"another first sample": {record(plain, pack(16, []int64{2, 1, 3, 4})), "the first is 2, the header says 1", recording.ErrChecksum},
		"a short file":         {record(plain, good[:7]), "r.dat: not a well-formed recording: it ends in frame 4", recording.ErrForm},
		"no file":              {fstest.MapFS{"r.hea": {Data: []byte(plain)}}, "r.dat: file does not exist", nil},
		"no record line":       {record("# only\n\n", good), "r.hea:2: not a well-formed recording: there is no record line", recording.ErrForm},
		"a line too few":       {record("r 2 100 4\nr.dat 16\n", good), "r.hea:2: not a well-formed recording: it ends before", recording.ErrForm},
		"a line too many":      {record(plain+"r.dat 16\n", good), "r.hea:3: not a well-formed recording: a line too many", recording.ErrForm},
		"another format":       {record("r 1 100 4\nr.dat 310\n", good), "r.hea:2: not a well-formed recording: format 310 is not read: convert it to 212 or 16", recording.ErrForm},
		"a path":               {record("r 1 100 4\n../r.dat 16\n", good), "want the name of a file in the same folder", recording.ErrForm},
		"a rate of 0":          {record("r 1 0 4\nr.dat 16\n", good), "r.hea:1: not a well-formed recording: sampling rate \"0\"", recording.ErrForm},
		"a rate in words":      {record("r 1 fast 4\nr.dat 16\n", good), "sampling rate: \"fast\": not a number", recording.ErrForm},
		"signals below 0":      {record("r -1 100 4\n", good), "number of signals", recording.ErrForm},
		"a baseline open":      {record("r 1 100 4\nr.dat 16 200(5\n", good), "want GAIN[(BASELINE)][/UNIT]", recording.ErrForm},
		"samples in a frame":   {record("r 1 100 4\nr.dat 16x0\n", good), "0 samples in a frame", recording.ErrForm},
		"a gain beyond reason": {record("r 1 100 4\nr.dat 16 1e-40\n", good), "its range is beyond what is measured", recording.ErrForm},
		"variable layout":      {record("r/2 1 100 8\nlayout 0\nr 4\n", good), "records of variable layout are not read", recording.ErrForm},
		"segments in segments": {record("r/1 1 100 4\nr 4\n", good), "segment r: not a well-formed recording: it has segments itself", recording.ErrForm},
		"only gaps":            {record("r/1 1 100 4\n~ 4\n", good), "all its segments are gaps", recording.ErrForm},
	} {
		rec, err := recording.Open(tt.fsys, "r.hea", recording.Map{})
		if err == nil {
			_, err = recording.Check(rec, 0)
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// A record in segments is one recording, and a gap leaves its indexes out.
func TestWFDBSegments(t *testing.T) {
	fsys := fstest.MapFS{
		"all.hea": {Data: []byte("all/3 1 100 10\na 3\n~ 4\nb 3\n")},
		"a.hea":   {Data: []byte("a 1 100 3\na.dat 212 200 12 0 1 6 0 I\n")},
		"b.hea":   {Data: []byte("b 1 100 3\nb.dat 16 200 16 0 4 15 0 I\n")},
		"a.dat":   {Data: pack(212, []int64{1, 2, 3})},
		"b.dat":   {Data: pack(16, []int64{4, 5, 6})},
	}
	rec, err := recording.Open(fsys, "all.hea", recording.Map{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := all(rec, 0)
	if err != nil || fmt.Sprint(got) != "[{0 0s 1} {1 10ms 2} {2 20ms 3} {7 70ms 4} {8 80ms 5} {9 90ms 6}]" {
		t.Errorf("reads %v, %v", got, err)
	}
	fsys["b.hea"].Data = []byte("b 1 100 3\nb.dat 16 100 16 0 4 15 0 I\n")
	if _, err := recording.Open(fsys, "all.hea", recording.Map{}); err == nil || !strings.Contains(err.Error(), "segment b: not a well-formed recording: signal 0, I, differs") {
		t.Errorf("a segment with another gain: %v", err)
	}
}

// Whatever a header and its samples are: an error, or samples whose indexes
// rise and whose times never fall.
func FuzzWFDB(f *testing.F) {
	f.Add(plain, pack(16, []int64{1, 2, 3, 4}))
	f.Add("r 2 360 3\nr.dat 212x2:1+1 200(0)/mV 11 1024 9 9 0 MLII\nr.dat 212 0/mmHg\n", pack(212, []int64{1, 2, 3, 4, -5, 6, -7, 8, 9}))
	f.Add("r 1 0.5\nr.dat 16 12.84(-1605)/mmHg 12 0\n", []byte{1, 2, 3, 4})
	f.Add("r/2 1 100 8\nr 4\n~ 4\n", []byte{})
	f.Fuzz(func(t *testing.T, head string, data []byte) {
		if strings.Contains(head, "/") && len(head) > 4<<10 {
			return
		}
		rec, err := recording.Open(record(head, data), "r.hea", recording.Map{})
		if err == nil {
			orderly(t, rec, len(data)+16)
		}
	})
}

// orderly reads every channel, at most limit samples.
func orderly(t *testing.T, rec recording.Recording, limit int) {
	t.Helper()
	for i, c := range rec.Channels() {
		if c.Step <= 0 {
			t.Fatalf("channel %d: %+v", i, c)
		}
		src, err := rec.Read(i)
		if err != nil {
			continue
		}
		last := recording.Sample{Index: -1, At: -1 << 63}
		for n := 0; ; n++ {
			s, err := src.Next()
			if err != nil {
				break
			}
			if n > limit {
				t.Fatalf("channel %d gives more than %d samples", i, limit)
			}
			if s.Index <= last.Index || s.At < last.At {
				t.Fatalf("channel %d: %+v after %+v", i, s, last)
			}
			last = s
		}
		src.Close()
	}
}
