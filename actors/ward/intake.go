package ward

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// The bounds of what one intake holds.
const (
	mostHeld    = 4096     // arrivals that are not settled
	mostBytes   = 16 << 20 // of them, about
	mostDevices = 256      // named in its arguments: what one window can name
	mostStreams = 64       // of one device
	atOnce      = 256      // arrivals put in order, and vouched for, in one firing
)

// gatherMost is how many readings wait at most for those before them to be
// settled. One signature, and one step of each actor on the way, covers all that
// go together; when nothing is on its way nobody waits.
const gatherMost = 64

// Those that were answered together often come again together. Who waits already
// waits for them, too, a part of the time that the last batch took: else batches
// of one and of all the others would take turns.
const (
	lingerPart = 4
	lingerMost = 50 * time.Millisecond
)

// errHeld is what the listener is told when there is no room.
var errHeld = errors.New("as many wait as can be held, until they are settled")

// An Inlet is a node's listener for devices that are outside of it. It is the
// capability "ingest". One that also has the method Judge(*flow.Case),
// as [Rules], tells devices why a rule refuses a reading; one with Vouch signs as
// [proof.Vouch] does, and remembers it for who reads the same on its node.
type Inlet interface {
	// Serve has what these devices bring put to an actor, until stop is called.
	// Devices are named as in urn:epc:id:giai:0614141.5678, or by 24 hex digits.
	// put may be called by any goroutine; it takes all or none.
	Serve(actor flow.ActorID, devices []string, put func([]*flow.Arrival) error) (stop func(), err error)
}

// Intake is ward.Intake.
//
// It takes each number of a device's stream once and in order, and remembers
// across restarts and moves which it has taken. A device is answered when its
// reading is settled: when it is at the store, or among what was refused. One
// that comes a little before its turn waits for those before it; one whose turn
// has gone by is out of sequence. A reading that its device has not signed is
// signed by the collector's certificate, and is distinguished for ever.
func Intake() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "ward.Intake", Fault: flow.FaultRetry,
			Doc: "Take what devices outside bring over HTTPS and MQTT, for the collector behind it",
			Args: []flow.ArgSpec{
				{Name: "collector", Doc: "name of the collector's certificate on its node: that of the ward.Collector behind it", Kind: "string", Required: true},
				{Name: "devices", Doc: "the devices, as in urn:epc:id:giai:0614141.5678", Kind: "list<string>", Required: true}},
			Out:      []flow.Port{{Name: "reading", Doc: "readings of these devices, for a ward.Collector that speaks with the same certificate", Kind: "reading"}},
			Requires: []string{"ingest"},
			State:    1, Identity: "collector", Speaks: flow.RoleCollector},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			a.Name("collector")
			i := &intake{devices: a.Strings("devices"), streams: map[proof.Stream]*stream{}, perDevice: map[string]int{}, early: map[*stream]bool{}}
			if n := len(i.devices); a.Err() == nil && (n == 0 || n > mostDevices) {
				a.Refuse("devices", "want 1 to %d, not %d", mostDevices, n)
			}
			return i, a.Err()
		},
	}
}

type intake struct {
	devices  []string
	env      flow.Env
	hint     *judge // tells devices what the rules say; nil: nobody does
	vouch    func(flow.Signer, time.Time, []proof.Vouched) ([]flow.Sealed, error)
	leave    func() // of the listener
	confirms confirming

	mu    sync.Mutex // guards came and room
	came  []*flow.Arrival
	held  int // arrivals that were put and not answered
	bytes int // of them, about

	// The rest belongs to the firings.
	streams   map[proof.Stream]*stream
	sorted    []*stream      // all of them, by device and name
	perDevice map[string]int // streams
	given     uint64         // tokens, by all activations: state
	kept      []byte         // as Save wrote it; nil: more was given since
	settled   uint64         // of them
	order     []*taking      // in order, to be sealed
	ready     []*taking      // sealed, to be given
	open      []*taking      // given and not settled, and those that wait for the same
	early     map[*stream]bool
	due       time.Time // when the first of early waits no more; zero: none does
	sealedAt  time.Time // when the newest batch was
	expect    int       // how many may come together once a batch is settled
	linger    time.Time // until then they are waited for
}

