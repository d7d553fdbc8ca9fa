package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// summarize verifies the record and says how the run was.
func (d *demo) summarize(s *control.Snapshot) error {
	report, err := d.verify()
	if err != nil {
		return err
	}
	t := &d.tally
	verified, readings, windows, missing := 0, 0, 0, uint64(0)
	for _, p := range report.Patients {
		readings += p.Readings
		verified += p.Verified
		windows += p.Windows
		missing += p.Missing
	}
	warnings, pauses, err := d.warnings()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(d.cfg.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nran for\t%.0f s; first reading stored after %.1f s\n", time.Since(d.start).Seconds(), d.stored.Sub(d.start).Seconds())
	fmt.Fprintf(w, "sent\t%d readings\n", t.sent)
	fmt.Fprintf(w, "from outside\t%d readings over HTTPS, each acknowledged when it was stored\n", d.brought.Load())
	fmt.Fprintf(w, "accepted\t%d\n", t.accepted)
	fmt.Fprintf(w, "refused\t%s\n", reasons(t))
	fmt.Fprintf(w, "stored\t%d readings in %d windows, with earlier runs\n", readings, windows)
	fmt.Fprintf(w, "verified\t%d readings and refusals, %d bad\n", verified, report.Bad)
	fmt.Fprintf(w, "anchored\t%s\n", anchored(s))
	fmt.Fprintf(w, "slowest stage\t%s\n", slowest(s))
	if len(pauses) > 0 {
		fmt.Fprintf(w, "pauses\t%d, of a busy machine or a process that was killed, first: %s\n", len(pauses), pauses[0])
	}
	fmt.Fprintf(w, "the record\twardflow verify --store %s --trust %s\n", d.l.store(), d.l.trust())
	w.Flush()
	return held(s, t, report, missing, warnings)
}

// held is what should hold and does not.
func held(s *control.Snapshot, t *tally, r proof.Report, missing uint64, warnings []string) error {
	var errs []error
	if t.sent == 0 {
		errs = append(errs, errors.New("no sensor sent anything"))
	}
	if len(r.Patients) == 0 {
		errs = append(errs, errors.New("nothing was stored"))
	}
	if !r.OK() {
		errs = append(errs, fmt.Errorf("the record does not hold: %d bad, first %v", r.Bad, r.First))
	}
	if missing > 0 {
		errs = append(errs, fmt.Errorf("%d readings of the devices' own count are neither stored nor refused", missing))
	}
	for _, l := range s.Links {
		if l.Refused != "" {
			errs = append(errs, fmt.Errorf("link %s is refused: %s", l.ID, l.Refused))
		}
	}
	for _, a := range s.Actors {
		if a.State == control.Faulted || a.State == control.Shadow {
			errs = append(errs, fmt.Errorf("actor %s is %s: %s", a.ID, a.State, a.LastError))
		}
	}
	if len(warnings) > 0 {
		errs = append(errs, fmt.Errorf("the logs have %d warnings, first: %s", len(warnings), warnings[0]))
	}
	return errors.Join(errs...)
}

// anchored says how many of the checks, each in the log of the node that made it,
// had their heads on the chain when the cluster was looked at last.
func anchored(s *control.Snapshot) string {
	var checks, done uint64
	for _, c := range s.Checks {
		checks += c.Size
		done += c.Anchored
	}
	return fmt.Sprintf("%d of %d checks, in %d logs", done, checks, len(s.Checks))
}

func reasons(t *tally) string {
	if t.refusedAll() == 0 {
		return "0"
	}
	var parts []string
	for _, r := range slices.Sorted(maps.Keys(t.refused)) {
		parts = append(parts, fmt.Sprintf("%d %s", t.refused[r], r))
	}
	return fmt.Sprintf("%d: %s", t.refusedAll(), strings.Join(parts, ", "))
}

// slowest is the link whose tokens were oldest when they were taken, at the
// median over its kind.
func slowest(s *control.Snapshot) string {
	var worst control.LinkState
	for _, l := range s.Links {
		if l.AgeMedian > worst.AgeMedian {
			worst = l
		}
	}
	if worst.ID == "" {
		return "none measured"
	}
	return fmt.Sprintf("%s: half of its tokens taken within %.1f ms, 99 %% within %.1f ms", worst.ID, worst.AgeMedian*1e3, worst.Age99*1e3)
}

// verify checks all that was ever stored, as an auditor would.
func (d *demo) verify() (proof.Report, error) {
	st, err := sqlite.OpenReadOnly(d.l.store())
	if err != nil {
		return proof.Report{}, err
	}
	defer st.Close()
	trust, err := pki.LoadTrust(d.l.trust())
	if err != nil {
		return proof.Report{}, err
	}
	return proof.Verify(context.Background(), st, pki.NewVerifier(trust), "")
}
