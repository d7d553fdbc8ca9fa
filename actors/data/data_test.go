package data_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/data"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/device/spool"
	"github.com/wardflow/wardflow/runtime/flow"
)

func mock(t *testing.T, name string) *device.Mock {
	t.Helper()
	c, ok := device.Find(name)
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	return device.NewMock(c)
}

func TestSource(t *testing.T) {
	record := func(tag string) flow.Value { return map[string]any{"tag": tag, "value": 1.5} }
	for _, tt := range []struct {
		tags flow.Value
		want []flow.Value
	}{
		{nil, []flow.Value{record("a"), record("b"), record("c"), "no record"}},
		{"b", []flow.Value{record("b")}},
		{[]any{"a", "c"}, []flow.Value{record("a"), record("c")}},
		{[]any{}, nil},
	} {
		m := mock(t, "data.source")
		b := actortest.Start(t, actortest.NewEnv().Offer("data.source", m), data.Source(), map[string]flow.Value{"tags": tt.tags})
		for _, v := range []flow.Value{record("a"), record("b"), record("c"), "no record"} {
			if err := m.Set(v); err != nil {
				t.Fatal(err)
			}
		}
		b.Restart()
		b.Run()
		if got := b.Take("parameter"); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("tags %v give %v, want %v", tt.tags, got, tt.want)
		}
	}
	for _, bad := range []flow.Value{int64(1), []any{int64(1)}} {
		if _, err := actortest.New(data.Source(), map[string]flow.Value{"tags": bad}); err == nil || !strings.Contains(err.Error(), "tags") {
			t.Errorf("tags %v: %v, want an error", bad, err)
		}
	}
}

func TestSink(t *testing.T) {
	m := mock(t, "data.sink")
	b := actortest.Start(t, actortest.NewEnv().Offer("data.sink", m), data.Sink(), nil)
	m.Break(errors.New("the database is down"))
	b.Feed("data", []any{map[string]any{"a": int64(1)}})
	if err := b.TryRun(); err == nil || b.Left("data") != 1 {
		t.Errorf("TryRun = %v, %d tokens left", err, b.Left("data"))
	}
	m.Break(nil)
	b.Run()
	if got := m.Written(); len(got) != 1 {
		t.Errorf("writes %v", got)
	}
}

func args(chunk int64) map[string]flow.Value {
	return map[string]flow.Value{"buffer_id": "readings", "chunk_size": chunk, "interval": int64(10)}
}

func TestBufferPassesOn(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv().Offer("buffer.persistent", &spool.Memory{}), data.PersistentBuffer(), args(5))
	b.Feed("item", int64(1), int64(2), int64(3))
	b.Run()
	if got := b.Take("current"); !reflect.DeepEqual(got, []flow.Value{[]any{int64(1), int64(2), int64(3)}}) {
		t.Errorf("gives %v, want one list", got)
	}
	if got := b.Take("buffered"); got != nil {
		t.Errorf("gives %v on buffered, want nothing", got)
	}
}

// While the way is broken items wait on disk, over restarts of the node; then
// each comes once, what waited in its order.
func TestBufferKeeps(t *testing.T) {
	dir := t.TempDir()
	open := func(limit int64) *spool.Spools {
		s, err := spool.Open(dir, limit)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open(0)
	env := actortest.NewEnv().Offer("buffer.persistent", s)
	b := actortest.Start(t, env, data.PersistentBuffer(), args(3))
	b.Room = 1 // what takes the lists takes one, and then no more
	for i := range 50 {
		b.Feed("item", int64(i))
		b.Run()
		if i%20 == 19 {
			s.Close()
			s = open(0)
			env.Offer("buffer.persistent", s)
			b.Restart()
		}
	}
	if left := b.Left("item"); left != 0 {
		t.Errorf("%d items were not taken", left)
	}
	b.Room = 100
	b.Run()
	seen := map[flow.Value]int{}
	last := int64(-1)
	lists := b.Take("buffered")
	for _, list := range lists {
		for _, v := range list.([]any) {
			seen[v]++
			if v.(int64) <= last {
				t.Errorf("%v came after %d", v, last)
			}
			last = v.(int64)
		}
	}
	if len(lists) < 5 {
		t.Errorf("only %d lists were on disk", len(lists))
	}
	for _, list := range b.Take("current") {
		for _, v := range list.([]any) {
			seen[v]++
		}
	}
	for i := range int64(50) {
		if seen[i] != 1 {
			t.Errorf("item %d came %d times", i, seen[i])
		}
	}
	s.Close()
}

// A full buffer takes nothing more, and goes on when there is room.
func TestBufferFull(t *testing.T) {
	s, err := spool.Open(t.TempDir(), 3000)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	env := actortest.NewEnv().Offer("buffer.persistent", s)
	b := actortest.Start(t, env, data.PersistentBuffer(), args(1))
	b.Room = 1
	for range 30 {
		b.Feed("item", strings.Repeat("x", 400))
	}
	b.Run()
	left := b.Left("item")
	if left < 15 {
		t.Fatalf("3000 bytes hold %d items of 400", 30-left)
	}
	if got := strings.Join(env.Logged(), "\n"); !strings.Contains(got, "buffer is full") {
		t.Errorf("logs %q, want a line that it is full", got)
	}
	total := 0
	for range 40 {
		for _, port := range []string{"current", "buffered"} {
			for _, list := range b.Take(port) {
				total += len(list.([]any))
			}
		}
		b.Run()
	}
	if total != 30 || b.Left("item") != 0 {
		t.Errorf("%d of 30 items came, %d were not taken", total, b.Left("item"))
	}
}

func TestBufferLogs(t *testing.T) {
	env := actortest.NewEnv().Offer("buffer.persistent", &spool.Memory{})
	b := actortest.Start(t, env, data.PersistentBuffer(), args(5))
	b.Feed("item", int64(1))
	b.Advance(time.Minute)
	if got := env.Logged(); len(got) != 1 || !strings.Contains(got[0], "received=1 sent=1 waiting=0") {
		t.Errorf("logs %q in a minute, want one line: nothing else has changed", got)
	}
	b.Feed("item", strings.Repeat("x", 300<<10))
	if err := b.TryRun(); !errors.Is(err, flow.ErrUnfit) {
		t.Errorf("TryRun of a large item = %v, want ErrUnfit", err)
	}
	for _, bad := range []int64{0, 10_001} {
		if _, err := actortest.New(data.PersistentBuffer(), args(bad)); err == nil {
			t.Errorf("chunk_size %d gives no error", bad)
		}
	}
}
