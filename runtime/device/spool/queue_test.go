package spool

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

func openOn(t testing.TB, d *waltest.Disk, limit int64) *queue {
	t.Helper()
	q, err := openQueue(d, "readings", limit)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// A model is a plain list, and what it was at the last commit.
type model struct {
	now, kept   []string
	made, kmade uint64 // tokens given on the one link
	settled     uint64
}

// Whatever is pushed, popped and committed, whatever the disk loses, refuses or
// has no room for: after each commit that was acknowledged the queue holds what
// a plain list would, and so does the checkpoint beside it. After a crash an
// unacknowledged commit may have come to the disk or not, but never in part.
func TestAgainstAList(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 0))
		d := &waltest.Disk{}
		open := func() *queue {
			q := openOn(t, d, 1<<30)
			q.segs.size = 10_000 // so that there are many
			return q
		}
		q := open()
		var m, tried model
		for step := range 300 {
			switch n := rng.IntN(20); {
			case n < 7:
				v := fmt.Sprint(step, strings.Repeat("x", rng.IntN(4_000)))
				if err := q.Push(v, time.Unix(int64(step), 0)); err == nil {
					m.now = append(m.now, v)
				} else if !errors.Is(err, ErrDisk) {
					t.Fatalf("seed %d: Push: %v", seed, err)
				}
			case n < 13:
				m.pop(t, q, seed)
			case n < 17:
				c := m.checkpoint(rng)
				err := q.Commit(t.Context(), c)
				if tried = m; err == nil {
					m.kept, m.kmade = append([]string(nil), m.now...), m.made
				} else if !errors.Is(err, waltest.ErrFull) && !errors.Is(err, waltest.ErrSync) {
					t.Fatalf("seed %d: Commit: %v", seed, err)
				}
			case n == 17:
				d.FailSyncs(rng.IntN(3))
			case n == 18:
				d.Limit(int64(rng.IntN(2)) * (d.Used() + int64(rng.IntN(20_000))))
			default:
				d.Crash(rng)
				d.FailSyncs(0)
				d.Limit(0)
				q = open()
				m.crashed(t, q, tried, seed)
			}
			if q.Len() != len(m.now) {
				t.Fatalf("seed %d, step %d: Len = %d, want %d", seed, step, q.Len(), len(m.now))
			}
		}
		for len(m.now) > 0 {
			m.pop(t, q, seed)
		}
		if q.Bytes() != 0 {
			t.Fatalf("seed %d: an empty queue of %d bytes", seed, q.Bytes())
		}
	}
}

// pop takes the oldest, and gives it as a token would be.
func (m *model) pop(t *testing.T, q *queue, seed uint64) {
	t.Helper()
	v, _, ok, err := q.Front()
	if err != nil || ok != (len(m.now) > 0) {
		t.Fatalf("seed %d: Front = %v, %v with %d values", seed, ok, err, len(m.now))
	}
	if !ok {
		return
	}
	if v != m.now[0] {
		t.Fatalf("seed %d: Front = %.20v, want %.20v", seed, v, m.now[0])
	}
	q.Pop()
	m.now = m.now[1:]
	m.made++
}

// checkpoint is a step with the tokens given since the last, or all.
func (m *model) checkpoint(rng *rand.Rand) flow.Checkpoint {
	m.settled += uint64(rng.IntN(int(m.kmade-m.settled) + 1))
	c := flow.Checkpoint{Actor: "a:b", State: fmt.Append(nil, len(m.now)),
		Made: map[flow.LinkID]uint64{"l": m.made}, Settled: map[flow.LinkID]uint64{"l": m.settled}}
	from := m.settled
	if rng.IntN(2) == 0 {
		from = max(m.kmade, m.settled)
	}
	for n := from + 1; n <= m.made; n++ {
		c.Out = append(c.Out, flow.OutToken{Link: "l", Token: flow.Token{Seq: n}})
	}
	return c
}

