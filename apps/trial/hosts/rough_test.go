//go:build linux

package hosts_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial"
	"github.com/wardflow/wardflow/apps/trial/hosts"
)

var (
	rough = flag.Bool("rough", false, "let a ward on five hosts go through hardships; takes minutes")
	rate  = flag.Int("rate", 200, "readings a second of that ward")
)

// both does one thing and then another.
func both(errs ...error) error { return errors.Join(errs...) }

// hardships are what befalls five hosts, of which 0, 1 and 2 keep the register
// and the store.
func hardships(lab *hosts.Lab) []trial.Hardship {
	storing := 0
	return []trial.Hardship{
		{Name: "host 3 is cut off", Lasts: 20 * time.Second,
			Begin: func(*trial.Rough) error { return lab.Split(3) },
			End:   func(*trial.Rough) error { return lab.Join(3) }},
		{Name: "the host that stores is cut off", Lasts: 20 * time.Second,
			Begin: func(r *trial.Rough) (err error) {
				if storing, err = r.Storing(); err != nil {
					return err
				}
				return lab.Split(storing)
			},
			End: func(*trial.Rough) error { return lab.Join(storing) }},
		{Name: "the network splits: 0 and 3 here, the others there", Lasts: 20 * time.Second,
			Begin: func(*trial.Rough) error { return lab.Split(0, 3) },
			End:   func(*trial.Rough) error { return lab.Join(0, 3) }},
		{Name: "host 1 hears nobody, and is heard", Lasts: 20 * time.Second,
			Begin: func(*trial.Rough) error { return both(lab.Cut(0, 1), lab.Cut(2, 1), lab.Cut(3, 1), lab.Cut(4, 1)) },
			End:   func(*trial.Rough) error { return both(lab.Mend(0, 1), lab.Mend(2, 1), lab.Mend(3, 1), lab.Mend(4, 1)) }},
		{Name: "host 2 is heard by nobody, and hears", Lasts: 20 * time.Second,
			Begin: func(*trial.Rough) error { return both(lab.Cut(2, 0), lab.Cut(2, 1), lab.Cut(2, 3), lab.Cut(2, 4)) },
			End:   func(*trial.Rough) error { return both(lab.Mend(2, 0), lab.Mend(2, 1), lab.Mend(2, 3), lab.Mend(2, 4)) }},
		{Name: "200 ms between all hosts", Lasts: 20 * time.Second,
			Begin: func(*trial.Rough) error { return lab.Everywhere(0, 100*time.Millisecond) },
			End:   func(*trial.Rough) error { return lab.Everywhere(0, 0) }},
		{Name: "30 % of all packets are lost", Lasts: 20 * time.Second,
			Begin: func(*trial.Rough) error { return lab.Everywhere(0.3, 0) },
			End:   func(*trial.Rough) error { return lab.Everywhere(0, 0) }},
		{Name: "the host that stores is killed", Lasts: 10 * time.Second,
			Begin: func(r *trial.Rough) (err error) {
				if storing, err = r.Storing(); err != nil {
					return err
				}
				return r.Kill(storing)
			},
			End: func(r *trial.Rough) error { return r.Start(storing) }},
		{Name: "host 1 stands still for 60 s", Lasts: 60 * time.Second,
			Begin: func(r *trial.Rough) error { return r.Stop(1) },
			End:   func(r *trial.Rough) error { return r.Continue(1) }},
		{Name: "the disk of the host that stores is full", Lasts: 20 * time.Second,
			Begin: func(r *trial.Rough) (err error) {
				if storing, err = r.Storing(); err != nil {
					return err
				}
				return hosts.Fill(r.Dir(storing))
			},
			End: func(r *trial.Rough) error { return hosts.Empty(r.Dir(storing)) }},
	}
}

// A ward on five hosts goes through everything that befalls hosts, and every
// reading that a device was told is stored, is: in each copy, once.
func TestRoughTime(t *testing.T) {
	if !*rough {
		t.Skip("takes minutes: run it with -args -rough")
	}
	lab := open(t, 5)
	pass(t, lab, func(_ int, dir string) (func() error, error) { return lab.Disk(dir, 192<<20) }, hardships(lab))
}

// pass lets a ward on five hosts go through hardships.
func pass(t *testing.T, ground trial.Ground, disk func(int, string) (func() error, error), all []trial.Hardship) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	res, err := trial.RoughTime(ctx, trial.RoughConfig{Exe: exe, Args: []string{"host"}, Ground: ground, Rate: *rate, Disk: disk, Hardships: all,
		Progress: func(s string) { t.Log(time.Now().Format(time.TimeOnly), s) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d readings were made, %d acknowledged, %d stored in each copy at least", res.Made, res.Acked, res.Stored)
	if res.Lost != 0 || res.Duplicated != 0 || res.Acked == 0 || res.Stored < int(res.Acked) {
		t.Errorf("%d lost, %d duplicated: %v", res.Lost, res.Duplicated, res.Notes)
	}
}
