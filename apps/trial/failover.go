package trial

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/apps/hospital"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// FailoverConfig says how failover is measured.
type FailoverConfig struct {
	Exe   string   // what to start nodes with
	Args  []string // so that it calls [Host]
	Rate  int      // readings a second, of all devices together; 5,000
	Batch int      // readings that a device signs together; 10
	Beds  int      // each with a collector and a rule check; 5
	Each  int      // devices at a bed; 4
	Kills int      // hosts killed, in turn; 6
	Moves int      // planned moves of an actor; 12

	Progress func(string) // told how it goes; may be nil
}

func (c *FailoverConfig) setDefaults() {
	for _, d := range []struct {
		field *int
		is    int
	}{{&c.Rate, 5000}, {&c.Batch, 10}, {&c.Beds, 5}, {&c.Each, 4}} {
		if *d.field == 0 {
			*d.field = d.is
		}
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
}

// FailoverResult is what failing hosts and planned moves do to a ward.
//
// A reading is one sample of a wave; a device signs some of them together, and
// they travel, are judged and are stored as one. They count as acknowledged when
// the actor that gave them, and so their device, was told that they are settled:
// stored. How long the flow stood still after a kill is the longest that any
// made in the second that followed had to wait for that. The pause of a move is
// how much longer than usual: the longest wait of any made from the request on
// until a second after the actor ran there, by a device whose readings it
// handles, less the median wait in the second before.
type FailoverResult struct {
	Lost         int     `json:"lost"`       // acknowledged readings that a copy of the store does not hold
	Duplicated   int     `json:"duplicated"` // readings that it holds, or was brought, twice
	ResumeMedian float64 `json:"resume_ms_median"`
	ResumeMax    float64 `json:"resume_ms_max"`
	MovePauseMS  float64 `json:"move_pause_ms_median"`
	Kills        int     `json:"kills"`

	// For people only.
	Made, Acked uint64        `json:"-"` // of signed readings
	Stored      int           `json:"-"` // in the copy that holds the fewest
	Rate        float64       `json:"-"` // samples acknowledged a second, over all
	Usual       time.Duration `json:"-"` // the median wait in a calm second
	UsualMost   time.Duration `json:"-"` // the longest
	MoveMax     time.Duration `json:"-"`
	Moves       int           `json:"-"`
	Notes       []string      `json:"-"`
}

var failoverNodes = []flow.NodeID{"a", "b", "c"}

const wardApp = "ward"

// How long things may take before the trial gives up.
const (
	calmWithin   = 60 * time.Second // until the flow is even again
	resumeWithin = 60 * time.Second
	moveWithin   = 20 * time.Second
	catchUp      = 60 * time.Second // of the copies, in the end
	calmLag      = 500 * time.Millisecond
	watched      = time.Second // readings made in it after a kill or a move are looked at
)

// Failover measures what failing hosts and planned moves do to a ward.
func Failover(ctx context.Context, cfg FailoverConfig) (res FailoverResult, err error) {
	cfg.setDefaults()
	m, err := newMonitor("127.0.0.1:0")
	if err != nil {
		return res, err
	}
	defer m.close() // what it says was said before
	f := &failover{cfg: cfg, m: m, rng: rand.New(rand.NewPCG(1, 2))}
	f.ward = f.makeWard()
	if f.c, err = newCluster(cfg.Exe, cfg.Args, failoverNodes, len(failoverNodes), nil); err != nil {
		return res, err
	}
	defer func() { err = f.c.stop(err) }()
	if err := f.prepare(ctx); err != nil {
		return res, err
	}
	if err := f.begin(ctx); err != nil {
		return res, err
	}
	for n := range cfg.Moves {
		if err := f.move(ctx, n); err != nil {
			return res, err
		}
	}
	for n := range cfg.Kills {
		if err := f.kill(ctx, failoverNodes[n%len(failoverNodes)]); err != nil {
			return res, err
		}
	}
	return f.finish(ctx)
}

type failover struct {
	cfg  FailoverConfig
	c    *cluster
	m    *monitor
	ward *hospital.Ward
	rng  *rand.Rand

	devices []string
	begun   time.Time
	usual   []time.Duration // waits in a calm second, in rising order
	resumes []time.Duration
	pauses  []time.Duration
	notes   []string
}

func (f *failover) say(format string, args ...any) { f.cfg.Progress(fmt.Sprintf(format, args...)) }

// makeWard is the ward whose devices are at the monitor.
func (f *failover) makeWard() *hospital.Ward {
	w := &hospital.Ward{Doc: "A ward whose devices are outside of its nodes.", Window: 2}
	for b := range f.cfg.Beds {
		bed := hospital.Bed{Name: fmt.Sprintf("bed-%d", b+1), Patient: fmt.Sprintf("p-%d", b+1), Room: fmt.Sprintf("h1/3/icu-%d", b+1)}
		for d := range f.cfg.Each {
			bed.Devices = append(bed.Devices, hospital.Device{Name: fmt.Sprintf("%s-ecg-%d", bed.Name, d+1),
				EPC: fmt.Sprintf("urn:epc:id:giai:0614141.%d%02d", b+1, d+1), Group: bed.Room + "/ecg",
				Source: fmt.Sprintf("trial.Device(at=%q)", f.m.addr())})
		}
		w.Beds = append(w.Beds, bed)
	}
	return w
}

// script is the ward's, without its rules: every actor may run on every node.
func (f *failover) script() string {
	text, _, _ := strings.Cut(f.ward.Script(), "\nrule ")
	return text
}

// prepare makes certificates and rules, and lets every node be able to run
// everything.
func (f *failover) prepare(ctx context.Context) error {
	f.say("preparing three nodes, %d beds and %d devices", f.cfg.Beds, f.cfg.Beds*f.cfg.Each)
	every := time.Second * time.Duration(f.cfg.Beds*f.cfg.Each*f.cfg.Batch) / time.Duration(f.cfg.Rate)
	ids := f.c.file("identities")
	if err := f.c.enroll(filepath.Join(ids, "records"), pki.Request{Role: flow.RoleStorage, Name: "records"}); err != nil {
		return err
	}
	for _, bed := range f.ward.Beds {
		for dir, req := range map[string]pki.Request{
			filepath.Join(ids, bed.Name):   {Role: flow.RoleCollector, Name: bed.Name, Group: bed.Room + "/collector"},
			f.c.file("cards", bed.Patient): {Role: flow.RolePatient, Name: bed.Patient},
		} {
			if err := f.c.enroll(dir, req); err != nil {
				return err
			}
		}
		for _, d := range bed.Devices {
			epc, err := pki.ParseEPC(d.EPC)
			if err != nil {
				return err
			}
			s, err := f.c.ca.Enroll(pki.Request{Role: flow.RoleDevice, EPC: epc, Group: d.Group}, time.Now())
			if err == nil {
				err = pki.SaveSigner(filepath.Join(ids, d.Name), s)
			}
			if err != nil {
				return err
			}
			f.m.add(d.Name, s, every, f.cfg.Batch)
			f.devices = append(f.devices, d.Name)
		}
	}
	keeper := f.c.names[0]
	manager, err := f.c.rules(ctx, keeper)
	if err != nil {
		return err
	}
	for name, cfg := range f.c.configs {
		cfg.Identities, cfg.Cards, cfg.Store = ids, f.c.file("cards"), f.store(name)
		cfg.StoreGroup = node.StoreGroup{Name: "ward", Members: cfg.Voters}
		cfg.Chain = &node.ChainConfig{Manager: manager}
		if name == keeper {
			cfg.Chain.Dir = f.c.file(string(keeper), "chain")
		}
	}
	return nil
}

// stores are the nodes that hold a copy of the store.
func (f *failover) stores() []flow.NodeID {
	return slices.DeleteFunc(slices.Clone(f.c.names), func(n flow.NodeID) bool { return f.c.configs[n].Store == "" })
}

func (f *failover) store(n flow.NodeID) string { return f.c.file(string(n), "store.db") }

// begin starts everything and returns when the flow is even.
func (f *failover) begin(ctx context.Context) error {
	if err := f.c.startAll(ctx); err != nil {
		return err
	}
	cl, err := f.c.client(f.c.names[0])
	if err != nil {
		return err
	}
	if _, err := cl.Deploy(ctx, control.Deployment{Name: wardApp, Script: f.script()}); err != nil {
		return fmt.Errorf("deploy the ward: %w", err)
	}
	err = f.c.until(ctx, f.c.names[0], "the ward runs", func(s *control.Snapshot) string {
		for _, a := range s.Actors {
			if a.State != control.Running {
				return fmt.Sprintf("%s is %s: %s %s", a.ID, a.State, a.LastError, strings.Join(a.Why, "; "))
			}
		}
		return map[bool]string{true: "there are no actors"}[len(s.Actors) == 0]
	})
	if err != nil {
		return err
	}
	f.begun = time.Now()
	f.m.begin(ctx)
	if err := f.calm(ctx); err != nil {
		return err
	}
	from := time.Now()
	if err := pause(ctx, 2*watched); err != nil {
		return err
	}
	if f.usual, _ = f.m.waits(f.devices, from, from.Add(watched)); len(f.usual) == 0 {
		return errors.New("the devices make no readings")
	}
	f.say("in a calm second acknowledgements took %d ms at the median and %d ms at most", median(f.usual).Milliseconds(), slices.Max(f.usual).Milliseconds())
	return nil
}

// calm returns when all nodes are well and acknowledgements keep up.
func (f *failover) calm(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, calmWithin)
	defer cancel()
	err := f.c.until(ctx, f.awake(""), "all nodes are there", func(s *control.Snapshot) string {
		for _, n := range s.Nodes {
			if !n.Up {
				return fmt.Sprintf("node %s is not up", n.ID)
			}
		}
		return ""
	})
	const looks = 50 // in a row that must find it so: the clock alone is no witness on a busy host
	for n := 0; err == nil && n < looks; n++ {
		if lag := f.m.lag(); lag > calmLag {
			n = 0
		}
		err = pause(ctx, watched/looks)
	}
	if err != nil {
		made, acked := f.m.counted()
		err = fmt.Errorf("%d of %d readings are acknowledged (%d samples a second are made): %w\nbehind are: %s\n%s",
			acked, made, f.cfg.Rate, err, f.m.behind(), f.standing(context.WithoutCancel(ctx), f.awake("")))
	}
	return err
}

