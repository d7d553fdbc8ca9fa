package ward

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A memory as part of a checkpoint, those used longest ago first:
//
//	memory = count trace* count company*
//	trace  = device stream count (seq past)*
//	company = patient count (kind unit past)*
//	past   = at (end - at) low (high - low)
//
// Counts and numbers are varints, times are nanoseconds, texts are counted. A
// memory has one form only.

var errMemory = errors.New("state is not that of a memory")

// save appends the memory to b.
func (m *memory) save(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(m.streams)))
	for _, of := range slices.SortedFunc(maps.Keys(m.streams), func(x, y proof.Stream) int {
		return byUse(m.streams[x].used, m.streams[y].used)
	}) {
		t := m.streams[of]
		b = appendText(appendText(b, of.Device), of.Name)
		b = binary.AppendUvarint(b, uint64(len(t.past)))
		for i, p := range t.past {
			b = appendPast(binary.AppendUvarint(b, t.seq[i]), p)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(m.patients)))
	for _, patient := range slices.SortedFunc(maps.Keys(m.patients), func(x, y string) int {
		return byUse(m.patients[x].used, m.patients[y].used)
	}) {
		c := m.patients[patient]
		b = binary.AppendUvarint(appendText(b, patient), uint64(len(c.beside)))
		for _, e := range c.beside {
			b = appendPast(appendText(appendText(b, e.Kind), e.Unit), e.Past)
		}
	}
	return b
}

func byUse(a, b uint64) int {
	if a < b {
		return -1
	}
	return 1 // none is used twice at one count
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendPast(b []byte, p flow.Past) []byte {
	at := p.At.UnixNano()
	b = binary.AppendVarint(b, at)
	b = binary.AppendUvarint(b, uint64(p.End.UnixNano()-at))
	b = binary.AppendVarint(b, p.Low)
	return binary.AppendUvarint(b, uint64(p.High-p.Low))
}

// restore reads what save wrote, which is all of b.
func (m *memory) restore(b []byte) error {
	fresh := memory{most: m.most, streams: map[proof.Stream]*trace{}, patients: map[string]*company{}}
	r := memoryReader{b: b}
	for range r.count(m.most) {
		of := proof.Stream{Device: r.text(), Name: r.text()}
		t := &trace{}
		for range r.count(flow.MaxPast) {
			t.seq, t.past = append(t.seq, r.uint()), append(t.past, r.past())
		}
		if r.bad || fresh.streams[of] != nil || !strict(t.seq, func(a, b uint64) bool { return a < b }) {
			return errMemory
		}
		fresh.clock++
		t.used = fresh.clock
		fresh.streams[of] = t
	}
	for range r.count(m.most) {
		patient := r.text()
		c := &company{}
		for range r.count(flow.MaxBeside) {
			c.beside = append(c.beside, flow.Beside{Kind: r.text(), Unit: r.text(), Past: r.past()})
		}
		if r.bad || fresh.patients[patient] != nil || !strict(c.beside, func(a, b flow.Beside) bool { return a.Kind > b.Kind }) {
			return errMemory
		}
		fresh.clock++
		c.used = fresh.clock
		fresh.patients[patient] = c
	}
	if r.bad || len(r.b) > 0 {
		return errMemory
	}
	*m = fresh
	return nil
}

// strict reports whether each is after the one before it, and none equal to it.
func strict[E any](list []E, after func(a, b E) bool) bool {
	for i := 1; i < len(list); i++ {
		if !after(list[i], list[i-1]) {
			return false
		}
	}
	return true
}

// memoryReader reads numbers and texts. What does not fit shows in bad.
type memoryReader struct {
	b   []byte
	bad bool
}

func (r *memoryReader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || n > 1 && r.b[n-1] == 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *memoryReader) int() int64 {
	u := r.uint()
	return int64(u>>1) ^ -int64(u&1)
}

// count is a count of at most most.
func (r *memoryReader) count(most int) int {
	n := r.uint()
	if n > uint64(most) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(n)
}

func (r *memoryReader) text() string {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *memoryReader) past() flow.Past {
	at, span, low, spread := r.int(), r.uint(), r.int(), r.uint()
	// A difference beyond int64 comes out right all the same: both wrap.
	end, high := at+int64(span), low+int64(spread)
	r.bad = r.bad || end < at || high < low
	return flow.Past{At: time.Unix(0, at).UTC(), End: time.Unix(0, end).UTC(), Low: low, High: high}
}