// Start has the listener put what its devices bring.
func (i *intake) Start(env flow.Env) error {
	i.env = env
	inlet, err := need[Inlet](env, "ingest")
	if err != nil {
		return err
	}
	i.hint = hintOf(inlet)
	i.confirms.by, _ = inlet.(confirmer)
	i.vouch = proof.Vouch
	if v, ok := inlet.(interface {
		Vouch(flow.Signer, time.Time, []proof.Vouched) ([]flow.Sealed, error)
	}); ok {
		i.vouch = v.Vouch
	}
	i.leave, err = inlet.Serve(env.ID(), i.devices, i.put)
	return err
}

// Stop takes no more. What waits is not answered: it is brought again.
func (i *intake) Stop() {
	i.confirms.end()
	if i.leave != nil {
		i.leave()
		i.leave = nil
	}
}

// Awaits says that devices may come at any time.
func (i *intake) Awaits() bool { return true }

// put queues arrivals.
func (i *intake) put(all []*flow.Arrival) error {
	size := 0
	for _, a := range all {
		size += weight(a)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.held+len(all) > mostHeld || i.bytes+size > mostBytes {
		return errHeld
	}
	i.held += len(all)
	i.bytes += size
	i.came = append(i.came, all...)
	i.env.Wake()
	return nil
}

// weight is about how many bytes an arrival holds.
func weight(a *flow.Arrival) int { return 512 + 8*len(a.Reading.Samples) + len(a.Sealed.Bytes) }

// Actions give what is in order and sealed, seal what is in order, and put in
// order what has come.
func (i *intake) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"reading"}, Guard: func() bool { return len(i.ready) > 0 }, Fire: i.give},
		{Guard: i.gathered, Fire: i.seal},
		{Guard: i.some, Fire: i.sort},
		{Guard: i.confirmed, Fire: i.tell},
	}
}

func (i *intake) give(f *flow.Firing) error {
	t := i.ready[0]
	i.ready[0] = nil
	i.ready = i.ready[1:]
	f.Give(0, t.sealed)
	i.given++
	i.kept = nil
	t.pos = i.given
	t.stream.gave(t.pos)
	i.open = append(i.open, t)
	return nil
}

// seal makes tokens of readings: what the device has signed is taken as it is;
// for the others the collector signs, for all at once.
func (i *intake) seal(f *flow.Firing) error {
	n := min(len(i.order), atOnce)
	var plain []proof.Vouched
	var whose []*taking
	for _, t := range i.order[:n] {
		if t.sealed = t.arrival.Sealed; len(t.sealed.Bytes) == 0 {
			plain = append(plain, proof.Vouched{Reading: t.reading(), Device: t.arrival.By.Leaf})
			whose = append(whose, t)
		}
	}
	if len(plain) > 0 {
		sealed, err := i.vouch(i.env.Identity(), f.Now, plain)
		if err != nil {
			return err
		}
		for k, t := range whose {
			t.sealed = sealed[k]
		}
	}
	if i.hint != nil {
		for _, t := range i.order[:n] {
			if v, err := i.hint.hint(t, f.Now); err == nil {
				t.said.Verdict, t.judged = v, true
			}
		}
	}
	i.sealedAt = f.Now
	i.ready = append(i.ready, i.order[:n]...)
	i.order = slices.Delete(i.order, 0, n)
	i.alarm()
	return nil
}

// gathered reports whether what is in order is to be sealed now.
func (i *intake) gathered() bool {
	if len(i.order) == 0 || len(i.ready) > 0 {
		return false
	}
	return len(i.order) >= gatherMost || len(i.open) == 0 && !i.lingers()
}

// lingers reports whether what is in order waits for more.
func (i *intake) lingers() bool {
	return len(i.order) < i.expect && i.env.Now().Before(i.linger)
}

