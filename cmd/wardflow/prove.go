package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/durable"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/pki"
)

// proveCommand is "wardflow prove".
func proveCommand() *cobra.Command {
	var to ledger
	var dirs proveDirs
	var file string
	var q control.ProveQuery
	cmd := &cobra.Command{
		Use:   "prove READING|CHECK",
		Short: "Write a bundle that proves a reading, or a check of one, to a stranger",
		Long: `Write one file with all that a stranger needs to believe that a reading was made,
stored and judged as it was, and that nobody has changed that since: the
reading with the signatures of its device and of the patient's card, the
records of who judged it and by which rule, the way from those to the heads of
the logs that are anchored on the chain, the blocks, and what nodes say of
them. wardflow verify-proof verifies it anywhere.

A READING is DEVICE/STREAM/SEQ (the device's EPC as 24 hex digits), DEVICE/STREAM
for the newest under a window, or the 64 hex digits of its hash. A CHECK is
0xLOG/INDEX, as wardflow checks list shows it; also what was refused, and not
stored, has checks.

Any node will do: it asks the others. The bundle holds the reading itself, so it
takes the action "prove", which the policy gives to admins only. Without a node,
name the folders: --checks of each node that judged, --store, and the chain's
with --dir; --witness is a node's certificate, which then vouches for the block.`,
		Example: `  wardflow prove 3474257BF400000000000065/hr/1234
  wardflow prove 3474257BF400000000000065/ecg/MLII --to evidence.json
  wardflow prove 0x52908400098527886e0f7030069857d2e4169ee7/17 --checks ward/checks --dir records/chain --trust trust.pem`,
		Args: takes(1, "what is to be proved: DEVICE/STREAM/SEQ, a reading's hash, or 0xLOG/INDEX"),
	}
	to.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&file, "to", "proof.json", "`FILE` to write; - for standard output")
	f.DurationVar(&q.Wait, "wait", 15*time.Second, fmt.Sprintf("for what is on its way to the chain, or waits for its window; up to %v", control.MaxProveWait))
	f.BoolVar(&q.Early, "early", false, "after --wait take what is there, rather than nothing")
	dirs.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.Of = args[0]
		if _, err := evidence.ParseQuery(q.Of); err != nil {
			return usageError{err}
		}
		text, trust, from, err := bundleFrom(cmd.Context(), &to, &dirs, q)
		if errors.Is(err, control.ErrNotFound) || errors.Is(err, evidence.ErrNothing) {
			return fmt.Errorf("%w\n  wardflow checks list shows the devices, streams and numbers that a node has judged", err)
		}
		if err != nil {
			return err
		}
		if file == "-" {
			_, err := cmd.OutOrStdout().Write(text)
			return err
		}
		if err := durable.Replace(file, text, 0o600); err != nil {
			return fmt.Errorf("write the bundle: %w", err)
		}
		err = judgeBundle(cmd.OutOrStdout(), "table", text, evidence.Options{Trust: trust, Witnesses: 1})
		fmt.Fprintf(cmd.OutOrStdout(), "\n%s has it, %d bytes: wardflow verify-proof %s --trust %s\n", file, len(text), file, from)
		if q.Early && errors.Is(err, errNotProved) {
			return nil
		}
		return err
	}
	return cmd
}

// bundleFrom has a bundle made by a node, or from folders. File is whom it believes.
func bundleFrom(ctx context.Context, to *ledger, dirs *proveDirs, q control.ProveQuery) (text []byte, trust pki.Trust, file string, err error) {
	file = to.Trust
	if !dirs.given() {
		at, err := to.complete()
		if err != nil {
			return nil, trust, file, err
		}
		file = at.Trust
	} else if file == "" {
		return nil, trust, file, usageError{errors.New("whom to believe? Name the file of authorities with --trust")}
	}
	if trust, err = pki.LoadTrust(file); err != nil {
		return nil, trust, file, err
	}
	if dirs.given() {
		o, err := to.open(ctx)
		if err != nil {
			return nil, trust, file, err
		}
		text, err = dirs.bundle(ctx, q, o)
		return text, trust, file, errors.Join(mendChain(err), o.close())
	}
	c, err := to.client()
	if err != nil {
		return nil, trust, file, err
	}
	defer c.Close()
	text, err = c.Prove(ctx, q)
	return text, trust, file, mend(err)
}
