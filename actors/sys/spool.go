package sys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/spool"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What a full spool does with the next token.
const (
	block      = "block"       // leaves it on its link, whose sender stops when that is full
	dropOldest = "drop_oldest" // throws away the oldest that waits
	latestOnly = "latest_only" // throws away all that wait, full or not
)

// DefaultBytes is a spool's bound on disk where the script names none: 48 hours
// of one patient's signed vital signs, or of an ECG.
const DefaultBytes = 1 << 30

// Spool is sys.Spool: the queue of a link that may spill to disk. A script says
// queue="disk" at a port, and the system puts one on the link, beside its
// sender.
//
// A token passes through at once while the link beyond takes it. When that does
// not, it goes to the disk, and follows in order when it can. The spool commits
// its checkpoint together with its queue: a token that was settled to its sender
// is on this node's disk, once, and neither a crash nor days without a network
// lose or repeat it. It needs no voter of the register for that.
//
// It speaks with the certificate that its sender speaks with, so whoever takes
// from it sees the sender.
func Spool() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sys.Spool", Fault: flow.FaultRetry, Keeps: true,
			Doc: "Keep the tokens of a link on disk while they can't be passed on",
			Args: []flow.ArgSpec{
				{Name: "bytes", Doc: "how many bytes may wait on disk", Kind: "integer", Default: int64(DefaultBytes)},
				{Name: "length", Doc: "how many tokens may wait; 0: only bytes count", Kind: "integer", Default: int64(0)},
				{Name: "overflow", Doc: `what happens to the next token: "block", "drop_oldest" or "latest_only"`, Kind: "string", Default: block},
				{Name: "as", Doc: "name of the certificate it speaks with: its sender's; empty: its node's", Kind: "string", Default: ""}},
			In:       []flow.Port{{Name: "token", Doc: "what is to be passed on"}},
			Out:      []flow.Port{{Name: "token", Doc: "the same, in the same order"}},
			Requires: []string{"buffer.persistent"},
			Identity: "as",
			State:    1},
		New: newSpool,
	}
}

// keeper is where queues are kept.
type keeper interface {
	Queue(name string, limit int64) (spool.Queue, error)
}

type spooler struct {
	most     int64 // bytes
	length   int64 // tokens; 0: no bound
	overflow string

	env     flow.Env
	queue   spool.Queue
	full    bool // there was no room, and nothing has left since
	episode episode

	// State.
	received, passed, dropped int64 // tokens, ever
}

func newSpool(args map[string]flow.Value) (flow.Actor, error) {
	full := map[string]flow.Value{}
	for _, a := range Spool().Spec.Args {
		full[a.Name] = a.Default
	}
	for name, v := range args {
		full[name] = v
	}
	a := value.Args{Of: full}
	s := &spooler{most: a.Int("bytes"), length: a.Int("length"), overflow: a.Text("overflow")}
	a.Text("as")
	switch {
	case a.Err() != nil:
	case s.most < 1:
		a.Refuse("bytes", "want 1 or more, not %d", s.most)
	case s.length < 0:
		a.Refuse("length", "want 0 or more, not %d", s.length)
	case s.overflow != block && s.overflow != dropOldest && s.overflow != latestOnly:
		a.Refuse("overflow", "want %q, %q or %q, not %q", block, dropOldest, latestOnly, s.overflow)
	}
	return s, a.Err()
}

// Start opens the queue.
func (s *spooler) Start(env flow.Env) error {
	k, err := devices.Need[keeper](env, "buffer.persistent")
	if err != nil {
		return err
	}
	s.env = env
	s.queue, err = k.Queue(spool.NameOf(env.ID()), s.most)
	return err
}

// Actions are to pass on what waits, to pass straight through while nothing
// does, and to keep.
func (s *spooler) Actions() []flow.Action {
	token := []string{"token"}
	return []flow.Action{
		{Out: token, Guard: func() bool { return s.queue.Len() > 0 }, Fire: s.pass},
		{In: token, Out: token, Exceptions: true, Guard: func() bool { return s.queue.Len() == 0 }, Fire: s.straight},
		{In: token, Exceptions: true, Guard: func() bool { return !s.full }, Fire: s.keep},
	}
}

func (s *spooler) pass(f *flow.Firing) error {
	v, _, ok, err := s.queue.Front()
	if err != nil || !ok {
		return err
	}
	f.Give(0, v)
	s.queue.Pop()
	s.full = false
	s.passed++
	s.episode.passed(s, f.Now)
	return nil
}

