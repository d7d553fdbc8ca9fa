package main

import (
	"github.com/spf13/cobra"
)

// Pages of the help that are about no single command.

// topics are commands that can't be run: cobra's help topics.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What the exit code of a command says", Long: "What the exit code of a command says, for scripts that branch on it:\n\n" + exitCodes},
		{Use: "output", Short: "How results are written: -o, colours, progress", Long: outputTopic},
		{Use: "contexts", Short: "How a command finds the cluster it speaks to", Long: contextTopic},
		{Use: "environment", Short: "The environment variables that commands look at", Long: environmentTopic},
	}
}

const outputTopic = `Results go to standard output, everything else to standard error.

  -o table  for people: columns; the default
  -o json   for programs: an object with apiVersion; lists have items. Under one
            apiVersion fields are added, never renamed, removed or given another
            meaning. Streams write an object a line
  -o yaml   the same in YAML
  -o name   names only, a line each, as other commands take them

Two commands begin with another form: graph draws svg, and compile prints the JSON
of Calvin's compiler. A list with nothing in it says why on standard error.

Colours repeat what a word says, on terminals only; --color=never, NO_COLOR or
TERM=dumb turn them off, --color=always turns them on in a pipe. How far a command
has come is shown on a terminal only, and not where CI is set; elsewhere the last
of it is written when it ends.

Commands that change a cluster take --wait[=TIME]: until it is done, at most so
long. What was begun goes on when the time is over; the exit code is then 4.`

const contextTopic = `A context is the address of a node, the folder of your certificate and the file
of the authorities you trust. A command takes the first of these that there is:

  --node, --cert and --trust, each by itself
  --context NAME or --context FILE
  $WARDFLOW_CONTEXT, a NAME or a FILE
  wardflow-data/context.yaml in this folder, which wardflow demo makes
  the context chosen with wardflow context use
  context.yaml in your configuration folder

Named contexts are files in $XDG_CONFIG_HOME/wardflow/contexts, ~/.config by
default:

  node: https://ward.h1.health.example:7443
  cert: /home/anna/staff/anna
  trust: /home/anna/staff/anna/trust.pem

Paths are relative to the file. It holds no key: that stays where the certificate
is, or on the card.`

const environmentTopic = `  WARDFLOW_CONTEXT  the context to use: its name, or a file
  XDG_CONFIG_HOME   where contexts are, in wardflow/; default ~/.config
  NO_COLOR          not empty: no colours
  CLICOLOR_FORCE    1: colours in a pipe, too
  TERM              dumb: no colours, and no line is written over
  CI                not empty: no progress
  SOURCE_DATE_EPOCH the day that wardflow man writes into the pages`
