package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/script"
)

// explainCommand is wardflow explain.
func explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE...]",
		Short: "Explain what a mistake in a script is, and how to mend it",
		Long: "Explain the code behind a mistake that wardflow check shows: what it is, why it is one, a\n" +
			"script that has it and one that does not. Without a code, all codes are listed.",
		Example: "  wardflow explain WF0404",
		RunE: func(cmd *cobra.Command, codes []string) error {
			w := cmd.OutOrStdout()
			if len(codes) == 0 {
				t := table{head: []string{"CODE", "MISTAKE"}}
				for _, code := range script.Codes() {
					p, _ := script.Explain(code)
					t.add(code, p.Title)
				}
				t.write(w)
				return nil
			}
			for i, code := range codes {
				p, ok := script.Explain(code)
				if !ok {
					return fmt.Errorf("explain: there is no code %s: wardflow explain lists all", code)
				}
				if i > 0 {
					fmt.Fprintln(w)
				}
				explainPage(w, p)
			}
			return nil
		},
	}
}

func explainPage(w io.Writer, p script.Page) {
	fmt.Fprintf(w, "%s: %s\n\n%s\n\nWrong:\n\n%s\n", p.Code, p.Title, p.Why, indent(p.Bad))
	fmt.Fprintf(w, "Right:\n\n%s", indent(p.Good))
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		if text := p.Files[name]; text != p.Bad && text != p.Good {
			fmt.Fprintf(w, "\nwith %s\n\n%s", name, indent(text))
		}
	}
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}
