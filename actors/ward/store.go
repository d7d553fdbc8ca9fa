package ward

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// Store is ward.Store.
//
// It judges each reading again by its own view of the rules, and keeps what it
// accepts waiting. A window must hold in every way of security.md section 4.3;
// then its readings move into the record under it, and what was refused is kept
// beside them, so that each of its leaves is accounted for. A window that does
// not hold is kept apart, in quarantine, with the reason. When the patient's card
// signed it as the next of its chain it counts for the chain all the same, so that
// one bad window does not end the patient's record; one that somebody else made
// does not.
//
// What a batch of firings stores and the place they reached on the links are one
// transaction of the node's store.
func Store() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "ward.Store", Fault: flow.FaultRetry,
			Doc:      "Keep readings that hold, under windows that hold",
			Args:     []flow.ArgSpec{{Name: "storage", Doc: "name of the storage's certificate on its node", Kind: "string", Required: true}},
			In:       []flow.Port{{Name: "in", Doc: "readings and windows that checks have passed", Routing: "collect-unordered"}},
			Requires: []string{"identities", "rules", "store"},
			Identity: "storage", Speaks: flow.RoleStorage},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			a.Name("storage")
			s := &storage{judge: judge{memory: memory{most: mostTracesStored}}}
			s.recall = s.remembered
			return s, a.Err()
		},
	}
}

type storage struct {
	judge
	env   flow.Env
	trust proof.Trust
	db    store.Store

	watch watch
	look  time.Time // when the watch is to look next; zero: there is nothing to watch

	shelf  shelf
	astray bool // shelf is not what is stored: load it after the next commit
	batch  batch
	doubt  *doubt // the last commit's, if it got no answer
}

// Start takes what it needs of its node.
func (s *storage) Start(env flow.Env) (err error) {
	s.env = env
	if s.db, err = need[store.Store](env, "store"); err != nil {
		return err
	}
	if s.trust, err = need[proof.Trust](env, "identities"); err != nil {
		return err
	}
	return s.judge.start(env)
}

// Actions take one token at a time, and look for what does not come.
func (s *storage) Actions() []flow.Action {
	return []flow.Action{{Guard: s.looks, Fire: s.lookAround}, {In: []string{"in"}, Fire: s.fire}}
}

func (s *storage) fire(f *flow.Firing) error {
	t := f.In[0].Value
	if patient, sealed, ok := carried(t); ok {
		return s.keep(f, patient, sealed)
	}
	sealed, ok := t.(flow.Sealed)
	if !ok {
		// Nothing of it can be kept; say so and go on.
		s.env.Log().Warn("token thrown away", "peer", f.Peers[0].URI, "err", fmt.Sprintf("%s is neither a reading nor a window", value.Kind(t)))
		return nil
	}
	return s.window(f, sealed)
}

// keep judges a reading and puts it where it belongs.
func (s *storage) keep(f *flow.Firing, patient string, sealed flow.Sealed) error {
	r, v, err := s.reading(patient, sealed, f.Now)
	if err != nil {
		return err
	}
	if r == nil {
		if err := s.log(proof.AtStorage, sealed, nil, v, f.Now); err != nil {
			return err
		}
		s.refuse(store.Refusal{Patient: patient, Leaf: proof.LeafHash(sealed.Bytes), At: f.Now,
			Verdict: v, By: store.ByStorage, Judged: f.Now})
		s.report(&flow.Reading{}, v, f.Now)
		return nil
	}
	if v.Reason != flow.BadSignature {
		if err := s.meet(patient, r.Of()); err != nil {
			return err
		}
	}
	if v.OK() {
		last, err := s.shelf.last(s.db, r.Of())
		if err != nil {
			return err
		}
		if r.Seq <= last {
			v = replay(v.Group, r, last)
		}
	}
	if err := s.log(proof.AtStorage, sealed, r, v, f.Now); err != nil {
		return err
	}
	if v.Reason != flow.BadSignature {
		s.follow(patient, r, f.Now)
	}
	if !v.OK() {
		if v.Reason == flow.BadSignature || v.Reason == flow.OutOfSequence {
			s.report(&r.Reading, v, f.Now)
		}
		s.refuse(refusedHere(patient, r, v, f.Now))
		return nil
	}
	s.accept(patient, r)
	s.shelf.seq[r.Of()] = r.Seq
	s.shelf.waiting[r.Leaf] = waiting{patient, r}
	s.batch.waiting = append(s.batch.waiting, store.Chunk{Patient: patient, Reading: r, Verdict: v})
	return nil
}

