package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
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
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return opts.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.store, "store", "", "the store's `FILE`")
	opts.at.flags(cmd)
	flags.StringArrayVar(&opts.checks, "checks", nil, "`DIR` checks of a node that judged; may be given again")
	flags.StringVar(&opts.patient, "patient", "", "check the record of this `PATIENT` only")
	flags.StringVarP(&opts.output, "output", "o", "table", "`FORM` of the report: table or json")
	return cmd
}

type verifyOptions struct {
	store, patient, output string
	checks                 []string
	at                     ledger // whom to believe, and where the chain is
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
	case o.output != "table" && o.output != "json":
		return usageError{fmt.Errorf("output form %q: want table or json", o.output)}
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
	if o.output == "json" {
		err = errors.Join(writeVerifyJSON(out, &report, logs, err), err)
	} else {
		err = errors.Join(writeVerifyTable(out, &report, time.Since(began)), writeCollation(out, logs), err)
	}
	if err == nil && (!report.OK() || logs != nil && !logs.OK()) {
		return errNotWhole
	}
	return err
}

func writeVerifyJSON(out io.Writer, r *proof.Report, logs *evidence.Collation, err error) error {
	v := struct {
		OK bool `json:"ok"`
		*proof.Report
		Checks *evidence.Collation `json:"checks,omitempty"`
		Error  string              `json:"error,omitempty"`
	}{OK: r.OK() && err == nil && (logs == nil || logs.OK()), Report: r, Checks: logs}
	if err != nil {
		v.Error = err.Error()
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func writeVerifyTable(out io.Writer, r *proof.Report, took time.Duration) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PATIENT\tWINDOWS\tREADINGS\tREFUSED\tVERIFIED\tWAITING\tMISSING\tBAD")
	verified, windows, apart, left := 0, 0, 0, 0
	for _, p := range r.Patients {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", p.Patient, p.Windows, p.Readings, p.Refused, p.Verified, p.Waiting, p.Missing, p.Bad)
		verified += p.Verified
		windows += p.Windows
		apart += p.Quarantined
		left += p.Apart
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var err error
	if apart > 0 {
		fmt.Fprintf(out, "\nIN QUARANTINE: %d windows with %d readings. The patients' cards signed them and their chains go on over them,\nbut they did not hold when they came, and nothing of them is in the record:\n", apart, left)
		for _, q := range r.Quarantine {
			fmt.Fprintf(out, "  %d windows with %d readings: %s\n", q.Windows, q.Readings, q.Why)
		}
	}
	if r.OK() {
		_, err = fmt.Fprintf(out, "\n%d readings in %d windows hold (%s)\n", verified, windows, took.Round(time.Millisecond))
	} else {
		_, err = fmt.Fprintf(out, "\nDOES NOT HOLD: %d bad; the first: %s\n", r.Bad, r.First)
	}
	return err
}
