package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/draw"
)

// graphFormats are what pictures are written in.
var graphFormats = []string{"dot", "svg", "mermaid", "json"}

// graphCommand is wardflow graph. Types are the actor types that scripts may use.
func graphCommand(types func() flow.Types) *cobra.Command {
	var from sources
	var format string
	var o draw.Options
	cmd := &cobra.Command{
		Use:   "graph FILE",
		Short: "Draw a script",
		Long: "Draw a script: its actors as boxes, and the links between their ports as lines. Components\n" +
			"are boxes, and what a for makes is shown once; with --expand all that is made is shown.\n" +
			"Tests and rules are left out.",
		Example: "  wardflow graph ward.calvin -o svg > ward.svg\n" +
			"  wardflow graph ward.calvin -o dot --component Bed",
		Args: takes(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(graphFormats, format) {
				return usageError{fmt.Errorf("graph: -o %s: the formats are dot, svg, mermaid and json", format)}
			}
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
			return writePicture(cmd, p, format)
		},
	}
	from.flags(cmd)
	cmd.Flags().StringVarP(&format, "output", "o", "svg", "format: dot, svg, mermaid or json")
	cmd.Flags().BoolVar(&o.Expand, "expand", false, "show what is inside components, and each round of a for")
	cmd.Flags().StringVar(&o.Component, "component", "", "draw the inside of this component")
	return cmd
}

func writePicture(cmd *cobra.Command, p *draw.Picture, format string) error {
	w := cmd.OutOrStdout()
	var out []byte
	switch format {
	case "dot":
		out = p.DOT()
	case "svg":
		out = p.SVG()
	case "mermaid":
		out = p.Mermaid()
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(p)
	}
	_, err := w.Write(out)
	return err
}
