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
	var out output
	cmd := &cobra.Command{
		Use:   "explain [CODE...]",
		Short: "Explain what a mistake in a script is, and how to mend it",
		Long: "Explain the code behind a mistake that wardflow check shows: what it is, why it is one, a\n" +
			"script that has it and one that does not. Without a code, all codes are listed.",
		Example: "  wardflow explain WF0404",
		RunE: func(cmd *cobra.Command, codes []string) error {
			pages := []explained{}
			for _, code := range orAll(codes) {
				p, ok := script.Explain(code)
				if !ok {
					return notFound(fmt.Errorf("explain: there is no code %s: wardflow explain lists all", code))
				}
				pages = append(pages, explained{p, p.Code, p.Title, p.Why, p.Bad, p.Good})
			}
			return out.write(cmd.OutOrStdout(), pages, func(w io.Writer) {
				if len(codes) == 0 {
					listPages(w, pages)
					return
				}
				for i, p := range pages {
					if i > 0 {
						fmt.Fprintln(w)
					}
					explainPage(w, p.page)
				}
			})
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return script.Codes(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	out.flag(cmd)
	return cmd
}

// An explained is a page for programs, as GET /explanations gives it.
type explained struct {
	page  script.Page
	Code  string `json:"code"`
	Title string `json:"title"`
	Why   string `json:"why"`
	Bad   string `json:"bad"`
	Good  string `json:"good"`
}

func orAll(codes []string) []string {
	if len(codes) == 0 {
		return script.Codes()
	}
	return codes
}

func listPages(w io.Writer, pages []explained) {
	t := table{head: []string{"CODE", "MISTAKE"}}
	for _, p := range pages {
		t.add(p.Code, p.Title)
	}
	t.write(w)
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
