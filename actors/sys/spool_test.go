package sys_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/sys"
	"github.com/wardflow/wardflow/runtime/device/spool"
	"github.com/wardflow/wardflow/runtime/flow"
)

func bench(t *testing.T, k any, args map[string]flow.Value) (*actortest.Bench, *actortest.Env) {
	t.Helper()
	env := actortest.NewEnv().Offer("buffer.persistent", k)
	return actortest.Start(t, env, sys.Spool(), args), env
}

func numbers(from, upto int64) (list []flow.Value) {
	for n := from; n < upto; n++ {
		list = append(list, n)
	}
	return list
}

func feed(b *actortest.Bench, vs []flow.Value) {
	for _, v := range vs {
		b.Feed("token", v)
	}
}

func report(t *testing.T, b *actortest.Bench) map[string]any {
	t.Helper()
	v, err := b.Actor().(flow.Reporter).Report(nil)
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]any)
}

func TestSpoolPassesThrough(t *testing.T) {
	b, _ := bench(t, &spool.Memory{}, nil)
	feed(b, []flow.Value{int64(1), flow.EOS, "x", flow.Exceptional("odd")})
	b.Run()
	if got := b.Take("token"); !reflect.DeepEqual(got, []flow.Value{int64(1), flow.EOS, "x", flow.Exceptional("odd")}) {
		t.Errorf("gives %v", got)
	}
	if got := report(t, b); got["tokens"] != int64(0) || got["passed"] != int64(4) || got["maxBytes"] != int64(sys.DefaultBytes) {
		t.Errorf("report %v", got)
	}
}

// What can't be passed on waits on the disk, over restarts of the node, and
// follows in order, each once.
func TestSpoolKeeps(t *testing.T) {
	dir := t.TempDir()
	var s *spool.Spools
	open := func() *spool.Spools {
		if s != nil {
			s.Close()
		}
		var err error
		if s, err = spool.Open(dir, 0); err != nil {
			t.Fatal(err)
		}
		return s
	}
	b, env := bench(t, open(), nil)
	defer func() { s.Close() }()
	b.Room = 1 // what takes them takes one, and then no more
	for from := int64(0); from < 200; from += 50 {
		feed(b, numbers(from, from+50))
		b.Run()
		env.Offer("buffer.persistent", open())
		b.Restart()
		b.Advance(10 * time.Second)
	}
	if left := b.Left("token"); left != 0 {
		t.Errorf("%d tokens were not taken", left)
	}
	got := report(t, b)
	if got["tokens"] != int64(199) || got["received"] != int64(200) || got["oldest"].(float64) < 40 {
		t.Errorf("report %v", got)
	}
	if h := b.Actor().(flow.Holder).Holds(); !strings.Contains(h, "199") {
		t.Errorf("Holds = %q", h)
	}
	b.Room = 1000
	b.Run()
	if got := b.Take("token"); !reflect.DeepEqual(got, numbers(0, 200)) {
		t.Errorf("gives %v, want 0 to 199", got)
	}
	if h := b.Actor().(flow.Holder).Holds(); h != "" {
		t.Errorf("an empty one holds %q", h)
	}
}

func TestSpoolOverflows(t *testing.T) {
	const all = 20
	for _, tt := range []struct {
		name    string
		args    map[string]flow.Value
		left    int // tokens that were not taken
		want    []flow.Value
		dropped int64
	}{
		{"block by length", map[string]flow.Value{"length": int64(5)}, all - 6, numbers(0, 6), 0},
		{"block by bytes", map[string]flow.Value{"bytes": int64(70)}, all - 6, numbers(0, 6), 0},
		{"drop by length", map[string]flow.Value{"length": int64(5), "overflow": "drop_oldest"}, 0, append(numbers(0, 1), numbers(15, 20)...), 14},
		{"drop by bytes", map[string]flow.Value{"bytes": int64(70), "overflow": "drop_oldest"}, 0, append(numbers(0, 1), numbers(15, 20)...), 14},
		{"the latest", map[string]flow.Value{"overflow": "latest_only"}, 0, []flow.Value{int64(0), int64(19)}, 18},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := bench(t, &spool.Memory{}, tt.args)
			b.Room = 1
			feed(b, numbers(0, all))
			if err := b.TryRun(); err != nil && !errors.Is(err, flow.ErrLater) {
				t.Fatal(err)
			}
			if n := b.Left("token"); n != tt.left {
				t.Errorf("%d tokens were not taken, want %d", n, tt.left)
			}
			if got := report(t, b); got["dropped"] != tt.dropped {
				t.Errorf("report %v, want %d dropped", got, tt.dropped)
			}
			b.Restart()
			b.Room = 100
			want := tt.want
			if tt.left > 0 {
				want = numbers(0, all)
			}
			b.Run()
			if got := b.Take("token"); !reflect.DeepEqual(got, want) {
				t.Errorf("gives %v, want %v", got, want)
			}
		})
	}
}

// The log hears of what lasts, once.
func TestSpoolLogs(t *testing.T) {
	b, env := bench(t, &spool.Memory{}, map[string]flow.Value{"length": int64(20), "overflow": "drop_oldest"})
	b.Room = 0
	for n := range int64(60) {
		b.Feed("token", n)
		b.Advance(time.Second)
	}
	b.Room = 100
	b.Run()
	got := strings.Join(env.Logged(), "\n")
	for _, want := range []string{"began to keep tokens", "drops its oldest", "caught up"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("the log says %q %d times, want once:\n%s", want, strings.Count(got, want), got)
		}
	}
}

func TestSpoolRefuses(t *testing.T) {
	for name, bad := range map[string]flow.Value{"bytes": int64(0), "length": int64(-1), "overflow": "spill", "as": int64(1)} {
		if _, err := sys.Spool().New(map[string]flow.Value{name: bad}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%v: %v, want an error that names it", name, bad, err)
		}
	}
	if _, err := sys.Spool().New(nil); err != nil {
		t.Errorf("without arguments: %v", err)
	}
}
