package main

import (
	"github.com/spf13/cobra"
)

// mustComplete says what a flag may be, for the shell.
func mustComplete(cmd *cobra.Command, flag string, values []string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag is not there: a mistake of ours
	}
}

// completeContext completes what says where to reach a node.
func completeContext(cmd *cobra.Command) {
	err := cmd.RegisterFlagCompletionFunc("context", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		names, _ := contextNames()
		return names, cobra.ShellCompDirectiveDefault // it may be a file as well
	})
	if err == nil {
		err = cmd.MarkPersistentFlagDirname("cert")
	}
	if err == nil {
		err = cmd.MarkPersistentFlagFilename("trust", "pem")
	}
	if err != nil {
		panic(err) // the flag is not there: a mistake of ours
	}
}

// completeContexts completes the name of a context.
func completeContexts(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, _ := contextNames()
	return names, cobra.ShellCompDirectiveNoFileComp
}
