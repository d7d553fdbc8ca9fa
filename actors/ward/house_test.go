package ward_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

const (
	patient   = "p-141449"
	thermoEPC = "urn:epc:id:giai:0614141.5678"
	otherEPC  = "urn:epc:id:giai:0614141.5679"
	thermo    = "h1/3/icu-3/thermometer"
)

// A house is a hospital with one patient, two thermometers, and rules, cards
// and certificates that a test can take away.
type house struct {
	t     testing.TB
	h     *pkitest.Hospital
	now   time.Time
	therm flow.Signer
	other flow.Signer
	card  flow.Signer

	rules *rules
	ids   *identities
	cards *cards
	db    *shaky

	collector, check, store *actortest.Bench
	passed, refused         []flow.Value // what the check gave
	seq                     map[string]uint64
	unjudged                flow.Value
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := pkitest.Since(t, time.Now().Add(-30*24*time.Hour))
	w := &house{t: t, h: h, now: time.Now().Truncate(time.Millisecond), seq: map[string]uint64{}}
	w.therm, w.other, w.card = h.Device(thermoEPC, thermo), h.Device(otherEPC, thermo), h.Patient(patient)
	w.rules = &rules{}
	w.ids = &identities{h: h, known: map[[32]byte]flow.Signer{}}
	w.ids.know(w.therm)
	w.ids.know(w.other)
	w.cards = &cards{card: w.card}
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "ward.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w.db = &shaky{Store: db}
	w.collector = w.bench(ward.Collector(), "ward:collector", h.Collector("bed1", "h1/3/icu-3/collector"),
		map[string]flow.Value{"patient": patient, "collector": "bed1", "window": int64(10)})
	w.check = w.bench(ward.RuleCheck(), "ward:check", h.Node("ward"), nil)
	w.store = w.bench(ward.Store(), "ward:store", h.Storage("records"), map[string]flow.Value{"storage": "records"})
	return w
}

func (w *house) bench(typ flow.Type, id flow.ActorID, me flow.Signer, args map[string]flow.Value) *actortest.Bench {
	w.t.Helper()
	env := actortest.NewEnv().Offer("rules", w.rules).Offer("identities", w.ids).Offer("card", w.cards).Offer("store", store.Store(w.db))
	env.Actor, env.Signer = id, me
	env.Set(w.now)
	b := actortest.Start(w.t, env, typ, args)
	b.Room = 1000
	return b
}

// seal is the next reading of a thermometer, taken now, in tenths of a degree.
func (w *house) seal(dev flow.Signer, tenths int64) flow.Sealed {
	w.t.Helper()
	w.seq[dev.ID.EPC]++
	return w.sealAs(dev, dev.ID.EPC, w.seq[dev.ID.EPC], tenths)
}

