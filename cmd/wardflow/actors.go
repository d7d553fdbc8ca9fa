package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// actorsCommand is wardflow actors. Types are the actor types that scripts may use.
func actorsCommand(types func() flow.Types) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "actors [NAMESPACE[.ACTOR]]",
		Short: "Show the actor types that scripts may use",
		Long: "Show the actor types that scripts may use: all, those of a namespace, or one with its\n" +
			"arguments, ports and needs. With -o json a list of them, or one, as the compiler has it.",
		Example: "  wardflow actors\n  wardflow actors std\n  wardflow actors std.Counter -o json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("actors: want NAMESPACE or NAMESPACE.ACTOR, one at most: see wardflow actors --help")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			all := types()
			if len(args) == 1 {
				if t, ok := all[args[0]]; ok {
					return out.write(cmd.OutOrStdout(), t.Spec, func(w io.Writer) { showActor(w, t.Spec) })
				}
			}
			specs, err := pickActors(all, strings.Join(args, ""))
			if err != nil {
				return fmt.Errorf("actors: %w", err)
			}
			return out.write(cmd.OutOrStdout(), specs, func(w io.Writer) { listActors(w, specs) })
		},
	}
	out.flag(cmd)
	return cmd
}

// pickActors are the specs of a namespace, or of all, sorted by name.
func pickActors(all flow.Types, namespace string) ([]flow.Spec, error) {
	var specs []flow.Spec
	spaces := map[string]bool{}
	for _, name := range script.NamesOf(all) {
		space, _, _ := strings.Cut(name, ".")
		spaces[space] = true
		if namespace == "" || space == namespace {
			specs = append(specs, all[name].Spec)
		}
	}
	if len(specs) > 0 || namespace == "" {
		return specs, nil
	}
	names := script.NamesOf(all)
	for space := range spaces {
		names = append(names, space)
	}
	slices.Sort(names)
	if near := script.Nearest(namespace, names); near != "" {
		return nil, notFound(fmt.Errorf("there is no %s: did you mean %s?", namespace, near))
	}
	return nil, notFound(fmt.Errorf("there is no %s: wardflow actors lists what there is", namespace))
}

// listActors is a line for each actor type.
func listActors(w io.Writer, specs []flow.Spec) {
	t := table{head: []string{"ACTOR", "WHAT IT DOES"}}
	for _, s := range specs {
		what, _, _ := strings.Cut(s.Doc, "\n")
		t.add(s.Name, what)
	}
	t.write(w)
}

// showActor is all there is to know about an actor type.
func showActor(w io.Writer, s flow.Spec) {
	fmt.Fprintf(w, "%s\n\n", s.Name)
	for _, line := range strings.Split(s.Doc, "\n") {
		fmt.Fprintln(w, strings.TrimRight("  "+line, " "))
	}
	showArgs(w, s.Args)
	showPorts(w, "in-ports", s.In)
	showPorts(w, "out-ports", s.Out)
	if len(s.Requires) > 0 {
		fmt.Fprintf(w, "\nits node must offer: %s\n", strings.Join(s.Requires, ", "))
	}
	if s.State > 0 {
		fmt.Fprintf(w, "\nkeeps a state, which moves with it (version %d)\n", s.State)
	}
	if s.Identity != "" {
		fmt.Fprintf(w, "\nspeaks with the certificate named by its argument %s\n", s.Identity)
	}
	fmt.Fprintf(w, "\nwhen it fails: %s\n", faults[s.Fault])
}

var faults = map[flow.FaultPolicy]string{
	"":               "the tokens go to its dead letters, and it goes on",
	flow.FaultLetter: "the tokens go to its dead letters, and it goes on",
	flow.FaultRetry:  "it tries again with growing pauses",
	flow.FaultStop:   "it stops, and the tokens stay",
}

func showArgs(w io.Writer, args []flow.ArgSpec) {
	if len(args) == 0 {
		fmt.Fprintln(w, "\narguments: none")
		return
	}
	fmt.Fprintln(w, "\narguments")
	t := table{head: []string{"  NAME", "KIND", "DEFAULT", "WHAT IT IS"}}
	for _, a := range args {
		value := "required"
		if !a.Required {
			text, err := json.Marshal(a.Default)
			if err != nil {
				text = []byte(fmt.Sprint(a.Default))
			}
			value = string(text)
		}
		t.add("  "+a.Name, or(a.Kind, "any"), value, a.Doc)
	}
	t.write(w)
}

func showPorts(w io.Writer, what string, ports []flow.Port) {
	if len(ports) == 0 {
		fmt.Fprintf(w, "\n%s: none\n", what)
		return
	}
	fmt.Fprintf(w, "\n%s\n", what)
	t := table{head: []string{"  NAME", "KIND", "ROUTING", "WHAT IT CARRIES"}}
	for _, p := range ports {
		t.add("  "+p.Name, or(p.Kind, "any"), or(p.Routing, "default"), p.Doc)
	}
	t.write(w)
}