// awake is a node that runs and is not the one.
func (f *failover) awake(not flow.NodeID) flow.NodeID {
	for _, n := range f.c.names {
		if n != not && f.c.hosts[n] != nil {
			return n
		}
	}
	return f.c.names[0]
}

// kill kills a host, sees how long the flow stands still, and brings it back.
func (f *failover) kill(ctx context.Context, name flow.NodeID) error {
	if err := f.calm(ctx); err != nil {
		return fmt.Errorf("before host %s is killed: %w", name, err)
	}
	at := time.Now()
	f.c.kill(name)
	deadline := at.Add(resumeWithin)
	for {
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
		waits, all := f.m.waits(f.devices, at, at.Add(watched))
		if all && len(waits) > 0 && time.Since(at) > 2*watched {
			f.resumes = append(f.resumes, slices.Max(waits))
			f.say("host %s was killed; no reading waited longer than %d ms", name, slices.Max(waits).Milliseconds())
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("host %s was killed and the flow did not resume within %v: %s", name, resumeWithin, f.standing(ctx, f.awake(name)))
		}
	}
	if err := f.c.start(ctx, name); err != nil {
		return fmt.Errorf("bring host %s back: %w", name, err)
	}
	return nil
}

// standing says what is not well, for an error.
func (f *failover) standing(ctx context.Context, from flow.NodeID) string {
	cl, err := f.c.client(from)
	if err != nil {
		return err.Error()
	}
	s, err := cl.Snapshot(ctx)
	if err != nil {
		return err.Error()
	}
	var not []string
	for _, a := range s.Actors {
		if a.State != control.Running {
			not = append(not, fmt.Sprintf("%s on %q is %s: %s %s", a.ID, a.Node, a.State, a.LastError, strings.Join(a.Why, "; ")))
		}
	}
	for _, l := range s.Links {
		if !l.Up {
			not = append(not, fmt.Sprintf("link %s is down: %s", l.ID, l.Refused))
		}
	}
	return strings.Join(not[:min(len(not), 10)], "\n")
}

// move moves an actor of each kind in turn to another node.
func (f *failover) move(ctx context.Context, n int) error {
	if err := f.calm(ctx); err != nil {
		return fmt.Errorf("before a move: %w", err)
	}
	cl, err := f.c.client(f.awake(""))
	if err != nil {
		return err
	}
	s, err := cl.Snapshot(ctx)
	if err != nil {
		return err
	}
	id, devices := f.pick(n)
	i := slices.IndexFunc(s.Actors, func(a control.ActorState) bool { return a.ID == id })
	if i < 0 {
		return fmt.Errorf("actor %s is not in the snapshot", id)
	}
	from := s.Actors[i].Node
	others := slices.DeleteFunc(slices.Clone(f.c.names), func(o flow.NodeID) bool { return o == from })
	to := others[f.rng.IntN(len(others))]
	at := time.Now()
	if err := cl.Move(ctx, id, to); err != nil {
		return fmt.Errorf("move %s from %s to %s: %w", id, from, to, err)
	}
	ctx, cancel := context.WithTimeout(ctx, moveWithin)
	defer cancel()
	err = f.c.until(ctx, f.awake(""), fmt.Sprintf("%s runs on %s", id, to), func(s *control.Snapshot) string {
		for _, a := range s.Actors {
			if a.ID == id && (a.Node != to || a.State != control.Running) {
				return fmt.Sprintf("it is %s on %s: %s %s", a.State, a.Node, a.LastError, strings.Join(a.Why, "; "))
			}
		}
		return ""
	})
	if err != nil {
		return err
	}
	if err := pause(ctx, watched); err != nil {
		return err
	}
	return f.paused(ctx, devices, at, time.Now(), fmt.Sprintf("%s was moved from %s to %s", id, from, to))
}

