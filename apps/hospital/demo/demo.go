package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/apps/hospital"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// Config is what a demo needs.
type Config struct {
	Dir  string        // where everything lies; what is there is continued
	Data []string      // folders of recordings; none: generated signals
	For  time.Duration // ends by itself after so long; 0: when ctx ends
	Exe  string        // the wardflow binary
	Out  io.Writer     // what people read
	Live bool          // Out is a terminal: a status line is redrawn

	Started func(flow.NodeID, *os.Process) // told of each node that was started; may be nil
	Seen    func(*control.Snapshot)        // told how it goes, about each second; may be nil
}

// Run brings the ward to life, shows how it goes until it is told to end, stops
// everything, verifies what was stored and says how it was. An error means that
// something that should hold did not.
func Run(ctx context.Context, cfg Config) error {
	d, err := prepare(ctx, cfg)
	if err != nil {
		return err
	}
	last, err := d.run(ctx)
	if stopErr := d.nodes.stop(stopWithin); err == nil {
		err = stopErr
	}
	if err != nil {
		return err
	}
	return d.summarize(last)
}

// run starts the CA service, has every machine enrol, and brings the nodes to
// life.
func (d *demo) run(ctx context.Context) (*control.Snapshot, error) {
	if err := d.nodes.start(caName); err != nil {
		return nil, err
	}
	enrolling, cancel := context.WithTimeout(ctx, aliveWithin)
	defer cancel()
	at := d.at[caName].Control
	if err := listens(enrolling, at); err != nil {
		return nil, fmt.Errorf("the CA service: %w; see %s", err, d.l.log(caName))
	}
	if err := enrol(enrolling, d.l, at, d.ward); err != nil {
		return nil, err
	}
	for _, n := range nodeNames {
		if err := d.nodes.start(n); err != nil {
			return nil, err
		}
	}
	return d.attended(ctx)
}

// attended is live, with the devices outside at their beds.
func (d *demo) attended(ctx context.Context) (*control.Snapshot, error) {
	all, err := outsiders(d.l, "https://"+d.at[ingestNode].Ingest, "https://"+d.at[caName].Control, d.ward, &d.brought)
	if err != nil {
		return nil, err
	}
	out, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ended := make(chan error, len(all))
	for _, o := range all {
		go func() { ended <- o.run(out) }()
	}
	last, err := d.live(ctx)
	stop()
	for range all {
		err = errors.Join(err, <-ended)
	}
	return last, err
}

// How long a node may take to stop, and the ward to come alive.
const (
	stopWithin  = 20 * time.Second
	aliveWithin = 60 * time.Second
)

// A demo is one run.
type demo struct {
	cfg     Config
	l       layout
	ward    *hospital.Ward
	at      map[flow.NodeID]address
	nodes   *nodes
	start   time.Time
	stored  time.Time // when the first reading of this run was stored
	tally   tally
	brought atomic.Uint64    // readings of devices outside that were acknowledged
	lined   time.Time        // when the last line of counts was printed
	logs    map[string]int64 // how long each log was before this run
}

// prepare makes what is missing: certificates, chain, rules, configurations.
func prepare(ctx context.Context, cfg Config) (*demo, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	cfg.Dir = dir
	if cfg.Started == nil {
		cfg.Started = func(flow.NodeID, *os.Process) {}
	}
	if cfg.Seen == nil {
		cfg.Seen = func(*control.Snapshot) {}
	}
	d := &demo{cfg: cfg, l: layout{dir}, start: time.Now(), logs: map[string]int64{}}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the demo's directory: %w", err)
	}
	for i, data := range cfg.Data {
		if cfg.Data[i], err = filepath.Abs(data); err != nil {
			return nil, err
		}
	}
	if len(cfg.Data) > 0 {
		d.ward, err = recorded(cfg.Data)
	} else {
		d.ward = invented()
	}
	if err != nil {
		return nil, err
	}
	if err := same(d.l, source(cfg.Data)); err != nil {
		return nil, err
	}
	d.say("preparing the hospital in %s", cfg.Dir)
	ca, err := authority(d.l, time.Now())
	if err != nil {
		return nil, err
	}
	if err := people(d.l, ca, d.ward, time.Now()); err != nil {
		return nil, err
	}
	info, err := chain.ReadInfo(d.l.chain())
	if errors.Is(err, os.ErrNotExist) {
		d.say("making the chain and its rules")
		info, err = found(ctx, d.l, ca)
	}
	if err != nil {
		return nil, fmt.Errorf("the demo's chain: %w; remove %s to begin anew", err, d.l.chain())
	}
	if d.at, err = addresses(d.l); err != nil {
		return nil, err
	}
	if err := configure(d.l, d.at, info.Manager.Hex(), cfg.Data); err != nil {
		return nil, err
	}
	if err := introduce(d.l, d.at); err != nil {
		return nil, err
	}
	if err := os.WriteFile(d.l.script(), []byte(d.ward.Script()), 0o644); err != nil {
		return nil, err
	}
	for _, n := range processNames {
		if err := os.MkdirAll(d.l.node(n), 0o755); err != nil {
			return nil, err
		}
		if st, err := os.Stat(d.l.log(n)); err == nil {
			d.logs[d.l.log(n)] = st.Size()
		}
	}
	d.nodes = &nodes{exe: cfg.Exe, l: d.l, ca: d.at[caName].Control, started: cfg.Started, deaths: map[flow.NodeID]int{}, all: map[flow.NodeID]*process{}}
	return d, nil
}

