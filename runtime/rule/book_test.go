package rule_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

const monitor = "h1/3/icu-1/monitor"

// patience bounds each wait.
const patience = 3 * time.Minute

// A follower is a book, its chain, and what it logs.
type follower struct {
	*rule.Book
	t      *testing.T
	sim    *chaintest.Sim
	court  *rule.Court
	twist  *twist
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

// A twist is a chain that changes the states that it gives, as long as it is told to.
type twist struct {
	chain.Reader
	mu sync.Mutex // guards of
	of func(chain.State) chain.State
}

func (w *twist) State(ctx context.Context, at chain.Hash) (chain.State, error) {
	st, err := w.Reader.State(ctx, at)
	return twisted{st, w}, err
}

func (w *twist) with(f func(chain.State) chain.State) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of = f
}

type twisted struct {
	chain.State
	w *twist
}

func (t twisted) now() chain.State {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	if t.w.of == nil {
		return t.State
	}
	return t.w.of(t.State)
}

func (t twisted) Call(to chain.Address, data []byte) ([]byte, error) { return t.now().Call(to, data) }
func (t twisted) CodeHash(a chain.Address) (chain.Hash, error)       { return t.now().CodeHash(a) }
func (t twisted) Storage(a chain.Address) (chain.Hash, error)        { return t.now().Storage(a) }

// A lens is a state in which some things are otherwise.
type lens struct {
	chain.State
	call func(data, out []byte) ([]byte, error)
	code func(chain.Address, chain.Hash) chain.Hash
}

func (l lens) Call(to chain.Address, data []byte) ([]byte, error) {
	out, err := l.State.Call(to, data)
	if err == nil && l.call != nil {
		return l.call(data, out)
	}
	return out, err
}

func (l lens) CodeHash(a chain.Address) (chain.Hash, error) {
	h, err := l.State.CodeHash(a)
	if l.code != nil {
		h = l.code(a, h)
	}
	return h, err
}

// follow starts a book on the rules of the demo's ward; tune may change its
// settings and the chain before that.
func follow(t *testing.T, tune func(*rule.Config, *chaintest.Sim)) *follower {
	t.Helper()
	return followRules(t, tune, rule.Default()...)
}

