// Command wardflow is the whole of Wardflow in one binary: a node, the tools
// of the certificate authority, of the rule authority and of the auditor, and
// the commands that deploy scripts and watch them run.
package main

import (
	"context"
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
		tapCommand(),
		topCommand(),
		policyCommand(),
		deviceCommand(),
		registerCommand(),
		gossipCommand(),
		eventCommand(),
		alarmCommand(),
		auditCommand(),
		doctorCommand(),
		loginCommand(),
		pageCommand(),
		apiCommand(),
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

// run executes one command line and returns the exit code: see exit.go.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return execute(ctx, args, os.Stdout, os.Stderr)
}