// crashed goes back to the last commit, or to the one that was tried since.
func (m *model) crashed(t *testing.T, q *queue, tried model, seed uint64) {
	t.Helper()
	c := q.segs.newest
	if len(m.kept) != q.Len() || m.kmade != c.Made["l"] {
		m.kept, m.kmade = append([]string(nil), tried.now...), tried.made
	}
	if m.kmade != c.Made["l"] || len(m.kept) != q.Len() || c.State != nil && string(c.State) != fmt.Sprint(q.Len()) {
		t.Fatalf("seed %d: after a crash there are %d values, %d made and the state %q; want %d and %d",
			seed, q.Len(), c.Made["l"], c.State, len(m.kept), m.kmade)
	}
	m.now, m.made, m.settled = append([]string(nil), m.kept...), m.kmade, c.Settled["l"]
	if n := uint64(len(c.Out)); n != m.made-m.settled {
		t.Fatalf("seed %d: %d tokens held, %d made and %d settled", seed, n, m.made, m.settled)
	}
}

// What has been popped does not fill the disk for ever, and what is kept beside
// a queue that is passed straight through neither.
func TestDiskIsGivenBack(t *testing.T) {
	d := &waltest.Disk{}
	q := openOn(t, d, 1<<30)
	q.segs.size = 1 << 20
	text := strings.Repeat("x", 25_000)
	for i := range 400 { // 10 MB
		q.Push(fmt.Sprint(i, text), time.Unix(0, 0))
		if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b", Version: i}); err != nil {
			t.Fatal(err)
		}
		if i < 20 {
			continue
		}
		if v, _, _, err := q.Front(); err != nil || v != fmt.Sprint(i-20, text) {
			t.Fatalf("value %d: %.10v, %v", i-20, v, err)
		}
		q.Pop()
	}
	if used := d.Used(); used > 4*q.segs.size {
		t.Errorf("10 MB have gone through, half a megabyte waits, and the files have %d bytes", used)
	}
	for n := range uint64(500) {
		c := flow.Checkpoint{Actor: "a:b", Made: map[flow.LinkID]uint64{"l": n + 1}, Settled: map[flow.LinkID]uint64{"l": n},
			Out: []flow.OutToken{{Link: "l", Token: flow.Token{Seq: n + 1, Value: text[:20_000]}}}}
		if err := q.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	for q.Len() > 0 {
		q.Front()
		q.Pop()
	}
	if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b"}); err != nil {
		t.Fatal(err)
	}
	if n := len(q.segs.list); n != 1 {
		t.Errorf("an empty queue has %d files", n)
	}
}

