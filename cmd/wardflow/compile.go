package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// compileCommand is wardflow compile. Types are the actor types that scripts may use.
func compileCommand(types func() flow.Types) *cobra.Command {
	var name string
	var format form
	var from sources
	var given constants
	cmd := &cobra.Command{
		Use:   "compile FILE",
		Short: "Compile a script and print what would be deployed",
		Long: "Compile a script and print what would be deployed, as Calvin's compiler prints it, with\n" +
			"the issues and the requirements of the rules. A script with mistakes gives the same with\n" +
			"\"valid\": false, and exit code 1; - reads standard input.\n\n" +
			"JSON, which is the default here, and YAML are Calvin's document, with nothing of ours\n" +
			"around it; a table is for people.",
		Example: "  wardflow compile ward.calvin\n  wardflow compile ward.calvin -o table",
		Args:    takes(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := from.load(cmd, args[0])
			if err != nil {
				f = script.Unread(args[0], err)
			}
			opts := []script.Option{script.WithArgs(given)}
			if name != "" {
				opts = append(opts, script.WithApp(name))
			}
			o := build(f, types(), opts...)
			showIssues(cmd.ErrOrStderr(), f, o.Issues, false)
			if err := writeCompiled(cmd.OutOrStdout(), o, format.output); err != nil {
				return fmt.Errorf("compile %s: %w", args[0], err)
			}
			if o.Graph == nil {
				return fmt.Errorf("compile %s: %w: mend what is shown above", args[0], errMistakes)
			}
			return nil
		},
	}
	from.flags(cmd)
	given.flag(cmd)
	format.flag(cmd, "json")
	cmd.Flags().StringVar(&name, "name", "", "name of the application (default: the file's name without its extension)")
	return cmd
}

func writeCompiled(w io.Writer, o *script.Outcome, format output) error {
	switch format {
	case "table":
		tellCompiled(w, o.Known)
		return nil
	case "name":
		for _, a := range actorsOf(o.Known) {
			if _, err := fmt.Fprintln(w, a.ID); err != nil {
				return err
			}
		}
		return nil
	}
	doc, err := o.Deployable()
	if err != nil {
		return err
	}
	if format == "yaml" {
		return writeYAML(w, doc)
	}
	_, err = w.Write(doc)
	return err
}

// actorsOf are the actors of what is known of a graph, which may be nil.
func actorsOf(g *flow.Graph) []flow.Node {
	if g == nil {
		return nil
	}
	return g.Actors
}

// tellCompiled tells what is known of a graph: its actors, and the links between them.
func tellCompiled(w io.Writer, g *flow.Graph) {
	t := &table{head: []string{"ACTOR", "TYPE", "ARGUMENTS"}}
	for _, a := range actorsOf(g) {
		var given []string
		for _, name := range slices.Sorted(maps.Keys(a.Args)) {
			value, err := json.Marshal(a.Args[name])
			if err != nil {
				value = []byte(fmt.Sprint(a.Args[name]))
			}
			given = append(given, name+"="+string(value))
		}
		t.add(a.ID, a.Type, strings.Join(given, ", "))
	}
	if len(t.rows) == 0 {
		return // the mistakes, or a script without actors, speak for themselves
	}
	t.write(w)
	fmt.Fprintln(w)
	for _, l := range g.Links {
		fmt.Fprintln(w, inCell(string(l.ID())))
	}
}