func (w *house) sealAs(dev flow.Signer, epc string, seq uint64, tenths int64) flow.Sealed {
	w.t.Helper()
	s, err := proof.SealReading(dev, &flow.Reading{Device: epc, Stream: "Temp", Seq: seq, Kind: "8310-5", Unit: "Cel",
		At: w.collector.Env.Now(), Scale: 100_000, Samples: []int64{tenths}})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// measure has a thermometer send readings to the collector.
func (w *house) measure(dev flow.Signer, tenths ...int64) {
	w.t.Helper()
	for _, v := range tenths {
		w.collector.FeedFrom(dev.ID, "reading", w.seal(dev, v))
	}
}

// pump lets everything run: collector, check, store.
func (w *house) pump() {
	w.t.Helper()
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	w.check.Run()
	passed := w.check.Take("passed")
	w.passed, w.refused = append(w.passed, passed...), append(w.refused, w.check.Take("refused")...)
	w.store.FeedFrom(w.check.Env.Signer.ID, "in", passed...)
	w.store.Run()
}

// later moves all clocks on and pumps.
func (w *house) later(d time.Duration) {
	w.t.Helper()
	for _, b := range []*actortest.Bench{w.check, w.store} {
		b.Env.Set(b.Env.Now().Add(d))
	}
	w.collector.Advance(d)
	w.pump()
}

func (w *house) counts() store.Counts {
	w.t.Helper()
	c, err := w.db.Counts(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// verified verifies the whole record, which must hold.
func (w *house) verified() proof.Report {
	w.t.Helper()
	r, err := proof.Verify(context.Background(), w.db, w.h.Verifier(), "")
	if err != nil {
		w.t.Fatal(err)
	}
	if !r.OK() {
		w.t.Fatalf("the record does not hold: %s", r.First)
	}
	return r
}

// reasons are the reasons and the clauses of the refusals so far.
func (w *house) reasons() (out []string) {
	for _, v := range w.refused {
		d := v.(map[string]any)
		out = append(out, fmt.Sprintf("%s: %s: %s", d["by"], d["reason"], d["clause"]))
	}
	return out
}

// rules accept temperatures from 25 to 45 °C of thermometers.
type rules struct {
	unknown bool
	version uint64
	low     int64 // millionths; 0: 25 degrees
	changed []func()
	told    []flow.Verdict
	alarms  []flow.Alarm
}

func (r *rules) Judge(c *flow.Case) (flow.Verdict, error) {
	group, rd := c.Group, c.Reading
	v := flow.Verdict{Group: group, Rule: "0x00000000000000000000000000000000000000aa", Version: r.version + 1, Epoch: 1, Block: 7}
	if r.unknown {
		return v, fmt.Errorf("the chain is not reached: %w", flow.ErrLater)
	}
	lowest := r.low
	if lowest == 0 {
		lowest = 25_000_000
	}
	switch low, high := rd.Range(); {
	case group != thermo:
		v.Reason, v.Clause = flow.NoRule, "no rule for "+group
	case rd.Unit != "Cel":
		v.Reason, v.Clause = flow.WrongUnit, rd.Unit
	case low < lowest:
		v.Reason, v.Clause = flow.TooLow, fmt.Sprintf("%d is below", low)
	case high > 45_000_000:
		v.Reason, v.Clause = flow.TooHigh, fmt.Sprintf("%d is above", high)
	}
	return v, nil
}

func (r *rules) Notify(f func()) func() {
	i := len(r.changed)
	r.changed = append(r.changed, f)
	return func() { r.changed[i] = nil }
}

func (r *rules) Refused(_ *flow.Reading, v flow.Verdict, _ time.Time) { r.told = append(r.told, v) }

// identities know the devices that a test made known.
type identities struct {
	h       *pkitest.Hospital
	known   map[[32]byte]flow.Signer
	revoked error
	away    bool             // what is not known can't be looked up
	now     func() time.Time // judges certificates by it; nil: all hold
}

func (i *identities) know(s flow.Signer) { i.known[s.ID.Leaf] = s }

func (i *identities) Device(leaf [32]byte, signed time.Time) (*x509.Certificate, flow.Identity, error) {
	s, ok := i.known[leaf]
	if !ok {
		return nil, flow.Identity{}, fmt.Errorf("certificate %x is not known yet: %w", leaf[:4], flow.ErrLater)
	}
	if i.revoked != nil {
		return nil, s.ID, i.revoked
	}
	if i.now == nil {
		return s.Chain[0], s.ID, nil
	}
	when, err := pki.HeldWhen(s.Chain[0], signed, i.now())
	if err != nil {
		return nil, s.ID, err
	}
	id, err := i.h.Verifier().Identify(s.Chain, when)
	return s.Chain[0], id, err
}

func (i *identities) Collector(leaf [32]byte, signed time.Time) (*x509.Certificate, flow.Identity, error) {
	return i.Device(leaf, signed)
}

func (i *identities) Certificate(leaf [32]byte) (*x509.Certificate, error) {
	s, ok := i.known[leaf]
	switch {
	case i.away:
		return nil, flow.ErrLater
	case !ok:
		return nil, nil
	}
	return s.Chain[0], nil
}

func (i *identities) Open(s flow.Sealed) (*proof.Reading, error) { return proof.OpenReading(s) }

func (i *identities) Identify(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	return i.h.Verifier().Identify(chain, at)
}

// cards is a reader with a slot.
type cards struct {
	card   flow.Signer
	pulled bool
}

func (c *cards) Card(patient string) (flow.Signer, error) {
	if c.pulled {
		return flow.Signer{}, fmt.Errorf("no card of %s is inserted: %w", patient, flow.ErrLater)
	}
	return c.card, nil
}

// shaky is a store whose disk is full when told, or forgets to answer.
type shaky struct {
	store.Store
	full  bool
	mute  bool // commits, and says it did not
	trips int
}

var errDisk = errors.New("disk is full")

func (s *shaky) Commit(ctx context.Context, b store.Batch) error {
	s.trips++
	if s.full {
		return errDisk
	}
	err := s.Store.Commit(ctx, b)
	if s.mute && err == nil {
		s.mute = false
		return errDisk
	}
	return err
}
