package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
)

func chainExportCommand() *cobra.Command {
	var to ledger
	var from, last uint64
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Write a chain's blocks to a file",
		Long: `Writes the blocks of a chain to a file, or with - to standard output: one after
the other in RLP, as geth writes them. A chain is in a directory that no node has
open, or behind --rpc, or with the cluster of --node.

With --dir the genesis is written beside it, as FILE.genesis.json: an empty
directory needs it to take the blocks in.`,
		Example: "  wardflow chain export --dir chain blocks.rlp",
		Args:    takes(1, "the name of a file"),
	}
	to.flags(cmd)
	cmd.Flags().Uint64Var(&from, "from", 0, "number of the first block")
	cmd.Flags().Uint64Var(&last, "to", 0, "number of the last block (default: the newest)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o, err := to.open(cmd.Context())
		if err != nil {
			return err
		}
		err = export(cmd, o, to.dir, args[0], from, last)
		return errors.Join(mendChain(err), o.close())
	}
	return cmd
}

// exporter is a chain whose blocks can be written.
type exporter interface {
	Export(ctx context.Context, w io.Writer, from, to uint64) (int, error)
}

func export(cmd *cobra.Command, o *opened, dir, file string, from, to uint64) error {
	c, ok := o.chain.(exporter)
	if !ok {
		return fmt.Errorf("the blocks of a %T can't be written", o.chain)
	}
	if file == "-" {
		_, err := c.Export(cmd.Context(), cmd.OutOrStdout(), from, to)
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: choose another name", file)
	}
	if err != nil {
		return err
	}
	n, err := c.Export(cmd.Context(), f, from, to)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d blocks are in %s\n", n, file)
	if dir == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(dir, chain.GenesisFile))
	if err != nil {
		return err
	}
	return os.WriteFile(file+genesisSuffix, text, 0o644)
}

// genesisSuffix is added to the name of a file with blocks for that of the genesis.
const genesisSuffix = ".genesis.json"

func chainImportCommand() *cobra.Command {
	var dir, genesis, manager string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take a file's blocks into a chain, executing each",
		Long: `Takes the blocks that wardflow chain export wrote into a directory, executing
each one: what does not lead to the state that it names is refused, and named.
Blocks that are there already are compared. An interrupted import goes on when it
is done again.

An empty directory becomes a copy of the chain: --genesis says how it begins.`,
		Example: "  wardflow chain import --dir copy blocks.rlp",
		Args:    takes(1, "the name of a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := foundFor(dir, or(genesis, args[0]+genesisSuffix), manager); err != nil {
				return err
			}
			return importInto(cmd, dir, args[0])
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "chain", "directory of the chain, while no node has it open; made if it is not there")
	cmd.Flags().StringVar(&genesis, "genesis", "", "genesis.json of the chain, for an empty directory (default FILE.genesis.json)")
	cmd.Flags().StringVar(&manager, "manager", "", "address of the rule manager, kept for an empty directory")
	return cmd
}

// foundFor lays out an empty directory for the chain that a genesis begins.
func foundFor(dir, genesis, manager string) error {
	if _, err := os.Stat(filepath.Join(dir, chain.GenesisFile)); err == nil {
		return nil
	}
	text, err := os.ReadFile(genesis)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no chain in %s yet, and no %s that says how it begins: give --genesis FILE, the genesis.json of the chain's directory", dir, genesis)
	}
	if err != nil {
		return err
	}
	var at chain.Address
	if manager != "" {
		if at, err = chain.ParseAddress(manager); err != nil {
			return usageError{fmt.Errorf("--manager: %w", err)}
		}
	}
	_, err = chain.Found(dir, text, at)
	return err
}

func importInto(cmd *cobra.Command, dir, file string) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), Still: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	n, err := c.Import(cmd.Context(), f)
	fmt.Fprintf(cmd.OutOrStdout(), "%d blocks were taken in and %d were there: the chain in %s ends with block %d, %s\n", n.Added, n.Known, dir, n.Last.Number, n.Last.Hash)
	if bad := new(chain.BadBlockError); errors.As(err, &bad) {
		return fmt.Errorf("%s: %w", file, err)
	}
	return err
}