// paused measures how much longer than usual readings waited between two moments.
func (f *failover) paused(ctx context.Context, devices []string, from, to time.Time, what string) error {
	usual, _ := f.m.waits(devices, from.Add(-watched), from)
	for {
		waits, all := f.m.waits(devices, from, to)
		if all && len(waits) > 0 && len(usual) > 0 {
			longer := max(0, slices.Max(waits)-median(usual))
			f.pauses = append(f.pauses, longer)
			f.say("%s; readings waited up to %d ms, %d ms longer than usual", what, slices.Max(waits).Milliseconds(), longer.Milliseconds())
			return nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("%s, and since then readings wait to be acknowledged: %w", what, err)
		}
	}
}

// pick is the actor to move and the devices whose readings it handles.
func (f *failover) pick(n int) (id flow.ActorID, devices []string) {
	bed := f.ward.Beds[n/4%len(f.ward.Beds)]
	for _, d := range bed.Devices {
		devices = append(devices, d.Name)
	}
	name := strings.ReplaceAll(bed.Name, "-", "_")
	switch n % 4 {
	case 0:
		return flow.ActorID(wardApp + ":" + name + ":collect"), devices
	case 1:
		return flow.ActorID(wardApp + ":" + name + ":check"), devices
	case 2:
		return flow.ActorID(wardApp + ":" + strings.ReplaceAll(devices[0], "-", "_")), devices[:1]
	}
	return wardApp + ":store", f.devices
}

// finish lets the last readings be stored, ends everything, and compares.
func (f *failover) finish(ctx context.Context) (res FailoverResult, err error) {
	if err := f.calm(ctx); err != nil {
		return res, fmt.Errorf("in the end: %w", err)
	}
	ran := time.Since(f.begun)
	f.m.mu.Lock()
	f.m.halt()
	f.m.mu.Unlock()
	res = FailoverResult{Kills: len(f.resumes), Moves: len(f.pauses), Usual: median(f.usual), UsualMost: slices.Max(f.usual)}
	res.Made, res.Acked = f.m.counted()
	res.Rate = float64(res.Acked) * float64(f.cfg.Batch) / ran.Seconds()
	if err := f.caughtUp(ctx, res.Made); err != nil {
		return res, err
	}
	if err := f.c.end(); err != nil {
		return res, err
	}
	all, err := f.audit(ctx)
	if err != nil {
		return res, err
	}
	res.Lost, res.Duplicated, res.Stored = all.lost+all.missing, all.duplicated, all.stored
	res.Notes = append(f.notes, all.findings...)
	if len(f.resumes) > 0 {
		res.ResumeMedian, res.ResumeMax = ms(median(f.resumes)), ms(slices.Max(f.resumes))
	}
	if len(f.pauses) > 0 {
		res.MovePauseMS, res.MoveMax = ms(median(f.pauses)), slices.Max(f.pauses)
	}
	return res, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// caughtUp waits until every copy of the store holds all readings, or long
// enough: then the audit says what is missing.
func (f *failover) caughtUp(ctx context.Context, made uint64) error {
	give := time.Now().Add(catchUp)
	for _, n := range f.stores() {
		st, err := sqlite.OpenReadOnly(f.store(n))
		if err != nil {
			return err
		}
		defer st.Close()
		for {
			c, err := st.Counts(ctx)
			if err != nil {
				return err
			}
			if have := uint64(c.Readings + c.Waiting); have >= made {
				break
			} else if time.Now().After(give) {
				f.notes = append(f.notes, fmt.Sprintf("the copy of host %s had %d of %d readings after %v", n, have, made, catchUp))
				break
			}
			if err := pause(ctx, 200*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}

// audit compares every copy of the store with what the devices know.
func (f *failover) audit(ctx context.Context) (all audit, err error) {
	for i, n := range f.stores() {
		a, err := f.m.auditCopy(ctx, f.store(n))
		if err != nil {
			return all, err
		}
		if i == 0 {
			all = a
		} else {
			all = all.worse(a)
		}
	}
	return all, nil
}
