package std

import (
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Burn is std.Burn. While it holds a token, one processor is busy with nothing.
// Calvin's blocks its node meanwhile; this one lets the other actors run.
func Burn() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Burn",
			Doc: "Pass each token on after keeping a processor busy, to try a node under load",
			Args: []flow.ArgSpec{
				{Name: "dump", Doc: "also log each token", Kind: "bool|integer", Default: false},
				{Name: "duration", Doc: "how long for each token, in seconds", Kind: "number<s>|string", Default: 0.1}},
			In:    []flow.Port{{Name: "token", Doc: "any token"}},
			Out:   []flow.Port{{Name: "token", Doc: "the same", Kind: "like(token)"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			b := &burn{dump: a.Bool("dump"), duration: a.Pause("duration")}
			return b, a.Err()
		},
	}
}

type burn struct {
	dump     bool
	duration time.Duration
	env      flow.Env
	token    flow.Value // held while the alarm is set, then the last one
	alarm    timer.Alarm
	fire     chan struct{} // closed when the burning has ended; nil: none
	out      atomic.Bool   // ends it
}

func (b *burn) Start(env flow.Env) error {
	b.env = env
	b.alarm.Start(env, b.duration)
	if b.alarm.IsSet() {
		b.light()
	}
	return nil
}

func (b *burn) Stop() { b.quench() }

// light begins to burn, in a goroutine that quench ends.
func (b *burn) light() {
	done := make(chan struct{})
	b.fire = done
	b.out.Store(false)
	go func() {
		defer close(done)
		for !b.out.Load() {
		}
	}()
}

func (b *burn) quench() {
	if b.fire != nil {
		b.out.Store(true)
		<-b.fire
		b.fire = nil
	}
}

func (b *burn) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"token"}, Guard: b.alarm.Due, Fire: func(f *flow.Firing) error {
			b.quench()
			b.alarm.Clear()
			f.Give(0, b.token)
			return nil
		}},
		{In: []string{"token"}, Guard: func() bool { return !b.alarm.IsSet() }, Fire: func(f *flow.Firing) error {
			b.token = f.In[0].Value
			if b.dump {
				logPassed(b.env, b.token)
			}
			b.alarm.Set(f.Now, b.duration)
			b.light()
			return nil
		}},
	}
}

// Report is the last token. Told {"duration": seconds} it burns so long from
// the next token on, until it is moved.
func (b *burn) Report(args map[string]flow.Value) (flow.Value, error) {
	if _, told := args["duration"]; told {
		a := value.Args{Of: args}
		d := a.Pause("duration")
		if err := a.Err(); err != nil {
			return nil, err
		}
		b.duration = d
	}
	return b.token, nil
}

func (b *burn) Save() ([]byte, error) { return value.Save(b.token, b.alarm.At) }

func (b *burn) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &b.token, &b.alarm.At)
}
