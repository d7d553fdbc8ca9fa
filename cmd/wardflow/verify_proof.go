package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/pki"
)

// verifyProofCommand is "wardflow verify-proof".
func verifyProofCommand() *cobra.Command {
	var o verifyProofOptions
	var out output
	cmd := &cobra.Command{
		Use:   "verify-proof BUNDLE",
		Short: "Verify a bundle of evidence, with no network and nothing else of Wardflow's",
		Long: `Verify a bundle that wardflow prove has made: that the reading was signed by its
device and its window by the patient's card, that each check of it is in the log
of the node that judged, which the log's account and the node say of each other,
that the log's head is in a block of the chain, and that nodes of the hospital
vouch for that block. It is computed from the file alone; --trust is whom to
believe: the hospital's trust.pem, come by in person or from its website, or
archive.pem beside it for an older record.

At least one node other than the one whose log it is must vouch for the block:
--witnesses asks for more, or for none. Who knows the hospital's chain from
elsewhere gives the block's hash with --block instead. Whoever was revoked is
known from the lists in the bundle, and from --crl.

The exit code is 0 if all of it is proved, 1 if not. A bundle of the form
wardflow.proof/1, from before logs and nodes were bound so, is to be made anew
by wardflow prove. contracts/verify/verify.mjs
is a second verifier, of 200 lines, that needs nothing but node.`,
		Example: `  wardflow verify-proof proof.json --trust trust.pem
  wardflow verify-proof proof.json --trust trust.pem --witnesses 2 --crl issuing.crl -o json`,
		Args: takes(1, "the file of one bundle, or - for standard input"),
	}
	out.flag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.trust, "trust", "", "`FILE` of the authorities that are believed, in PEM")
	f.IntVar(&o.witnesses, "witnesses", 1, "how many nodes, other than whose log it is, must vouch for a block")
	f.StringArrayVar(&o.blocks, "block", nil, "`HASH` of a block that you know to be of the hospital's chain; may be given again")
	f.StringArrayVar(&o.lists, "crl", nil, "`FILE` with a list of revocations of your own; may be given again")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		opts, err := o.options()
		if err != nil {
			return err
		}
		text, err := readBundle(cmd.InOrStdin(), args[0])
		if err != nil {
			return err
		}
		return judgeBundle(cmd.OutOrStdout(), out, text, opts)
	}
	return cmd
}

type verifyProofOptions struct {
	trust         string
	witnesses     int
	blocks, lists []string
}

// errNotProved is what verify-proof exits with.
var errNotProved = errors.New("the bundle proves nothing as it is")

func (o *verifyProofOptions) options() (out evidence.Options, err error) {
	if o.trust == "" {
		return out, usageError{errors.New("whom to believe? Name the file of authorities with --trust")}
	}
	if o.witnesses < 0 {
		return out, usageError{fmt.Errorf("--witnesses %d: want 0 or more", o.witnesses)}
	}
	out.Witnesses = o.witnesses
	if out.Trust, err = pki.LoadTrust(o.trust); err != nil {
		return out, err
	}
	for _, b := range o.blocks {
		var h chain.Hash
		if err := h.UnmarshalText([]byte(strings.ToLower(b))); err != nil {
			return out, usageError{fmt.Errorf("--block %s: want 0x and 64 hex digits: %w", b, err)}
		}
		out.Blocks = append(out.Blocks, h)
	}
	out.Lists, err = readFiles(o.lists)
	return out, err
}

func readFiles(files []string) (all [][]byte, err error) {
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

// readBundle reads a file, or standard input for "-", up to what a bundle may have.
func readBundle(in io.Reader, file string) ([]byte, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, evidence.MaxBundle+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return text, nil
}

// judgeBundle verifies and says what came of it.
func judgeBundle(w io.Writer, out output, text []byte, opts evidence.Options) error {
	b, err := evidence.Parse(text)
	report := &evidence.Report{Code: evidence.BadForm}
	if err != nil {
		report.Why = err.Error()
	} else {
		report, err = b.Verify(opts)
	}
	var wrong error
	if e := out.write(w, report, func(w io.Writer) { wrong = report.Write(w) }); e != nil || wrong != nil {
		return errors.Join(e, wrong)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNotProved, err)
	}
	return nil
}
