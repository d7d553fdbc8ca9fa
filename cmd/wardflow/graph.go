package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/draw"
)

// graphCommand is wardflow graph. Types are the actor types that scripts may use.
func graphCommand(types func() flow.Types) *cobra.Command {
	var from sources
	var format form
	var o draw.Options
	cmd := &cobra.Command{
		Use:   "graph FILE",
		Short: "Draw a script",
		Long: "Draw a script: its actors as boxes, and the links between their ports as lines. Components\n" +
			"are boxes, and what a for makes is shown once; with --expand all that is made is shown.\n" +
			"Tests and rules are left out. -o svg, the default here, dot and mermaid are pictures; table\n" +
			"tells the same in words.",
		Example: "  wardflow graph ward.calvin -o svg > ward.svg\n" +
			"  wardflow graph ward.calvin -o dot --component Bed",
		Args: takes(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			all := types()
			f, err := from.load(cmd, args[0])
			if err != nil {
				return fmt.Errorf("graph: %w", err)
			}
			issues := script.Check(f, script.TypesOf(all), script.WithNames(script.NamesOf(all)))
			showIssues(cmd.ErrOrStderr(), f, issues, false)
			if issues.Err() != nil {
				return fmt.Errorf("graph %s: %w: mend what is shown above", args[0], errMistakes)
			}
			p, err := draw.Of(f, script.TypesOf(all), o)
			if err != nil {
				return fmt.Errorf("graph: %w", err)
			}
			return writePicture(cmd, p, format.output)
		},
	}
	from.flags(cmd)
	format.flag(cmd, "svg", pictures...)
	cmd.Flags().BoolVar(&o.Expand, "expand", false, "show what is inside components, and each round of a for")
	cmd.Flags().StringVar(&o.Component, "component", "", "draw the inside of this component")
	return cmd
}