func followRules(t *testing.T, tune func(*rule.Config, *chaintest.Sim), rules ...rule.Rule) *follower {
	t.Helper()
	court := rule.NewCourt(t, rules...)
	f := &follower{t: t, sim: court.Chain, court: court, twist: &twist{Reader: court.Chain}, log: &logBuffer{}, change: make(chan struct{}, 1)}
	cfg := rule.Config{Chain: f.twist, Manager: court.Manager, Log: slog.New(slog.NewTextHandler(f.log, nil)), Poll: 5 * time.Millisecond}
	if tune != nil {
		tune(&cfg, court.Chain)
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
	contract := f.Rules().Rules()[0].Parts[0].Address.Hex()
	v, err := f.judge(110)
	want := flow.Verdict{Reason: flow.TooLow, Clause: "1.1 Cel is below 25 Cel", Group: monitor,
		Rule: contract, Version: 1, Epoch: 1, Block: v.Block}
	if err != nil || v != want || v.Block == 0 {
		t.Errorf("Judge = %+v, %v\nwant %+v", v, err, want)
	}
	if v, err := f.judge(3410); err != nil || !v.OK() || v.Rule != contract {
		t.Errorf("Judge = %+v, %v", v, err)
	}
	s := f.Status(time.Now())
	if s.Accepted != 1 || s.Refused != 1 || s.Later != 0 || s.Rules != 1 || s.Epoch != 1 || s.Paused || !s.Native || s.Checked != 1 {
		t.Errorf("Status = %+v", s)
	}
}

// A change is judged by as soon as it is on the chain, and each verdict names
// the version and the epoch that it used.
func TestBookFollows(t *testing.T) {
	t.Parallel()
	f := follow(t, nil).ready()
	floor := rule.Rule{Group: "h1/3", Limits: []rule.Limit{{Kind: "8310-5", Unit: "Cel", Min: 35e6, Max: 45e6}}}
	for i, step := range []struct {
		do      func()
		reason  flow.Reason
		version uint64
	}{
		{func() { f.court.Set(floor) }, flow.TooLow, 2},
		{func() { f.court.Retire(floor) }, flow.Revoked, 3},
		{func() { f.court.Set(rule.Default()...) }, flow.Accepted, 4},
		{func() { f.court.Set(rule.Rule{Device: epc, Limits: floor.Limits}) }, flow.TooLow, 1},
	} {
		step.do()
		epoch := uint64(i + 2)
		f.until("the epoch is there", func() bool { return f.Status(time.Now()).Epoch == epoch })
		v, err := f.judge(3410)
		if err != nil || v.Reason != step.reason || v.Epoch != epoch || v.Version != step.version {
			t.Errorf("epoch %d: %+v, %v, want %v", epoch, v, err, step.reason)
		}
	}
}

// While the manager is paused readings wait; afterwards they are judged.
func TestBookWaitsWhilePaused(t *testing.T) {
	t.Parallel()
	f := follow(t, nil).ready()
	f.court.Pause()
	f.until("the pause is seen", func() bool { return f.Status(time.Now()).Paused })
	_, err := f.judge(110)
	f.refuses("the rule manager is paused", err)
	if s := f.Status(time.Now()); s.Why == "" || s.Refused != 0 || s.Later != 1 {
		t.Errorf("Status = %+v", s)
	}
	f.court.Unpause()
	f.ready()
	if v, err := f.judge(110); err != nil || v.Reason != flow.TooLow || v.Epoch != 3 {
		t.Errorf("Judge = %+v, %v", v, err)
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
		f.court.Pause()
		f.until("the pause is seen", func() bool { return f.Status(time.Now()).Paused })
		f.sim.TwistHead(func(h chain.Head) chain.Head { return chain.Head{Number: h.Number + 1, Hash: old.Hash, Time: h.Time} })
		f.until("it stops", func() bool {
			return strings.Contains(f.Status(time.Now()).Why, "epoch of the rules went back from 2 to 1")
		})
		_, err := f.judge(3410)
		f.refuses("epoch", err)
		f.sim.TwistHead(nil)
		f.court.Unpause()
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

// says is a state in which the manager's check gives a reason.
func says(reason flow.Reason) func(chain.State) chain.State {
	return func(st chain.State) chain.State {
		return lens{State: st, call: func(data, out []byte) ([]byte, error) {
			if isCheck(data) {
				out = bytes.Clone(out)
				out[31] = byte(reason)
			}
			return out, nil
		}}
	}
}

// If native judging and contract differ, the contract's verdict is given, an
// alarm raised, and the contract judges from then on.
func TestBookDisagreement(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		value  int64
		says   flow.Reason
		clause string
	}{
		{"on a refusal", 110, flow.Accepted, "every contract of the rule accepts it"},
		{"on one of the accepted", 3410, flow.TooHigh, "too high"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var alarms []rule.Disagreement
			f := follow(t, func(cfg *rule.Config, _ *chaintest.Sim) {
				cfg.Sample = 1
				cfg.Alarm = func(d *rule.Disagreement) { alarms = append(alarms, *d) }
			}).ready()
			f.twist.with(says(tt.says))
			for range 3 {
				if v, err := f.judge(tt.value); err != nil || v.Reason != tt.says || !strings.HasSuffix(v.Clause, tt.clause) || v.Version != 1 || v.Epoch != 1 || v.Block == 0 {
					t.Errorf("Judge = %+v, %v, want the contract's word", v, err)
				}
			}
			if s := f.Status(time.Now()); s.Disagreed != 1 || s.Native || len(alarms) != 1 {
				t.Errorf("%d alarms, Status = %+v", len(alarms), s)
			}
			if log := f.log.String(); !strings.Contains(log, "level=ERROR") || strings.Contains(log, "34.1") || strings.Contains(alarms[0].String(), "34.1") {
				t.Errorf("want an error in the log, and no patient's value:\n%s", log)
			}
			f.twist.with(broken)
			_, err := f.judge(3410)
			f.refuses("disk gone", err)
		})
	}
}

// broken is a state that can't be read.
func broken(st chain.State) chain.State {
	return lens{State: st, call: func([]byte, []byte) ([]byte, error) { return nil, errors.New("disk gone") }}
}

// No refusal is given that the contract was not asked about: while it can't be,
// the reading waits, and what is accepted goes on.
func TestBookChecksRefusals(t *testing.T) {
	t.Parallel()
	f := follow(t, func(cfg *rule.Config, _ *chaintest.Sim) { cfg.Sample = 1 }).ready()
	f.twist.with(broken)
	_, err := f.judge(110)
	f.refuses("a refusal can't be checked by the contract", err)
	if v, err := f.judge(3410); err != nil || !v.OK() {
		t.Errorf("what is accepted need not wait: %+v, %v", v, err)
	}
	if s := f.Status(time.Now()); s.Refused != 0 || s.Accepted != 1 || s.Unchecked != 2 || !s.Native {
		t.Errorf("Status = %+v", s)
	}
	f.twist.with(nil)
	if v, err := f.judge(110); err != nil || v.Reason != flow.TooLow {
		t.Errorf("with the contract again: %+v, %v", v, err)
	}
}

// Rules of code are judged by their contracts, in the same breath, and by
// what the judge has accepted before.
func TestBookJudgesByCode(t *testing.T) {
	t.Parallel()
	r := rule.Default()[0]
	r.Slopes = []rule.Slope{{Kind: "8310-5", Unit: "Cel", Step: 1e6, In: time.Minute, Past: 2}}
	r.Agreements = []rule.Agreement{{Kind: "8310-5", With: "8309-7", Unit: "Cel", Least: -500_000, Most: 500_000, Within: time.Minute}}
	r.Mode = flow.Confirmed
	f := followRules(t, nil, r).ready()
	parts := f.Rules().Rules()[0].Parts
	if past, beside := f.Remember("8310-5"); past != 2 || strings.Join(beside, " ") != "8309-7 8310-5" {
		t.Errorf("Remember = %d, %v", past, beside)
	}
	reading, now := fresh(3410)
	ago := func(d time.Duration, hundredths int64) flow.Past {
		at := now.Add(-d)
		return flow.Past{At: at, End: at, Low: hundredths * 10_000, High: hundredths * 10_000}
	}
	for _, tt := range []struct {
		change func(*flow.Case)
		reason flow.Reason
		by     int // which part
		clause string
	}{
		{func(c *flow.Case) {}, flow.Accepted, 2, "within 25 to 45 Cel"},
		{func(c *flow.Case) { c.Before = []flow.Past{ago(time.Minute, 3310)} }, flow.Accepted, 2, "within 25 to 45 Cel"},
		{func(c *flow.Case) { c.Before = []flow.Past{ago(30*time.Second, 3210)} }, flow.TooSteep, 1, "34.1 Cel after 32.1 Cel of 30s before is more than 1 Cel in 1m0s"},
		{func(c *flow.Case) {
			c.Beside = []flow.Beside{{Kind: "8309-7", Unit: "Cel", Past: ago(20*time.Second, 3500)}}
		}, flow.Disagrees, 2,
			"34.1 Cel of 8310-5 beside 35 Cel of 8309-7 20s before: 8310-5 less 8309-7 is to be from -0.5 to 0.5 Cel"},
		{func(c *flow.Case) { c.Reading.Samples = []int64{110} }, flow.TooLow, 0, "1.1 Cel is below 25 Cel"},
	} {
		one := *reading
		c := caseOf(monitor, &one, now)
		tt.change(c)
		v, err := f.Judge(c)
		if err != nil || v.Reason != tt.reason || v.Clause != tt.clause || v.Rule != parts[tt.by].Address.Hex() || v.Version != 1 || v.Mode != flow.Confirmed || v.Block == 0 {
			t.Errorf("Judge = %+v, %v\nwant %v of part %d: %s", v, err, tt.reason, tt.by, tt.clause)
		}
	}
	f.twist.with(broken)
	_, err := f.Judge(caseOf(monitor, reading, now))
	f.refuses("disk gone", err)
}

// A rule contract whose code is no longer what was registered refuses all, and
// is seen at the next block.
func TestBookSeesChangedCode(t *testing.T) {
	t.Parallel()
	f := follow(t, nil).ready()
	contract := f.Rules().Rules()[0].Parts[0].Address
	var gone atomic.Bool
	f.twist.with(func(st chain.State) chain.State {
		return lens{State: st,
			code: func(a chain.Address, h chain.Hash) chain.Hash {
				if a == contract && gone.Load() {
					return chain.Hash{}
				}
				return h
			},
			call: func(data, out []byte) ([]byte, error) {
				if isCheck(data) && gone.Load() {
					out = bytes.Clone(out)
					out[31] = byte(flow.BadRule)
				}
				return out, nil
			}}
	})
	if v, err := f.judge(3410); err != nil || !v.OK() {
		t.Fatalf("Judge = %+v, %v", v, err)
	}
	gone.Store(true)
	f.sim.Commit()
	var v flow.Verdict
	f.until("it is refused", func() bool { v, _ = f.judge(3410); return v.Reason == flow.BadRule })
	if v.Clause != "rule contract "+contract.Hex()+" has no code any more" {
		t.Errorf("Judge = %+v", v)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	a := rule.NewCourt(t, rule.Default()...)
	sim := a.Chain
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
	court := rule.NewCourt(t, rule.Default()...)
	b, err := rule.Start(rule.Config{Chain: court.Chain, Manager: court.Manager, Log: slog.New(slog.DiscardHandler), Poll: time.Hour, Sample: 1 << 40})
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
	court := rule.NewCourt(b, rule.Default()...)
	book, err := rule.Start(rule.Config{Chain: court.Chain, Manager: court.Manager, Log: slog.New(slog.DiscardHandler)})
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
	defer rule.CPU(b)()
	for b.Loop() {
		if _, err := book.Judge(caseOf(monitor, r, now)); err != nil {
			b.Fatal(err)
		}
	}
}
