package trial

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// IngestConfig says how a node is measured that devices outside bring readings to.
type IngestConfig struct {
	Exe     string        // what to start nodes with
	Args    []string      // so that it calls [Host]
	Devices int           // 1,000
	Beds    int           // among which they are divided; 50
	Rounds  int           // of each server, in turn; 3
	Leg     time.Duration // how long one is measured; 5 s

	// Profile is the file that a profile of the node's processor time in the last
	// round is written to; "": none is made.
	Profile string

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
	h, err := newHouse(ctx, houseConfig{exe: cfg.Exe, args: cfg.Args, devices: cfg.Devices + liveDevices, beds: cfg.Beds, progress: cfg.Progress})
	if err != nil {
		return res, err
	}
	defer func() { err = h.c.stop(err) }()
	i := &ingesting{house: h, cfg: cfg}
	defer i.end()
	if err := i.begin(ctx); err != nil {
		return res, err
	}
	return i.measure(ctx)
}

type ingesting struct {
	*house
	cfg    IngestConfig
	bareAt string
	bare   *child
}

// begin starts the node, and the bare server beside it.
func (i *ingesting) begin(ctx context.Context) (err error) {
	if err := i.house.begin(ctx); err != nil {
		return err
	}
	if i.bare, err = spawn(i.cfg.Exe, i.cfg.Args...); err != nil {
		return err
	}
	addrs, err := freeAddresses(1)
	if err != nil {
		return err
	}
	i.bareAt = addrs[0]
	w := bareWish{Listen: i.bareAt, Certificate: i.c.configs["a"].Certificate, Trust: i.c.file("trust.pem")}
	return i.bare.ask(ctx, hostWish{Bare: &w}, new(hostTold))
}

func (i *ingesting) end() {
	i.hangUp()
	if i.bare != nil {
		i.bare.end()
	}
}

func (i *ingesting) measure(ctx context.Context) (res IngestResult, err error) {
	res.Devices = i.cfg.Devices
	ours := i.crowd(i.signers[:i.cfg.Devices], 0, i.at)
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
		one, err := i.leg(ctx, ours, i.c.hosts["a"], map[bool]string{true: i.cfg.Profile}[round == i.cfg.Rounds])
		if err != nil {
			return res, err
		}
		two, err := i.leg(ctx, bare, i.bare, "")
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

// leg runs a crowd against a server, and looks what that cost it. With the name
// of a file its processor time is profiled.
func (i *ingesting) leg(ctx context.Context, g *crowd, server *child, profile string) (leg, error) {
	var before, after hostTold
	if err := server.ask(ctx, hostWish{Profile: profile}, &before); err != nil {
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
	live := i.crowd(i.signers[i.cfg.Devices:], i.cfg.Devices, i.at)
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
