package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// noted is a watcher that keeps what it is shown.
type noted struct {
	mu    sync.Mutex
	seqs  []uint64
	ended []string
}

func (n *noted) Offer(tokens []flow.Token, _ time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, t := range tokens {
		n.seqs = append(n.seqs, t.Seq)
	}
}

func (n *noted) End(why string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ended = append(n.ended, why)
}

func (n *noted) have() (seqs []uint64, ended []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.seqs), slices.Clone(n.ended)
}

// Who watches a link sees each token that it sends, in order, once it is sent
// and not before; who has stopped sees no more, and hears of no end.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 100}
		b.reg.fail(errors.New("no leader"))
		b.start()
		if !b.eng.Sends(chain[0].ID()) {
			t.Error("a link of an actor that runs does not send from here")
		}
		var all, none noted
		if _, err := b.eng.Watch(chain[0].ID(), &all); err != nil {
			t.Fatal(err)
		}
		stop, err := b.eng.Watch(chain[0].ID(), &none)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if seqs, _ := all.have(); len(seqs) > 0 {
			t.Errorf("%d tokens are shown that no checkpoint covers", len(seqs))
		}
		stop()
		b.reg.fail(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		seqs, ended := all.have()
		if len(seqs) != 100 || seqs[0] != 1 || !slices.IsSorted(seqs) || len(ended) > 0 {
			t.Errorf("of 100 tokens %v are shown, and its end is told as %q", seqs, ended)
		}
		if err := b.eng.Stop(context.Background(), chain[0].From.Actor); err != nil {
			t.Fatal(err)
		}
		if _, ended = all.have(); len(ended) != 1 || ended[0] != "the actor has stopped" {
			t.Errorf("its end is told as %q", ended)
		}
		if seqs, ended := none.have(); len(seqs)+len(ended) > 0 {
			t.Errorf("who has stopped is shown %v and told %q", seqs, ended)
		}
		if _, err := b.eng.Watch(chain[0].ID(), &none); !errors.Is(err, engine.ErrNotRunning) {
			t.Errorf("watch a link of an actor that has gone: %v, want ErrNotRunning", err)
		}
		if b.eng.Sends(chain[0].ID()) {
			t.Error("a link of an actor that has gone sends from here")
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