// some reports whether there is something to put in order.
func (i *intake) some() bool {
	if !i.due.IsZero() && !i.env.Now().Before(i.due) {
		return true
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.came) > 0
}

// sort puts what has come in order, and answers what needs no place.
func (i *intake) sort(f *flow.Firing) error {
	for _, a := range i.take() {
		i.place(a, f.Now)
	}
	i.due = time.Time{}
	for s := range i.early {
		i.ripen(s, f.Now)
		if len(s.early) == 0 {
			delete(i.early, s)
		} else if at := s.until(); i.due.IsZero() || at.Before(i.due) {
			i.due = at
		}
	}
	i.alarm()
	return nil
}

// alarm has the intake look again when something has waited long enough.
func (i *intake) alarm() {
	at := i.due
	if len(i.order) > 0 && len(i.open) == 0 && i.lingers() && (at.IsZero() || i.linger.Before(at)) {
		at = i.linger
	}
	if !at.IsZero() {
		i.env.WakeAt(at)
	}
}

// take is some of what has come.
func (i *intake) take() []*flow.Arrival {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := min(len(i.came), atOnce)
	all := i.came[:n:n]
	if i.came = i.came[n:]; len(i.came) == 0 {
		i.came = nil
	}
	return all
}

// place does what is due for an arrival.
func (i *intake) place(a *flow.Arrival, now time.Time) {
	of := proof.Stream{Device: a.Reading.Device, Name: a.Reading.Stream}
	s := i.streams[of]
	if s == nil {
		if i.perDevice[of.Device] >= mostStreams {
			i.refuse(a, flow.TooLarge, "the device has more than %d streams", mostStreams)
			return
		}
		s = &stream{of: of}
		i.add(s)
	}
	t := &taking{arrival: a, stream: s, came: now}
	switch s.turn(t.seq()) {
	case itsTurn:
		s.come(t)
		i.order = append(i.order, t)
		i.ripen(s, now)
	case tooSoon:
		s.wait(t)
		i.early[s] = true
	case underWay:
		i.join(s.find(t.seq()), t)
	case takenOnce:
		t.said, t.pos = flow.Answer{Already: true}, s.pos
		if t.pos <= i.settled {
			i.finish(t)
		} else {
			i.open = append(i.open, t)
		}
	case tooLate:
		i.refuse(a, flow.OutOfSequence, "number %d of %s comes after %d", t.seq(), of, s.next-1)
	}
}

// ripen lets those of a stream come that were too soon.
func (i *intake) ripen(s *stream, now time.Time) {
	if len(s.early) > 0 {
		i.order = append(i.order, s.ripe(now)...)
	}
}

// join lets a second taking of one number wait for the first, which stands,
// whatever the second says.
func (i *intake) join(first, second *taking) {
	tell := first.arrival.Answer
	first.arrival.Answer = func(a flow.Answer) {
		tell(a)
		a.Already = true
		i.answer(second.arrival, a)
	}
}

func (i *intake) refuse(a *flow.Arrival, why flow.Reason, clause string, v ...any) {
	i.answer(a, flow.Answer{Verdict: flow.Verdict{Reason: why, Clause: fmt.Sprintf(clause, v...), Group: a.By.Group}})
}

// Unsettled answers those whose readings are settled.
func (i *intake) Unsettled(port string, left int) {
	if port != "reading" {
		return
	}
	i.settled = i.given - min(i.given, uint64(left))
	done := 0
	for done < len(i.open) && i.open[done].pos <= i.settled {
		i.finish(i.open[done])
		i.open[done] = nil
		done++
	}
	if i.open = i.open[done:]; done > 0 && len(i.open) == 0 {
		now := i.env.Now()
		i.expect, i.linger = 0, now.Add(min(now.Sub(i.sealedAt)/lingerPart, lingerMost))
		if done > 1 { // for one nobody waits
			i.expect = done + len(i.order)
		}
		i.alarm()
	}
}

func (i *intake) answer(a *flow.Arrival, said flow.Answer) {
	i.mu.Lock()
	i.held--
	i.bytes -= weight(a)
	i.mu.Unlock()
	a.Answer(said)
}
