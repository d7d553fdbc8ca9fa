package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// verifyCommand is "wardflow verify".
func verifyCommand() *cobra.Command {
	var opts verifyOptions
	cmd := &cobra.Command{
		Use:   "verify --store FILE --trust FILE",
		Short: "Check every signature and hash of what a store holds",
		Long: `Check every signature and hash of what a store holds: that each reading was
signed by its device and judged, that the patient's card signed the window it is
under, that the windows follow one another, and that the file itself is whole.

A window that did not hold when it came, though the patient's card had signed it
as the next one, is in quarantine: it must still be there and fit between its
neighbours, and is counted apart, with the reason.

A node may be writing the store at the same time. If anything does not hold, the
first bad reading or window is named and the exit code is 1.

--trust is the authorities' trust.pem. A record from before wardflow ca withdraw
needs archive.pem, which is beside it and has the roots that were withdrawn.

Who has the keys of a collector, of storage and of a card in its reader makes
another record that holds by itself. Their checks were anchored on the chain
before: with --checks, the folders of all nodes that judged for this store, each
log is held against the chain, and the store against the logs. The chain is asked
through --node, or --rpc, or read from its folder, --dir.`,
		Example: `  wardflow verify --store wardflow-data/ward/store.db --trust wardflow-data/ca/trust.pem
  wardflow verify --store records/store.db --checks ward/checks --checks records/checks`,
		Args: takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return opts.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.store, "store", "", "the store's `FILE`")
	opts.at.flags(cmd)
	flags.StringArrayVar(&opts.checks, "checks", nil, "`DIR` checks of a node that judged; may be given again")
	flags.StringVar(&opts.patient, "patient", "", "check the record of this `PATIENT` only")
	opts.out.flag(cmd)
	return cmd
}

type verifyOptions struct {
	store, patient string
	checks         []string
	at             ledger // whom to believe, and where the chain is
	out            output
}

// errNotWhole is what verify exits with when something was found bad.
var errNotWhole = errors.New("the record does not hold")

func (o *verifyOptions) run(ctx context.Context, out io.Writer) error {
	switch {
	case o.store == "":
		return usageError{errors.New("verify what? Name the store's file with --store")}
	case o.at.Trust == "" && len(o.checks) == 0:
		return usageError{errors.New("whom to believe? Name the file of authorities with --trust")}
	case o.patient != "" && len(o.checks) > 0:
		return usageError{errors.New("--patient and --checks: logs are held against all that is stored, so give one of them")}
	}
	file, err := o.trust()
	if err != nil {
		return err
	}
	trust, err := pki.LoadTrust(file)
	if err != nil {
		return err
	}
	st, err := sqlite.OpenReadOnly(o.store)
	if err != nil {
		return err
	}
	defer st.Close()
	began := time.Now()
	report, err := proof.Verify(ctx, st, proof.Strict(func() proof.Trust { return pki.NewVerifier(trust) }), o.patient)
	if err == nil {
		err = st.Check(ctx)
	}
	var logs *evidence.Collation
	if err == nil && len(o.checks) > 0 {
		logs, err = o.collate(ctx, st)
	}
	took := time.Since(began)
	doc := verification{OK: report.OK() && err == nil && (logs == nil || logs.OK()), Report: &report, Checks: logs}
	if err != nil {
		doc.Error = err.Error()
	}
	err = errors.Join(o.write(out, &doc, took), err)
	if err == nil && (!report.OK() || logs != nil && !logs.OK()) {
		return errNotWhole
	}
	return err
}

// A verification is what was found, for programs.
type verification struct {
	OK bool `json:"ok"`
	*proof.Report
	Checks *evidence.Collation `json:"checks,omitempty"`
	Error  string              `json:"error,omitempty"`
}

// write writes what was found; the names in it are the patients'.
func (o *verifyOptions) write(w io.Writer, v *verification, took time.Duration) error {
	if o.out == "name" {
		for _, p := range v.Patients {
			if _, err := fmt.Fprintln(w, inCell(p.Patient)); err != nil {
				return err
			}
		}
		return nil
	}
	var failed error
	err := o.out.write(w, v, func(w io.Writer) {
		failed = errors.Join(writeVerifyTable(w, v.Report, took), writeCollation(w, v.Checks))
	})
	return errors.Join(err, failed)
}

func writeVerifyTable(out io.Writer, r *proof.Report, took time.Duration) error {
	t := &table{head: []string{"PATIENT", ">WINDOWS", ">READINGS", ">REFUSED", ">VERIFIED", ">WAITING", ">MISSING", ">BAD"}}
	holds, windows, apart, left := 0, 0, 0, 0
	for _, p := range r.Patients {
		t.add(p.Patient, p.Windows, p.Readings, p.Refused, p.Verified, p.Waiting, p.Missing, p.Bad)
		holds += p.Verified
		windows += p.Windows
		apart += p.Quarantined
		left += p.Apart
	}
	t.write(out)
	if apart > 0 {
		fmt.Fprintf(out, "\nIN QUARANTINE: %d windows with %d readings. The patients' cards signed them and their chains go on over them,\nbut they did not hold when they came, and nothing of them is in the record:\n", apart, left)
		for _, q := range r.Quarantine {
			fmt.Fprintf(out, "  %d windows with %d readings: %s\n", q.Windows, q.Readings, inCell(q.Why))
		}
	}
	var err error
	if r.OK() {
		_, err = fmt.Fprintf(out, "\n%d readings in %d windows hold (%s)\n", holds, windows, took.Round(time.Millisecond))
	} else {
		_, err = fmt.Fprintf(out, "\nDOES NOT HOLD: %d bad; the first: %s\n", r.Bad, inCell(fmt.Sprint(r.First)))
	}
	return err
}