// The oldest go when the newest find no room; and none when the disk is what is
// full.
func TestCrowd(t *testing.T) {
	d := &waltest.Disk{}
	for name, q := range map[string]Queue{"disk": openOn(t, d, 1000), "memory": memory(t, 1000)} {
		text := strings.Repeat("x", 200)
		for i := range 10 {
			removed, err := q.Crowd(fmt.Sprint(i, text), time.Unix(int64(i), 0), 0)
			if want := 0; err != nil || i < 4 && removed != want || i >= 4 && removed != 1 {
				t.Fatalf("%s: the value %d crowds %d out, %v", name, i, removed, err)
			}
			if i%2 == 0 {
				if err := q.Commit(t.Context(), flow.Checkpoint{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if v, at, _, _ := q.Front(); v != fmt.Sprint(6, text) || at.Unix() != 6 {
			t.Errorf("%s: Front = %.3v of %v, want 6", name, v, at)
		}
		if removed, err := q.Crowd("newest", time.Unix(11, 0), 1); removed != 4 || err != nil || q.Len() != 1 {
			t.Errorf("%s: the only one: %d removed, %v, %d left", name, removed, err, q.Len())
		}
	}
	q := openOn(t, &waltest.Disk{}, 1000)
	q.Push("a", time.Unix(0, 0))
	q.disk.(*waltest.Disk).Limit(10)
	q.checked = 0
	if removed, err := q.Crowd("b", time.Unix(0, 0), 1); !errors.Is(err, ErrDisk) || removed != 0 || q.Len() != 1 {
		t.Errorf("on a full disk %d removed, %v, %d left", removed, err, q.Len())
	}
}

func memory(t testing.TB, limit int64) Queue {
	q, err := new(Memory).Queue("x", limit)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestFull(t *testing.T) {
	for name, q := range map[string]Queue{"disk": openOn(t, &waltest.Disk{}, 1000), "memory": memory(t, 1000)} {
		large := strings.Repeat("x", 600)
		if err := q.Push(strings.Repeat(large, 3), time.Unix(0, 0)); err != nil {
			t.Errorf("%s: an empty queue refuses a large value: %v", name, err)
		}
		q.Front()
		q.Pop()
		if err := q.Push(large, time.Unix(0, 0)); err != nil {
			t.Fatalf("%s: Push = %v", name, err)
		}
		for range 2 {
			if err := q.Push(large, time.Unix(0, 0)); !errors.Is(err, ErrFull) {
				t.Errorf("%s: Push into the full = %v", name, err)
			}
			if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b"}); err != nil {
				t.Fatal(err)
			}
		}
		q.Front()
		q.Pop()
		if err := q.Push(large, time.Unix(0, 0)); err != nil {
			t.Errorf("%s: Push after a Pop = %v", name, err)
		}
		if err := q.Push(make(chan int), time.Unix(0, 0)); err == nil {
			t.Errorf("%s: Push of no value gives no error", name)
		}
	}
}

// A second Commit that says the same is the same: an answer was lost.
func TestFence(t *testing.T) {
	for name, q := range map[string]Queue{"disk": openOn(t, &waltest.Disk{}, 1000), "memory": memory(t, 1000)} {
		c, err := q.Fence(t.Context(), "a:b", 3)
		if err != nil || c.Epoch != 3 || c.State != nil || len(c.Made) > 0 {
			t.Errorf("%s: a new queue begins with %+v, %v", name, c, err)
		}
		made := map[flow.LinkID]uint64{"l": 1}
		step := flow.Checkpoint{Actor: "a:b", Epoch: 3, Version: 1, State: []byte{7}, Made: made, Out: []flow.OutToken{{Link: "l", Token: flow.Token{Seq: 1}}}}
		for range 2 {
			if err := q.Commit(t.Context(), step); err != nil {
				t.Fatal(err)
			}
		}
		made["l"] = 99 // whoever commits uses it again
		for _, epoch := range []uint64{3, 4} {
			c, err = q.Fence(t.Context(), "a:b", epoch)
			if err != nil || c.Epoch != epoch || len(c.Out) != 1 || c.Made["l"] != 1 || string(c.State) != "\x07" {
				t.Errorf("%s: Fence = %+v, %v", name, c, err)
			}
		}
		if err := q.Commit(t.Context(), step); !errors.Is(err, flow.ErrStale) {
			t.Errorf("%s: Commit of an epoch before = %v", name, err)
		}
		if _, err := q.Fence(t.Context(), "a:b", 3); !errors.Is(err, flow.ErrStale) {
			t.Errorf("%s: Fence of an epoch before = %v", name, err)
		}
	}
}

// Tokens given and not settled are part of the checkpoint, however often a step
// repeats them.
func TestMerge(t *testing.T) {
	out := func(seqs ...uint64) (list []flow.OutToken) {
		for _, n := range seqs {
			list = append(list, flow.OutToken{Link: "l", Token: flow.Token{Seq: n}})
		}
		return list
	}
	made := func(n uint64) map[flow.LinkID]uint64 { return map[flow.LinkID]uint64{"l": n} }
	c := merge(flow.Checkpoint{}, flow.Checkpoint{Made: made(2), Out: out(1, 2)})
	c = merge(c, flow.Checkpoint{Made: made(3), Settled: made(1), Out: out(3)})
	c = merge(c, flow.Checkpoint{Made: made(3), Settled: made(1), Out: out(2, 3)}) // taken over
	if !reflect.DeepEqual(c.Out, out(2, 3)) {
		t.Errorf("Out = %v, want 2 and 3", c.Out)
	}
	if c = merge(c, flow.Checkpoint{}); c.Out != nil {
		t.Errorf("Out of a link that is gone = %v", c.Out)
	}
}

// Whatever stands in the file, opening it ends, and what is read back is a value.
func FuzzSegment(f *testing.F) {
	rec, _ := appendRecord(nil, head{kind: kindWhole, count: 1, bytes: 15}, []entry{{1, []byte{5, 1, 'a'}}}, flow.Checkpoint{Actor: "a"})
	f.Add(rec, rec)
	step, _ := appendRecord(nil, head{kind: kindStep, head: 1, first: 1}, nil, flow.Checkpoint{Actor: "a"})
	f.Add(rec, step)
	f.Add([]byte{}, rec[:9])
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := &waltest.Disk{}
		write(t, d, segment{}.name(), a, b)
		q, err := openQueue(d, "x", 1000)
		if err != nil {
			return
		}
		for range min(q.Len(), 10) {
			if _, _, ok, err := q.Front(); err != nil || !ok {
				return
			}
			q.Pop()
		}
	})
}
