// Command wardflow is the whole of Wardflow in one binary: a node, the tools
// of the certificate authority, of the rule authority and of the auditor, and
// the commands that deploy scripts and watch them run.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/actors"
)

// commands are the subcommands, one file each.
func commands() []*cobra.Command {
	return []*cobra.Command{
		demoCommand(),
		nodeCommand(),
		appCommand(),
		actorCommand(),
		linkCommand(),
		policyCommand(),
		deviceCommand(),
		registerCommand(),
		gossipCommand(),
		auditCommand(),
		loginCommand(),
		caCommand(),
		certCommand(),
		enrollCommand(),
		chainCommand(),
		ruleCommand(),
		verifyCommand(),
		proveCommand(),
		checksCommand(),
		verifyProofCommand(),
		fmtCommand(),
		checkCommand(actors.All),
		compileCommand(actors.All),
		explainCommand(),
		runScriptCommand(actors.All),
		testCommand(actors.All),
		graphCommand(actors.All),
		actorsCommand(actors.All),
		actorTestCommand(actors.All),
		lspCommand(actors.All),
		benchCommand(),
	}
}

func main() { os.Exit(run(os.Args[1:])) }

// run executes one command line and returns the exit code: 0 done, 1 it
// failed, 2 used wrongly.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{
		Use:           "wardflow",
		Short:         "Dataflow for hospitals: authenticated, rule-checked, provable",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetArgs(goStyle(args))
	root.AddCommand(commands()...)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "wardflow:", err)
	if errors.As(err, new(usageError)) {
		return 2
	}
	return 1
}

// A usageError is a command line that can't be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }
