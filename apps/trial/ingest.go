package trial

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
)

// IngestConfig says how a node is measured that devices outside bring readings to.
type IngestConfig struct {
	Exe     string        // what to start nodes with
	Args    []string      // so that it calls [Host]
	Devices int           // 1,000
	Beds    int           // among which they are divided; 50
	Rounds  int           // of each server, in turn; 3
	Leg     time.Duration // how long one is measured; 5 s

	Progress func(string) // told how it goes; may be nil
}

// IngestResult is how many requests a node answers, beside a server that only
// decodes.
type IngestResult struct {
	Devices int     `json:"devices"`
	Rate    float64 `json:"req_per_s"`
	Bare    float64 `json:"bare_req_per_s"`
	Ratio   float64 `json:"ratio"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	Failed  int     `json:"failed"`
	Storm   float64 `json:"storm_p99_ms"` // of the readings of live devices while the others reconnect

	StormSeconds float64 `json:"storm_back_s"` // until all were back
	CalmP99      float64 `json:"calm_p99_ms"`  // of the live devices before it
	StormMade    int     `json:"storm_made"`   // readings of live devices in it
}

func (c *IngestConfig) setDefaults() {
	for _, d := range []struct {
		field *int
		is    int
	}{{&c.Devices, 1000}, {&c.Beds, 50}, {&c.Rounds, 3}} {
		if *d.field == 0 {
			*d.field = d.is
		}
	}
	if c.Leg == 0 {
		c.Leg = 5 * time.Second
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
}

// live is how many devices go on while the others reconnect, each with so many
// readings a second.
const (
	liveDevices = 20
	liveEvery   = 100 * time.Millisecond
)

// Ingest measures requests over connections that are kept open, of a node with
// its whole path behind it and of a bare server, and what a storm of devices that
// reconnect does to those that are there.
func Ingest(ctx context.Context, cfg IngestConfig) (res IngestResult, err error) {
	cfg.setDefaults()
	c, err := newCluster(cfg.Exe, cfg.Args, []flow.NodeID{"a"}, 1, nil)
	if err != nil {
		return res, err
	}
	defer func() { err = c.stop(err) }()
	i := &ingesting{cfg: cfg, c: c}
	if err := i.prepare(ctx); err != nil {
		return res, err
	}
	if err := i.begin(ctx); err != nil {
		return res, err
	}
	defer i.end()
	return i.measure(ctx)
}

type ingesting struct {
	cfg      IngestConfig
	c        *cluster
	verifier *pki.Verifier
	node     string // host:port
	bareAt   string
	bare     *child
	devices  [][]string // EPCs by bed
	signers  []flow.Signer
	groups   []*crowd
}

func (i *ingesting) say(format string, args ...any) { i.cfg.Progress(fmt.Sprintf(format, args...)) }

func (i *ingesting) prepare(ctx context.Context) error {
	total := i.cfg.Devices + liveDevices
	i.say("preparing a node, %d beds and %d devices", i.cfg.Beds, total)
	addrs, err := freeAddresses(2)
	if err != nil {
		return err
	}
	i.node, i.bareAt = addrs[0], addrs[1]
	ids := i.c.file("identities")
	if err := i.c.enroll(filepath.Join(ids, "records"), pki.Request{Role: flow.RoleStorage, Name: "records"}); err != nil {
		return err
	}
	i.devices = make([][]string, i.cfg.Beds)
	for b := range i.cfg.Beds {
		if err := errors.Join(
			i.c.enroll(filepath.Join(ids, bedName(b)), pki.Request{Role: flow.RoleCollector, Name: bedName(b), Group: bedRoom(b) + "/collector"}),
			i.c.enroll(i.c.file("cards", patientName(b)), pki.Request{Role: flow.RolePatient, Name: patientName(b)})); err != nil {
			return err
		}
	}
	for d := range total {
		b := d % i.cfg.Beds
		uri := fmt.Sprintf("urn:epc:id:giai:0614141.%d", 10_000+d)
		epc, err := pki.ParseEPC(uri)
		if err != nil {
			return err
		}
		s, err := i.c.ca.Enroll(pki.Request{Role: flow.RoleDevice, EPC: epc, Group: bedRoom(b) + "/thermometer"}, time.Now())
		if err != nil {
			return err
		}
		i.devices[b] = append(i.devices[b], uri)
		i.signers = append(i.signers, s)
	}
	manager, err := i.c.rules(ctx, "a")
	if err != nil {
		return err
	}
	cfg := i.c.configs["a"]
	cfg.Identities, cfg.Cards, cfg.Store = ids, i.c.file("cards"), i.c.file("a", "store.db")
	cfg.Chain = &node.ChainConfig{Manager: manager, Dir: i.c.file("a", "chain")}
	cfg.Ingest = node.IngestConfig{HTTPS: i.node, Rate: 10_000}
	trust, err := pki.LoadTrust(i.c.file("trust.pem"))
	i.verifier = pki.NewVerifier(trust)
	return err
}

func bedName(b int) string     { return fmt.Sprintf("bed-%d", b+1) }
func bedRoom(b int) string     { return fmt.Sprintf("h1/3/icu-%d", b+1) }
func patientName(b int) string { return fmt.Sprintf("p-%d", b+1) }

// script has an intake, a collector and a check for each bed, and one store
// behind them all.
func (i *ingesting) script() string {
	var s strings.Builder
	s.WriteString("store : ward.Store(storage=\"records\")\n")
	for b, devices := range i.devices {
		fmt.Fprintf(&s, "intake_%d : ward.Intake(collector=%q, devices=[%s])\n", b+1, bedName(b), `"`+strings.Join(devices, `", "`)+`"`)
		fmt.Fprintf(&s, "collect_%d : ward.Collector(patient=%q, collector=%q, window=10)\ncheck_%d : ward.RuleCheck()\n", b+1, patientName(b), bedName(b), b+1)
		fmt.Fprintf(&s, "intake_%d.reading > collect_%d.reading\ncollect_%d.out > check_%d.in\n", b+1, b+1, b+1, b+1)
		fmt.Fprintf(&s, "check_%d.passed > store.in\ncheck_%d.refused > voidport\n", b+1, b+1)
	}
	return s.String()
}

func (i *ingesting) begin(ctx context.Context) error {
	if err := i.c.startAll(ctx); err != nil {
		return err
	}
	cl, err := i.c.client("a")
	if err != nil {
		return err
	}
	if _, err := cl.Deploy(ctx, control.Deployment{Name: wardApp, Script: i.script()}); err != nil {
		return fmt.Errorf("deploy the ward: %w", err)
	}
	err = i.c.until(ctx, "a", "the ward runs", func(s *control.Snapshot) string {
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
	if i.bare, err = spawn(i.cfg.Exe, i.cfg.Args...); err != nil {
		return err
	}
	w := bareWish{Listen: i.bareAt, Certificate: i.c.configs["a"].Certificate, Trust: i.c.file("trust.pem")}
	return i.bare.ask(ctx, hostWish{Bare: &w}, new(hostTold))
}

func (i *ingesting) end() {
	for _, g := range i.groups {
		g.hangUp()
	}
	if i.bare != nil {
		i.bare.end()
	}
}

// crowd makes callers of some devices, each from an address of its own as in a
// hospital.
func (i *ingesting) crowd(signers []flow.Signer, first int, at string) *crowd {
	g := &crowd{}
	for k, s := range signers {
		n := first + k
		local := net.IPv4(127, 1, byte(n/250), byte(n%250+1))
		g.all = append(g.all, newCaller(s, i.verifier, local, at, new(uint64)))
	}
	i.groups = append(i.groups, g)
	return g
}

func (i *ingesting) measure(ctx context.Context) (res IngestResult, err error) {
	res.Devices = i.cfg.Devices
	ours := i.crowd(i.signers[:i.cfg.Devices], 0, i.node)
	bare := i.crowd(i.signers[:i.cfg.Devices], 0, i.bareAt)
	for _, g := range []*crowd{ours, bare} {
		i.say("%d devices connect", len(g.all))
		if err := g.connect(ctx); err != nil {
			return res, err
		}
	}
	var rates, bares []float64
	var waits []time.Duration
	for round := range i.cfg.Rounds + 1 {
		one, err := i.leg(ctx, ours, i.c.hosts["a"])
		if err != nil {
			return res, err
		}
		two, err := i.leg(ctx, bare, i.bare)
		if err != nil {
			return res, err
		}
		i.say("round %d: %.0f requests a second and %.0f µs of processor each, a bare server %.0f and %.0f µs, ratio %.2f",
			round, one.rate, one.cost, two.rate, two.cost, one.rate/two.rate)
		res.Failed += one.failed + two.failed
		if one.why != nil {
			i.say("failed: %v", one.why)
		}
		if round == 0 {
			continue // to warm up
		}
		rates, bares = append(rates, one.rate), append(bares, two.rate)
		waits = append(waits, one.waits...)
	}
	slices.Sort(waits)
	slices.Sort(rates)
	slices.Sort(bares)
	res.Rate, res.Bare = rates[len(rates)/2], bares[len(bares)/2]
	res.Ratio = res.Rate / res.Bare
	res.P50, res.P99 = at(waits, 0.5), at(waits, 0.99)
	return res, i.storm(ctx, &res, ours)
}

// at is a quantile, in milliseconds, of waits in rising order.
func at(waits []time.Duration, q float64) float64 {
	if len(waits) == 0 {
		return 0
	}
	return float64(waits[min(len(waits)-1, int(q*float64(len(waits))))].Microseconds()) / 1000
}

// leg runs a crowd against a server, and looks what that cost it.
func (i *ingesting) leg(ctx context.Context, g *crowd, server *child) (leg, error) {
	var before, after hostTold
	if err := server.ask(ctx, hostWish{}, &before); err != nil {
		return leg{}, err
	}
	l, err := g.run(ctx, i.cfg.Leg)
	if err == nil {
		err = server.ask(ctx, hostWish{}, &after)
	}
	l.cost = float64((after.CPU - before.CPU).Microseconds()) / float64(max(1, len(l.waits)))
	return l, err
}

// storm has all devices but the live ones lose their connections at once.
func (i *ingesting) storm(ctx context.Context, res *IngestResult, all *crowd) error {
	live := i.crowd(i.signers[i.cfg.Devices:], i.cfg.Devices, i.node)
	if err := live.connect(ctx); err != nil {
		return err
	}
	before, err := live.pace(ctx, liveEvery, after(i.cfg.Leg))
	if err != nil {
		return err
	}
	res.CalmP99 = at(before.waits, 0.99)
	i.say("%d devices reconnect at once; %d live ones go on, their p99 was %.1f ms", len(all.all), len(live.all), res.CalmP99)
	all.hangUp()
	over := make(chan struct{})
	var back error
	began := time.Now()
	go func() {
		defer close(over)
		back = all.comeBack(ctx)
	}()
	during, err := live.pace(ctx, liveEvery, over)
	res.StormSeconds = time.Since(began).Seconds()
	res.Storm, res.StormMade = at(during.waits, 0.99), len(during.waits)
	res.Failed += during.failed + before.failed
	if why := cmp.Or(during.why, before.why); why != nil {
		i.say("failed: %v", why)
	}
	return errors.Join(err, back)
}
