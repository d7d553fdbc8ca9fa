package main

import "github.com/spf13/cobra"

// spelled is a command line as cobra takes it.
func spelled(_ *cobra.Command, args []string) []string { return goStyle(args) }
