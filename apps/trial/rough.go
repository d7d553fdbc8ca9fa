package trial

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
)

// RoughConfig says what a ward goes through.
type RoughConfig struct {
	Exe       string   // what to start nodes with
	Args      []string // so that it calls [Host]
	Ground    Ground   // nil: this host
	Hosts     int      // 5; the first three keep the register and the store
	Rate      int      // readings a second, of all devices together; 200
	Beds      int      // each with a collector and a rule check; 3
	Each      int      // devices at a bed; 2
	Hardships []Hardship

	// Disk makes the disk of a host at a folder, and release takes it away again;
	// nil: it is this host's.
	Disk     func(host int, dir string) (release func() error, err error)
	Progress func(string) // told how it goes; may be nil
}

// A Hardship befalls the hosts and ends again.
type Hardship struct {
	Name  string
	Lasts time.Duration
	Begin func(*Rough) error
	End   func(*Rough) error // nil: it ends by itself
}

// A Rough is a ward whose hosts have a hard time.
type Rough struct {
	f     *failover
	ctx   context.Context
	disks []func() error // that take them away
}

// A RoughResult is what the hardships have done.
type RoughResult struct {
	Lost, Duplicated int // as in [FailoverResult]
	Made, Acked      uint64
	Stored           int
	Notes            []string
	Passed           []Passed
}

// Passed is one hardship, gone through.
type Passed struct {
	Name string
	Wait time.Duration // the longest that a reading made meanwhile had to wait for its acknowledgement
	Calm time.Duration // from its end until all was well again
}

// RoughTime lets a ward on several hosts go through hardships, one after the
// other, while its devices make readings, and compares in the end what they were
// told is stored with what each copy of the store holds.
func RoughTime(ctx context.Context, cfg RoughConfig) (res RoughResult, err error) {
	for _, d := range []struct {
		field *int
		is    int
	}{{&cfg.Hosts, 5}, {&cfg.Rate, 200}, {&cfg.Beds, 3}, {&cfg.Each, 2}} {
		if *d.field == 0 {
			*d.field = d.is
		}
	}
	at := "127.0.0.1"
	if cfg.Ground != nil {
		at = cfg.Ground.Outside()
	}
	m, err := newMonitor(at + ":0")
	if err != nil {
		return res, err
	}
	defer m.close() // what it says was said before
	r := &Rough{ctx: ctx, f: &failover{m: m, rng: rand.New(rand.NewPCG(1, 2)),
		cfg: FailoverConfig{Exe: cfg.Exe, Args: cfg.Args, Rate: cfg.Rate, Batch: 1, Beds: cfg.Beds, Each: cfg.Each, Progress: cfg.Progress}}}
	r.f.cfg.setDefaults()
	r.f.ward = r.f.makeWard()
	if err := r.found(&cfg); err != nil {
		return res, err
	}
	defer func() {
		err = errors.Join(err, r.f.c.end())
		for _, release := range r.disks {
			err = errors.Join(err, release())
		}
		err = r.f.c.stop(err)
	}()
	if err := r.settle(&cfg); err != nil {
		return res, err
	}
	for _, h := range cfg.Hardships {
		p, err := r.bear(h)
		if err != nil {
			return res, fmt.Errorf("%s: %w", h.Name, err)
		}
		res.Passed = append(res.Passed, p)
	}
	end, err := r.f.finish(ctx)
	res.Lost, res.Duplicated, res.Made, res.Acked, res.Stored, res.Notes = end.Lost, end.Duplicated, end.Made, end.Acked, end.Stored, end.Notes
	return res, err
}

// roughVoters is how many hosts keep the register and the store.
const roughVoters = 3

// found makes the cluster.
func (r *Rough) found(cfg *RoughConfig) (err error) {
	var names []flow.NodeID
	for i := range cfg.Hosts {
		names = append(names, flow.NodeID('a'+rune(i)))
	}
	r.f.c, err = newClusterOn(cfg.Ground, cfg.Exe, cfg.Args, names, min(roughVoters, cfg.Hosts), func(c *cluster, n *node.Config) error {
		if cfg.Disk == nil {
			return nil
		}
		n.Dir = c.file(string(n.Node), "disk")
		release, err := cfg.Disk(int(n.Node[0]-'a'), n.Dir)
		if err == nil {
			r.disks = append(r.disks, release)
		}
		return err
	})
	return err
}

// settle starts everything. What is beyond the voters stores nothing.
func (r *Rough) settle(cfg *RoughConfig) error {
	if err := r.f.prepare(r.ctx); err != nil {
		return err
	}
	for i, n := range r.f.c.names {
		c := r.f.c.configs[n]
		if i >= roughVoters {
			c.Store, c.StoreGroup = "", node.StoreGroup{}
		}
	}
	return r.f.begin(r.ctx)
}

func (r *Rough) bear(h Hardship) (p Passed, err error) {
	if err := r.f.calm(r.ctx); err != nil {
		return p, fmt.Errorf("before it: %w", err)
	}
	r.f.say("%s", h.Name)
	began := time.Now()
	if err := h.Begin(r); err != nil {
		return p, err
	}
	if err := pause(r.ctx, h.Lasts); err != nil {
		return p, err
	}
	if h.End != nil {
		if err := h.End(r); err != nil {
			return p, err
		}
	}
	ended := time.Now()
	if err := r.f.calm(r.ctx); err != nil {
		return p, fmt.Errorf("after it: %w\n%s", err, r.f.standing(r.ctx, r.f.awake("")))
	}
	p = Passed{Name: h.Name, Calm: time.Since(ended)}
	p.Wait, _ = r.f.m.longestWait(began, ended)
	r.f.say("%s is over: no reading waited longer than %d ms; all was well again after %d ms", h.Name, p.Wait.Milliseconds(), p.Calm.Milliseconds())
	return p, nil
}

// Kill ends a host's node at once.
func (r *Rough) Kill(host int) error {
	r.f.c.kill(r.f.c.names[host])
	return nil
}

// Start starts a host's node again.
func (r *Rough) Start(host int) error { return r.f.c.start(r.ctx, r.f.c.names[host]) }

// Stop has a host's node stand still; Continue lets it go on.
func (r *Rough) Stop(host int) error { return r.signal(host, syscall.SIGSTOP) }

// Continue ends Stop.
func (r *Rough) Continue(host int) error { return r.signal(host, syscall.SIGCONT) }

func (r *Rough) signal(host int, s syscall.Signal) error {
	h := r.f.c.hosts[r.f.c.names[host]]
	if h == nil {
		return errors.New("the node does not run")
	}
	return h.cmd.Process.Signal(s)
}

// Dir is the folder of a host's node.
func (r *Rough) Dir(host int) string { return r.f.c.configs[r.f.c.names[host]].Dir }

// Storing is the host of the store's actor, as far as the trial knows.
func (r *Rough) Storing() (int, error) {
	cl, err := r.f.c.client(r.f.awake(""))
	if err != nil {
		return 0, err
	}
	s, err := cl.Snapshot(r.ctx)
	if err != nil {
		return 0, err
	}
	for _, a := range s.Actors {
		if a.ID == wardApp+":store" {
			for i, n := range r.f.c.names {
				if n == a.Node {
					return i, nil
				}
			}
		}
	}
	return 0, errors.New("no host runs the store's actor")
}
