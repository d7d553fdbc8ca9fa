package rule_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

const monitor = "h1/3/icu-1/monitor"

// patience bounds each wait.
const patience = 20 * time.Second

// A follower is a book, its chain, and what it logs.
type follower struct {
	*rule.Book
	t      *testing.T
	sim    *chaintest.Sim
	admin  *rule.Admin
	log    *logBuffer
	change chan struct{} // one slot
}

type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// follow starts a book on the ward's rules; tune may change its settings and
// the chain before that.
func follow(t *testing.T, tune func(*rule.Config, *chaintest.Sim)) *follower {
	t.Helper()
	sim, admin := manager(t)
	f := &follower{t: t, sim: sim, admin: admin, log: &logBuffer{}, change: make(chan struct{}, 1)}
	cfg := rule.Config{Chain: sim, Manager: admin.Manager, Log: slog.New(slog.NewTextHandler(f.log, nil)), Poll: 5 * time.Millisecond}
	if tune != nil {
		tune(&cfg, sim)
	}
	b, err := rule.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.Book = b
	cancel := b.Notify(func() {
		select {
		case f.change <- struct{}{}:
		default:
		}
	})
	t.Cleanup(func() {
		cancel()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// until waits for what must become true soon.
func (f *follower) until(what string, is func() bool) {
	f.t.Helper()
	deadline := time.After(patience)
	for !is() {
		select {
		case <-f.change:
		case <-time.After(time.Millisecond): // not all of it is announced
		case <-deadline:
			f.t.Fatalf("waited in vain until %s; status %+v\n%s", what, f.Status(time.Now()), f.log)
		}
	}
}

// ready waits until the book judges.
func (f *follower) ready() *follower {
	f.t.Helper()
	f.until("it judges", func() bool { return f.Status(time.Now()).Why == "" })
	return f
}

func caseOf(group string, r *flow.Reading, now time.Time) *flow.Case {
	return &flow.Case{Reading: r, Group: group, Now: now}
}

// fresh is a temperature taken now.
func fresh(hundredths int64) (*flow.Reading, time.Time) {
	now := time.Now()
	r := temperature(hundredths)
	r.At = now
	return r, now
}

func (f *follower) judge(hundredths int64) (flow.Verdict, error) {
	r, now := fresh(hundredths)
	return f.Judge(caseOf(monitor, r, now))
}

func (f *follower) refuses(want string, err error) {
	f.t.Helper()
	if !errors.Is(err, flow.ErrLater) || !strings.Contains(err.Error(), want) {
		f.t.Errorf("judging: %v, want flow.ErrLater with %q in it", err, want)
	}
}

func TestBook(t *testing.T) {
	t.Parallel()
	f := follow(t, nil).ready()
	v, err := f.judge(110)
	want := flow.Verdict{Reason: flow.TooLow, Clause: "1.1 Cel is below 25 Cel", Group: monitor,
		Rule: f.admin.Manager.Hex(), Version: 1, Epoch: 1, Block: v.Block}
	if err != nil || v != want || v.Block == 0 {
		t.Errorf("Judge = %+v, %v\nwant %+v", v, err, want)
	}
	if v, err := f.judge(3410); err != nil || !v.OK() {
		t.Errorf("Judge = %+v, %v", v, err)
	}
	f.until("the contract has agreed", func() bool { return f.Status(time.Now()).Checked == 1 })
	s := f.Status(time.Now())
	if s.Accepted != 1 || s.Refused != 1 || s.Later != 0 || s.Rules != 1 || s.Epoch != 1 || s.Paused || !s.Native {
		t.Errorf("Status = %+v", s)
	}
	if set := f.Rules(); len(set.Rules()) != 1 {
		t.Errorf("Rules() = %+v", set)
	}
}

// A change is judged by as soon as it is on the chain, and each verdict names
// the version and the epoch that it used.
func TestBookFollows(t *testing.T) {
	t.Parallel()
	f := follow(t, nil).ready()
	ctx := t.Context()
	limit := rule.Limit{Kind: "8310-5", Unit: "Cel", Min: 35e6, Max: 45e6}
	for i, step := range []struct {
		do     func() (chain.Receipt, error)
		reason flow.Reason
	}{
		{func() (chain.Receipt, error) { return f.admin.SetLimit(ctx, "h1/3", limit) }, flow.TooLow},
		{func() (chain.Receipt, error) { return f.admin.Pause(ctx) }, flow.Paused},
		{func() (chain.Receipt, error) { return f.admin.Unpause(ctx) }, flow.TooLow},
		{func() (chain.Receipt, error) { return f.admin.Revoke(ctx, "h1/3") }, flow.Revoked},
		{func() (chain.Receipt, error) { return f.admin.Set(ctx, rule.Default()...) }, flow.Accepted},
	} {
		if _, err := step.do(); err != nil {
			t.Fatal(err)
		}
		epoch := uint64(i + 2)
		f.until("the epoch is there", func() bool { return f.Status(time.Now()).Epoch == epoch })
		v, err := f.judge(3410)
		if err != nil || v.Reason != step.reason || v.Epoch != epoch {
			t.Errorf("epoch %d: %+v, %v, want %v", epoch, v, err, step.reason)
		}
	}
}

// What the book can't know, it does not judge by.
func TestBookFailsClosed(t *testing.T) {
	t.Parallel()
	t.Run("before the first look", func(t *testing.T) {
		t.Parallel()
		f := follow(t, func(_ *rule.Config, sim *chaintest.Sim) { sim.Fail(errors.New("cable cut")) })
		_, err := f.judge(3410)
		f.refuses("", err)
		f.until("the reason is known", func() bool { return strings.Contains(f.Status(time.Now()).Why, "cable cut") })
		f.sim.Fail(nil)
		f.ready()
	})
	t.Run("the newest block is old", func(t *testing.T) {
		t.Parallel()
		f := follow(t, nil).ready()
		r, now := fresh(3410)
		_, err := f.Judge(caseOf(monitor, r, now.Add(32*time.Second)))
		f.refuses("more than 30s", err)
		if s := f.Status(now.Add(32 * time.Second)); s.Why == "" || s.Later != 1 {
			t.Errorf("Status = %+v", s)
		}
	})
	t.Run("the chain is out of reach", func(t *testing.T) {
		t.Parallel()
		f := follow(t, nil).ready()
		f.sim.Fail(errors.New("cable cut"))
		f.until("it is logged", func() bool { return strings.Contains(f.log.String(), "cable cut") })
		if _, err := f.judge(3410); err != nil {
			t.Errorf("while the last block is fresh: %v", err)
		}
		r, now := fresh(3410)
		_, err := f.Judge(caseOf(monitor, r, now.Add(time.Minute)))
		f.refuses("more than 30s", err)
	})
	t.Run("our clock is behind", func(t *testing.T) {
		t.Parallel()
		f := follow(t, nil).ready()
		r, now := fresh(3410)
		_, err := f.Judge(caseOf(monitor, r, now.Add(-5*time.Second)))
		f.refuses("behind the chain's", err)
	})
	t.Run("the epoch goes back", func(t *testing.T) {
		t.Parallel()
		f := follow(t, nil).ready()
		old := f.head()
		if _, err := f.admin.Pause(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.until("the pause is seen", func() bool { return f.Status(time.Now()).Paused })
		f.sim.TwistHead(func(h chain.Head) chain.Head { return chain.Head{Number: h.Number + 1, Hash: old.Hash, Time: h.Time} })
		f.until("it stops", func() bool {
			return strings.Contains(f.Status(time.Now()).Why, "epoch of the rules went back from 2 to 1")
		})
		_, err := f.judge(3410)
		f.refuses("epoch", err)
		f.sim.TwistHead(nil)
		f.ready()
	})
	t.Run("the chain goes back", func(t *testing.T) {
		t.Parallel()
		f := follow(t, nil).ready()
		old := f.head()
		f.sim.Commit()
		f.until("the block is seen", func() bool { return f.Status(time.Now()).Block > old.Number })
		f.sim.TwistHead(func(chain.Head) chain.Head { return old })
		f.until("it stops", func() bool { return strings.Contains(f.Status(time.Now()).Why, "the chain went back") })
		f.sim.TwistHead(nil)
		f.ready()
	})
	t.Run("there is no manager", func(t *testing.T) {
		t.Parallel()
		f := follow(t, func(cfg *rule.Config, _ *chaintest.Sim) { cfg.Manager = chain.Address{1} })
		f.until("the reason is known", func() bool {
			return strings.Contains(f.Status(time.Now()).Why, "no contract at the address: is it another chain?")
		})
	})
}

func (f *follower) head() chain.Head {
	f.t.Helper()
	h, err := f.sim.Head(context.Background())
	if err != nil {
		f.t.Fatal(err)
	}
	return h
}

// isCheck tells a call of check from the others: it is by far the longest.
func isCheck(data []byte) bool { return len(data) > 300 }

// If native judging and contract differ, the contract judges from then on.
func TestBookDisagreement(t *testing.T) {
	t.Parallel()
	f := follow(t, func(cfg *rule.Config, _ *chaintest.Sim) { cfg.Sample = 1 }).ready()
	f.sim.TwistCall(func(data, out []byte) []byte {
		if isCheck(data) {
			out = bytes.Clone(out)
			out[31] = byte(flow.TooHigh)
		}
		return out
	})
	if v, err := f.judge(3410); err != nil || !v.OK() {
		t.Fatalf("Judge = %+v, %v", v, err)
	}
	f.until("native judging has stopped", func() bool { return !f.Status(time.Now()).Native })
	v, err := f.judge(3410)
	if err != nil || v.Reason != flow.TooHigh || v.Clause != "the contract itself says: too high" || v.Version != 1 || v.Epoch != 1 {
		t.Errorf("Judge = %+v, %v, want the contract's word", v, err)
	}
	if s := f.Status(time.Now()); s.Disagreed != 1 {
		t.Errorf("Status = %+v", s)
	}
	if log := f.log.String(); !strings.Contains(log, "level=ERROR") || strings.Contains(log, "34.1") {
		t.Errorf("want an error in the log, and no patient's value:\n%s", log)
	}
	f.sim.Fail(errors.New("cable cut"))
	_, err = f.judge(3410)
	f.refuses("cable cut", err)
}

// No refusal goes unchecked: while the contract can't be asked they are kept,
// and with no room left the next one has to wait.
func TestBookKeepsRefusals(t *testing.T) {
	t.Parallel()
	f := follow(t, nil).ready()
	f.sim.Fail(errors.New("cable cut"))
	given := uint64(0)
	var err error
	for err == nil {
		if _, err = f.judge(110); err == nil {
			given++
		}
		if given > 100_000 {
			t.Fatal("there is always room")
		}
	}
	f.refuses("too many refusals wait", err)
	if _, err := f.judge(3410); err != nil {
		t.Errorf("what is accepted need not wait: %v", err)
	}
	f.sim.Fail(nil)
	f.until("all are checked", func() bool { return f.Status(time.Now()).Checked == given })
	if _, err := f.judge(110); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	sim, a := manager(t)
	log := slog.New(slog.DiscardHandler)
	for _, tt := range []struct {
		want string
		cfg  rule.Config
	}{
		{"no chain", rule.Config{Manager: a.Manager, Log: log}},
		{"no address", rule.Config{Chain: sim, Log: log}},
		{"no logger", rule.Config{Chain: sim, Manager: a.Manager}},
		{"at most 5m", rule.Config{Chain: sim, Manager: a.Manager, Log: log, MaxStale: time.Hour}},
		{"no negative", rule.Config{Chain: sim, Manager: a.Manager, Log: log, Poll: -1}},
	} {
		if _, err := rule.Start(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Start = %v, want %q in it", err, tt.want)
		}
	}
}

func TestJudgeAllocates(t *testing.T) {
	sim, admin := manager(t)
	b, err := rule.Start(rule.Config{Chain: sim, Manager: admin.Manager, Log: slog.New(slog.DiscardHandler), Poll: time.Hour, Sample: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	f := &follower{Book: b, t: t, log: &logBuffer{}}
	f.ready()
	r, now := fresh(3410)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := b.Judge(caseOf(monitor, r, now)); err != nil {
			t.Fatal(err)
		}
	}); n >= 1 {
		t.Errorf("%v allocations a verdict", n)
	}
}

func BenchmarkJudge(b *testing.B) {
	sim, admin := manager(b)
	book, err := rule.Start(rule.Config{Chain: sim, Manager: admin.Manager, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	r, now := fresh(3410)
	for _, err = book.Judge(caseOf(monitor, r, now)); err != nil; _, err = book.Judge(caseOf(monitor, r, now)) {
		if time.Since(now) > patience {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Judge(caseOf(monitor, r, now)); err != nil {
			b.Fatal(err)
		}
	}
}