func (s *spooler) straight(f *flow.Firing) error {
	f.Give(0, f.In[0].Value)
	s.received++
	s.passed++
	return nil
}

// keep lays a token on disk. When there is no room it does as it was told.
func (s *spooler) keep(f *flow.Firing) error {
	drop, err := s.push(f)
	if errors.Is(err, spool.ErrDisk) || errors.Is(err, spool.ErrFull) {
		s.full = true
		return fmt.Errorf("%w, and nothing more is taken: %w", err, flow.ErrLater)
	}
	if err != nil {
		return err
	}
	s.received++
	s.dropped += int64(drop)
	s.episode.kept(s, f.Now)
	return nil
}

// push lays the token of the firing down, and says how many it has thrown away
// for it.
func (s *spooler) push(f *flow.Firing) (dropped int, err error) {
	v := f.In[0].Value
	switch s.overflow {
	case dropOldest:
		return s.queue.Crowd(v, f.Now, int(s.length))
	case latestOnly:
		return s.queue.Crowd(v, f.Now, 1)
	}
	if s.length > 0 && int64(s.queue.Len()) >= s.length {
		return 0, spool.ErrFull
	}
	return 0, s.queue.Push(v, f.Now)
}

// Holds says what waits on disk.
func (s *spooler) Holds() string {
	if s.queue == nil || s.queue.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("%d tokens wait on its disk", s.queue.Len())
}

// Report says what waits. Its keys are those of the page's and the control
// API's view of a spool.
func (s *spooler) Report(map[string]flow.Value) (flow.Value, error) {
	_, at, ok, err := s.queue.Front()
	if err != nil {
		return nil, err
	}
	age := 0.0
	if ok {
		age = max(0, s.env.Now().Sub(at).Seconds())
	}
	return map[string]any{"tokens": int64(s.queue.Len()), "bytes": s.queue.Bytes(), "oldest": age,
		"received": s.received, "passed": s.passed, "dropped": s.dropped,
		"maxBytes": s.most, "maxTokens": s.length, "overflow": s.overflow}, nil
}

// Stop closes the queue; what was not committed will come again.
func (s *spooler) Stop() {
	if s.queue != nil {
		s.queue.Close()
	}
}

// Commit makes the queue and the checkpoint durable together.
func (s *spooler) Commit(ctx context.Context, c flow.Checkpoint) error {
	return s.queue.Commit(ctx, c)
}

// Fence begins an epoch of the queue. Whoever had it open before can't commit
// since Start.
func (s *spooler) Fence(ctx context.Context, epoch uint64) (flow.Checkpoint, error) {
	return s.queue.Fence(ctx, s.env.ID(), epoch)
}

// Save keeps the counts; what waits stands in the queue.
func (s *spooler) Save() ([]byte, error) { return value.Save(s.received, s.passed, s.dropped) }

// Restore goes back to what Save kept.
func (s *spooler) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &s.received, &s.passed, &s.dropped)
}

// An episode is a time in which a spool keeps what it can't pass on. The log
// hears of those that last.
type episode struct {
	since   time.Time // the first token was kept; zero: none is
	told    bool      // the log knows
	dropped int64     // when it began; -1: and that tokens are dropped
}

// lasting is how long a spool keeps tokens before that is worth a line.
const lasting = 10 * time.Second

func (e *episode) kept(s *spooler, now time.Time) {
	if e.since.IsZero() {
		e.since, e.dropped = now, s.dropped
	}
	if !e.told && now.Sub(e.since) >= lasting {
		e.told = true
		s.env.Log().Info("spool began to keep tokens on disk", "waiting", s.queue.Len())
	}
	if s.overflow == dropOldest && e.dropped >= 0 && s.dropped > e.dropped {
		e.dropped = -1
		s.env.Log().Warn("spool is full and drops its oldest tokens", "waiting", s.queue.Len(), "bytes", s.queue.Bytes())
	}
}

func (e *episode) passed(s *spooler, now time.Time) {
	if s.queue.Len() > 0 {
		return
	}
	if e.told {
		s.env.Log().Info("spool caught up", "took", now.Sub(e.since).Round(time.Second), "passed", s.passed, "dropped", s.dropped)
	}
	*e = episode{}
}
