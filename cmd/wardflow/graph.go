package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
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
			f, err := soundFile(cmd, args[0], all)
			if err != nil {
				return fmt.Errorf("graph: %w", err)
			}
			p, err := draw.Of(f, script.TypesOf(all), o)
			if err != nil {
				return fmt.Errorf("graph: %w", err)
			}
			return writePicture(cmd, p, format)
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "svg", "format: dot, svg, mermaid or json")
	cmd.Flags().BoolVar(&o.Expand, "expand", false, "show what is inside components, and each round of a for")
	cmd.Flags().StringVar(&o.Component, "component", "", "draw the inside of this component")
	return cmd
}

// soundFile reads a script and shows what is wrong with it on standard error.
// With an error among that it gives [errMistakes].
func soundFile(cmd *cobra.Command, file string, types flow.Types) (*script.File, error) {
	src, err := readScript(cmd, file)
	if err != nil {
		return nil, err
	}
	f, _ := script.Parse(file, src)
	_, issues := script.Compile(f, script.TypesOf(types), script.WithNames(script.NamesOf(types)))
	fmt.Fprint(cmd.ErrOrStderr(), issues.Format(f.Source))
	if issues.Err() != nil {
		return nil, fmt.Errorf("%s: %w: mend what is shown above", file, errMistakes)
	}
	return f, nil
}

// readScript reads a file, or standard input where it is -.
func readScript(cmd *cobra.Command, file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(file)
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
