package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/rule"
)

// chainCommand makes the chain that holds the rules, and looks at it.
func chainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "chain",
		Short: "Make the chain that holds the rules, and see how it does",
		Example: `  wardflow chain init --dir chain --admin authority/rules-1 --admin authority/rules-2
  wardflow chain status`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(chainInitCommand(), chainRunCommand(), chainStatusCommand(), chainExportCommand(), chainImportCommand())
	return cmd
}

// rulesOf reads a rule file; no name is the demo's ward.
func rulesOf(file string) ([]rule.Rule, error) {
	if file == "" {
		return rule.Default(), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("rule file: %w", err)
	}
	return rule.Parse(file, text)
}

// A chainReport is what chain status tells.
type chainReport struct {
	ID    uint64        `json:"id"`
	Block uint64        `json:"block"` // newest finalized
	Hash  string        `json:"hash"`
	At    time.Time     `json:"at"` // the block's time
	Rules *managerState `json:"manager,omitempty"`

	Shared bool `json:"shared,omitempty"` // the directory is a copy of a chain that nodes hold together
}

type managerState struct {
	Address string `json:"address"`
	Epoch   uint64 `json:"epoch"`
	Paused  bool   `json:"paused"`
	Rules   int    `json:"rules"`
}

func chainStatusCommand() *cobra.Command {
	var to ledger
	var out output
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Tell a chain's number, its newest block and its rules",
		Example: "  wardflow chain status --rpc https://127.0.0.1:7443/chain/rpc --cert staff/eng-1 --trust ca/trust.pem",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.RunE = to.do(func(ctx context.Context, l *opened, cmd *cobra.Command, _ []string) error {
		r, err := l.report(ctx)
		if err != nil {
			return err
		}
		r.Shared = to.dir != "" && chain.Shared(to.dir)
		return out.write(cmd.OutOrStdout(), r, func(w io.Writer) {
			fmt.Fprintf(w, "chain    %d\nblock    %d, %s\nhash     %s\n", r.ID, r.Block, r.At.UTC().Format(time.DateTime), r.Hash)
			if r.Shared {
				fmt.Fprintln(w, "held     by nodes together, and still here: this is one of the copies")
			}
			if m := r.Rules; m != nil {
				state := "in force"
				if m.Paused {
					state = "paused: readings wait"
				}
				fmt.Fprintf(w, "manager  %s\nrules    %d, epoch %d, %s\n", m.Address, m.Rules, m.Epoch, state)
			}
		})
	})
	return cmd
}

func (l *opened) report(ctx context.Context) (*chainReport, error) {
	id, err := l.chain.ID(ctx)
	if err != nil {
		return nil, err
	}
	head, err := l.chain.Head(ctx)
	if err != nil {
		return nil, err
	}
	r := &chainReport{ID: id, Block: head.Number, Hash: head.Hash.Hex(), At: head.Time}
	if l.manager != (chain.Address{}) {
		set, err := rule.Load(ctx, l.chain, l.manager, head.Hash)
		if err != nil {
			return nil, err
		}
		r.Rules = &managerState{l.manager.Hex(), set.Epoch(), set.Paused(), len(set.Rules())}
	}
	return r, nil
}

// errNoManager is what commands about rules say without an address.
var errNoManager = errors.New("which rule manager? Give --manager ADDRESS, as wardflow chain init printed it")
