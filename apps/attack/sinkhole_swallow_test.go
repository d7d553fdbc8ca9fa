package attack

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A bent is a collector of a node that runs other code: it does with each
// reading what bend says, and is honest otherwise, with all the keys of an
// honest one.
type bent struct {
	flow.Actor
	env  flow.Env
	bend func(b *bent, f *flow.Firing) (swallowed bool, err error)
	seen int
}

// bentTypes are the actor types of a node whose collectors are bent.
func bentTypes(bend func(b *bent, f *flow.Firing) (bool, error)) flow.Types {
	types := actors.All()
	collector := types["ward.Collector"]
	honest := collector.New
	collector.New = func(args map[string]flow.Value) (flow.Actor, error) {
		a, err := honest(args)
		return &bent{Actor: a, bend: bend}, err
	}
	types["ward.Collector"] = collector
	return types
}

func (b *bent) Start(env flow.Env) error {
	b.env = env
	return b.Actor.(flow.Starter).Start(env)
}

func (b *bent) Save() ([]byte, error) { return b.Actor.(flow.Stateful).Save() }

func (b *bent) Restore(version int, state []byte) error {
	return b.Actor.(flow.Stateful).Restore(version, state)
}

func (b *bent) Finish() { b.Actor.(flow.Finisher).Finish() }

func (b *bent) Actions() []flow.Action {
	all := b.Actor.Actions()
	for i := range all {
		honest := all[i].Fire
		if len(all[i].In) == 0 {
			continue
		}
		all[i].Fire = func(f *flow.Firing) error {
			if swallowed, err := b.bend(b, f); swallowed || err != nil {
				return err
			}
			return honest(f)
		}
	}
	return all
}

// oneInTen swallows a reading in ten: whoever sent it is told that all is well.
func oneInTen(b *bent, _ *flow.Firing) (bool, error) {
	b.seen++
	return b.seen%10 == 0, nil
}

const delay = 30 * time.Second

// delayed hands each reading on when it is 30 s old.
func delayed(b *bent, f *flow.Firing) (bool, error) {
	sealed, ok := f.In[0].Value.(flow.Sealed)
	if !ok {
		return false, nil
	}
	r, err := proof.OpenReading(sealed)
	if err != nil {
		return false, nil
	}
	if left := delay - f.Now.Sub(r.At); left > 0 {
		b.env.WakeAt(f.Now.Add(left))
		return false, flow.ErrLater
	}
	return false, nil
}

// swallow has the ward's node run bent collectors until the store says that what
// comes by the collector of bed 1 is not as it should be, in one of the ways.
func swallow(g *ground, bend func(*bent, *flow.Firing) (bool, error), kinds ...flow.AlarmKind) string {
	g.t.Helper()
	g.stop(ward)
	began := time.Now()
	g.startWith(ward, g.cfgs[ward], bentTypes(bend))
	defer g.runs()
	defer g.start(ward)
	defer g.stop(ward)
	var seen control.Alarm
	g.until("the store raises an alarm", func(s *control.Snapshot) string {
		for _, a := range s.Alarms {
			for _, k := range kinds {
				if a.Kind == k && a.At.After(began) && a.Actor == g.actor("store") && strings.HasSuffix(a.Who, "/collector/bed-1") {
					seen = a
					return ""
				}
			}
		}
		return fmt.Sprintf("it has raised %+v", s.Alarms)
	})
	g.until("people are told", func(s *control.Snapshot) string {
		for _, e := range s.Events {
			if e.Kind == control.ReadingsAmiss && e.At.After(began) && strings.Contains(e.Text, "/collector/bed-1") {
				return ""
			}
		}
		return "no event names the collector"
	})
	g.t.Logf("%s alarm %v after the node began to run other code", seen.Kind, seen.At.Sub(began).Truncate(100*time.Millisecond))
	return seen.Text
}

func dropSome(t *testing.T, g *ground) string { return swallow(g, oneInTen, flow.AlarmGap) }

func delaySome(t *testing.T, g *ground) string {
	return swallow(g, delayed, flow.AlarmSilence, flow.AlarmLate)
}