func (s *storage) refuse(r store.Refusal) {
	if _, kept := s.shelf.waiting[r.Leaf]; !kept { // a replay of what waits changes nothing about it
		s.shelf.refused[r.Leaf] = struct{}{}
	}
	s.batch.refused = append(s.batch.refused, r)
}

// window checks a window and takes it, or puts it into quarantine.
func (s *storage) window(f *flow.Firing, sealed flow.Sealed) error {
	w, err := openWindow(s.identities, sealed)
	if err != nil {
		s.quarantine(store.Quarantine{Bytes: sealed.Bytes, Err: err.Error(), At: f.Now}, f.Peers[0])
		return nil
	}
	prior, err := s.shelf.chain(s.db, w)
	if err != nil {
		return err
	}
	if prior, err = s.rejoin(w, prior, f.Now); err != nil {
		return err
	}
	next, refused, wrong, err := s.holds(w, prior.Before(w), f.Now)
	if err != nil {
		return err
	}
	if err := s.meetRefused(w.Patient, refused); err != nil {
		return err
	}
	s.shelf.forget(w.Leaves)
	s.followed(w, refused, wrong, f.Now)
	if wrong != nil {
		s.apart(w, prior, wrong, f.Now, f.Peers[0])
		return nil
	}
	s.shelf.heads[chainOf(w)] = next
	s.batch.windows = append(s.batch.windows, taken{store.Window{Window: w, Stored: f.Now}, refused})
	return nil
}

// Commit stores what the firings since the last one left, and the place they
// reached. What the store finds in the way, as another storing actor may have
// been quicker, is refused or put into quarantine, and the rest stored.
func (s *storage) Commit(ctx context.Context, c flow.Checkpoint) error {
	if err := s.resolve(ctx, c.Epoch); err != nil {
		return err
	}
	for {
		if err := s.flush(); err != nil {
			return err
		}
		err := s.db.Commit(ctx, s.batch.whole(c))
		var replayed *store.ReplayError
		var leaf *store.LeafError
		var chain *store.ChainError
		switch {
		case err == nil:
			s.batch = batch{}
			if s.astray {
				return s.load(ctx)
			}
			return nil
		case errors.As(err, &replayed) && s.batch.replay(replayed, s.env.Now()):
			if err := s.logReplay(); err != nil {
				return err
			}
		case errors.As(err, &leaf) && s.setApart(leaf.Patient, leaf.Window, err):
		case errors.As(err, &chain) && s.unwind(chain.Patient, chain.Number, err):
		case errors.Is(err, flow.ErrStale):
			return err
		default:
			s.doubt = &doubt{c.Taken, s.batch}
			s.batch = batch{}
			return err
		}
	}
}

// load reads what waits in the store.
func (s *storage) load(ctx context.Context) error {
	fresh := newShelf()
	for c, err := range s.db.Chunks(ctx, store.Query{Waiting: true}) {
		if err != nil {
			return fmt.Errorf("read what waits for its window: %w", err)
		}
		fresh.waiting[c.Reading.Leaf] = waiting{c.Patient, c.Reading}
	}
	s.shelf, s.astray = fresh, false
	s.memory = memory{most: mostTracesStored}
	return s.expect()
}

// Fence takes the actor's checkpoint over, and reads what waits for its window:
// no older activation adds to it any more.
func (s *storage) Fence(ctx context.Context, epoch uint64) (flow.Checkpoint, error) {
	c, err := s.db.Fence(ctx, s.env.ID(), epoch)
	if err != nil {
		return c, err
	}
	return c, s.load(ctx)
}