func (d *demo) say(format string, args ...any) {
	fmt.Fprintf(d.cfg.Out, format+"\n", args...)
}

// client speaks to a node as the demo's engineer.
func (d *demo) client(n flow.NodeID) (*control.Client, error) {
	staff, err := pki.LoadSigner(d.l.staff())
	if err != nil {
		return nil, err
	}
	trust, err := pki.LoadTrust(d.l.trust())
	if err != nil {
		return nil, err
	}
	conf := pki.ClientTLS(func() flow.Signer { return staff }, pki.NewVerifier(trust), pki.Only(flow.RoleNode))
	return control.NewClient("https://"+d.at[n].Control, conf)
}

// live deploys the ward and watches it; it returns the last snapshot.
func (d *demo) live(ctx context.Context) (*control.Snapshot, error) {
	c, err := d.client("ward")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	d.say("starting three nodes: bedside, ward, records")
	lacks := func(s *control.Snapshot) string { return s.Lacks(len(nodeNames)) }
	if _, err := d.await(ctx, c, "the nodes meet and can judge", lacks); err != nil {
		return nil, err
	}
	app, err := d.deploy(ctx, c)
	if err != nil {
		return nil, err
	}
	var before uint64 // of an earlier run
	if s, err := c.Snapshot(ctx); err == nil && s.Store != nil {
		before = s.Store.Readings
	}
	_, err = d.await(ctx, c, "the first reading is stored", func(s *control.Snapshot) string {
		if s.Store != nil && s.Store.Readings > before {
			return ""
		}
		return "no reading has been stored yet" + worst(s)
	})
	if err != nil {
		return nil, err
	}
	d.stored = time.Now()
	d.say("the first reading was stored %.1f s after the start", d.stored.Sub(d.start).Seconds())
	if login, err := c.Login(ctx); err == nil {
		d.say("\n  see it live    %s\n                 (good once, until %s; your browser does not know the demo's authority and will ask)", login.Link, login.Until.Local().Format(time.TimeOnly))
		d.say("  another link   %s login --context %s", d.called(), d.l.context())
		d.say("  what runs      %s", d.l.script())
		d.say("  command line   %s app show %s --context %s", d.called(), app, d.l.context())
		if len(d.ward.Beds) > 0 && len(d.ward.Beds[0].Devices) > 0 {
			bed := d.ward.Beds[0]
			d.say("  make it wrong  %s device mock fault %s out-of-range --for 30s --context %s\n", d.called(), bed.Devices[min(1, len(bed.Devices)-1)].Name, d.l.context())
		}
	}
	if d.cfg.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.cfg.For)
		defer cancel()
	} else {
		d.say("Ctrl-C ends it; starting it again goes on from there.\n")
	}
	return d.watch(ctx, c)
}

// called is how people call the program that runs: built for this once by the go
// command, it is not in their path.
func (d *demo) called() string {
	if strings.Contains(d.cfg.Exe, "go-build") {
		return "go run ./cmd/wardflow"
	}
	return "wardflow"
}

// deploy puts the ward's script into the cluster, unless it runs already.
func (d *demo) deploy(ctx context.Context, c *control.Client) (string, error) {
	source := d.ward.Script()
	if have, err := c.App(ctx, appName); err == nil && have.Script == source {
		d.say("%s runs already, revision %d", appName, have.Revision)
		return appName, nil
	}
	app, err := c.Deploy(ctx, control.Deployment{Name: appName, Script: source, File: d.l.script()})
	script := new(control.ScriptError)
	if errors.As(err, &script) {
		return "", fmt.Errorf("deploy %s:\n%w", d.l.script(), script)
	}
	if err != nil {
		return "", fmt.Errorf("deploy %s: %w", d.l.script(), err)
	}
	d.say("deployed %s: %d actors", app.Name, app.Actors)
	return app.Name, nil
}

// worst names an actor or link that is not well.
func worst(s *control.Snapshot) string {
	for _, a := range s.Actors {
		if a.State != control.Running && a.LastError != "" {
			return fmt.Sprintf("; %s is %s: %s", a.ID, a.State, a.LastError)
		}
	}
	for _, l := range s.Links {
		if l.Refused != "" {
			return fmt.Sprintf("; link %s is refused: %s", l.ID, l.Refused)
		}
	}
	return ""
}

// await looks at the cluster until missing says nothing.
func (d *demo) await(ctx context.Context, c *control.Client, what string, missing func(*control.Snapshot) string) (*control.Snapshot, error) {
	deadline := time.Now().Add(aliveWithin)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	why := "no node answers"
	for {
		if err := d.tend(); err != nil {
			return nil, err
		}
		s, err := c.Snapshot(ctx)
		if err != nil {
			why = err.Error()
		} else if why = missing(s); why == "" {
			return s, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%s: not within %v: %s; the logs are %s/*/node.log", what, aliveWithin, why, d.cfg.Dir)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("stopped before %s: %s", what, why)
		case <-tick.C:
		}
	}
}

// tend keeps the nodes running.
func (d *demo) tend() error {
	restarted, err := d.nodes.tend()
	for _, n := range restarted {
		d.say("node %s was killed; it was started again", n)
	}
	return err
}
