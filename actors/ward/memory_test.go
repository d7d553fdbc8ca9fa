package ward

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func accepted(stream, kind string, seq uint64, at time.Time, values ...int64) *proof.Reading {
	r := &proof.Reading{Reading: flow.Reading{Device: "3074257BF7194E4000001A85", Stream: stream, Seq: seq, Kind: kind, Unit: "/min",
		At: at, Scale: 1, Samples: values}}
	if len(values) > 1 {
		r.Period = time.Millisecond
	}
	return r
}

// A judge remembers the last readings of a stream, newest first, and of each
// those that came before the one that he judges.
func TestMemoryOfAStream(t *testing.T) {
	m := memory{most: 4}
	n := needs{past: 3}
	for seq := range uint64(6) {
		m.accept("p", accepted("hr", "8867-4", seq+1, noon.Add(time.Duration(seq)*time.Second), int64(seq), int64(seq+10)), n)
	}
	of := proof.Stream{Device: "3074257BF7194E4000001A85", Name: "hr"}
	for _, tt := range []struct {
		seq  uint64
		want []int64 // lowest values, newest first
	}{{7, []int64{5, 4, 3}}, {100, []int64{5, 4, 3}}, {6, []int64{4, 3}}, {5, []int64{3}}, {4, nil}, {1, nil}} {
		var got []int64
		for _, p := range m.before(of, tt.seq) {
			got = append(got, p.Low)
			if p.High != p.Low+10 || p.End.Sub(p.At) != time.Millisecond {
				t.Errorf("before %d: %+v", tt.seq, p)
			}
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("before number %d: %v, want %v", tt.seq, got, tt.want)
		}
	}
	m.accept("p", accepted("hr", "8867-4", 5, noon, 99), n) // a replay
	if got := m.before(of, 7); len(got) != 3 || got[1].Low != 4 {
		t.Errorf("after a replay: %+v", got)
	}
	if got := m.before(proof.Stream{Device: of.Device, Name: "other"}, 7); got != nil {
		t.Errorf("of another stream: %+v", got)
	}
}

// Beside a reading stand the newest of the patient's other kinds, by kind.
func TestMemoryBeside(t *testing.T) {
	m := memory{most: 4}
	n := needs{beside: []string{"8867-4", "8889-8", "9279-1"}}
	m.accept("p", accepted("pulse", "8889-8", 1, noon, 80), n)
	m.accept("p", accepted("hr", "8867-4", 1, noon, 81), n)
	m.accept("p", accepted("hr", "8867-4", 2, noon.Add(time.Second), 82), n)
	m.accept("p", accepted("hr", "8867-4", 3, noon.Add(-time.Second), 83), n) // late: it is not the newest
	m.accept("p", accepted("temp", "8310-5", 1, noon, 37), n)                 // no rule compares it
	m.accept("q", accepted("breath", "9279-1", 1, noon, 12), n)
	for _, tt := range []struct{ patient, kind, want string }{
		{"p", "8867-4", "8889-8 80"}, {"p", "8889-8", "8867-4 82"}, {"p", "1-1", "8867-4 82 8889-8 80"}, {"q", "8867-4", "9279-1 12"}, {"r", "8867-4", ""},
	} {
		got := ""
		for _, b := range m.beside(tt.patient, tt.kind) {
			got += fmt.Sprintf(" %s %d", b.Kind, b.Low)
		}
		if got != "" {
			got = got[1:]
		}
		if got != tt.want {
			t.Errorf("beside %s of %s: %q, want %q", tt.kind, tt.patient, got, tt.want)
		}
	}
}

// However many streams, patients and kinds there are, a memory keeps its bounds,
// forgets what was used longest ago, and is the same after a checkpoint.
func TestMemoryIsBounded(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		m := memory{most: 1 + rng.IntN(9)}
		var kinds []string
		for i := range 25 {
			kinds = append(kinds, fmt.Sprintf("k%02d", i))
		}
		var last proof.Stream
		for i := range 400 {
			r := accepted(fmt.Sprint("s", rng.IntN(20)), kinds[rng.IntN(len(kinds))], uint64(i+1), noon.Add(time.Duration(rng.IntN(1000))*time.Second), rng.Int64(), 5)
			m.accept(fmt.Sprint("p", rng.IntN(20)), r, needs{past: 1 + rng.IntN(flow.MaxPast+4), beside: kinds})
			last = r.Of()
			if len(m.streams) > m.most || len(m.patients) > m.most {
				t.Fatalf("seed %d: %d streams, %d patients, at most %d", seed, len(m.streams), len(m.patients), m.most)
			}
			for _, s := range m.streams {
				if len(s.past) > flow.MaxPast || len(s.past) != len(s.seq) {
					t.Fatalf("seed %d: %d of a stream", seed, len(s.past))
				}
			}
			for _, c := range m.patients {
				if len(c.beside) > flow.MaxBeside {
					t.Fatalf("seed %d: %d kinds", seed, len(c.beside))
				}
			}
		}
		if !m.knows(last) {
			t.Fatalf("seed %d: what came last is forgotten", seed)
		}
		saved := m.save(nil)
		back := memory{most: m.most}
		if err := back.restore(saved); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if again := back.save(nil); !bytes.Equal(again, saved) {
			t.Fatalf("seed %d: saved again, it is another", seed)
		}
		for of := range m.streams {
			if !reflect.DeepEqual(m.before(of, 1<<60), back.before(of, 1<<60)) {
				t.Fatalf("seed %d: %s is %+v, was %+v", seed, of, back.before(of, 1<<60), m.before(of, 1<<60))
			}
		}
		for p := range m.patients {
			if !reflect.DeepEqual(m.beside(p, ""), back.beside(p, "")) {
				t.Fatalf("seed %d: patient %s differs", seed, p)
			}
		}
	}
}

// Times that no calendar has do not come out of a checkpoint as others.
func TestMemoryOfOddTimes(t *testing.T) {
	m := memory{most: 2}
	r := accepted("x", "k", 1, noon, 1, 2, 3)
	r.Period = 1<<63 - 1
	m.accept("p", r, needs{past: 1})
	back := memory{most: 2}
	if err := back.restore(m.save(nil)); err != nil || !back.before(r.Of(), 2)[0].End.Equal(noon) {
		t.Errorf("restored %+v, %v", back.before(r.Of(), 2), err)
	}
}

// What can be restored is saved as the same bytes.
func FuzzMemory(f *testing.F) {
	m := memory{most: 8}
	n := needs{past: 2, beside: []string{"8867-4", "8889-8"}}
	m.accept("p", accepted("hr", "8867-4", 1, noon, 80, 90), n)
	m.accept("p", accepted("hr", "8867-4", 2, noon.Add(time.Second), -80), n)
	m.accept("q", accepted("pulse", "8889-8", 7, noon, 80), n)
	f.Add(m.save(nil))
	f.Add([]byte{0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m := memory{most: 8}
		if m.restore(b) != nil {
			return
		}
		if again := m.save(nil); !bytes.Equal(again, b) {
			t.Errorf("%x was read and written as %x", b, again)
		}
	})
}

func BenchmarkMemorySave(b *testing.B) {
	m := memory{most: mostTraces}
	for i := range 8 {
		m.accept("p", accepted(fmt.Sprint("s", i), "8867-4", 1, noon, 80), needs{past: 1})
	}
	var room []byte
	b.ReportAllocs()
	for b.Loop() {
		room = m.save(room[:0])
	}
}
