package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What the shell completes: the names of what the cluster has now, asked of the
// node of the context. Whatever goes wrong, nothing is completed: nobody wants
// to read of it in the middle of a line.

// completionPatience bounds one completion.
const completionPatience = 800 * time.Millisecond

// A noun gives the names of one kind, each with a tab and a few words behind.
type noun func(*control.Snapshot) []string

// places say what the arguments of commands are, by their order. The last of
// them goes for all that follow if its command takes more.
var places = map[string][]noun{
	"app show":        {apps},
	"app stop":        {apps},
	"actor show":      {actorsNow},
	"actor logs":      {actorsNow},
	"actor report":    {actorsNow},
	"actor letters":   {actorsNow},
	"actor resume":    {actorsNow},
	"actor scale":     {actorsNow},
	"actor move":      {actorsNow, nodesNow},
	"link show":       {linksNow},
	"link why":        {actorsNow, actorsNow},
	"link tap":        {linksNow},
	"tap":             {linksNow},
	"node show":       {nodesNow},
	"node drain":      {nodesNow},
	"node undrain":    {nodesNow},
	"node leave":      {nodesNow},
	"register add":    {nodesNow},
	"register remove": {nodesNow},
}

// scripted are the commands whose arguments are scripts.
var scripted = []string{"app plan", "app deploy", "app diff", "check", "compile", "run", "test", "graph", "fmt"}

// completeNames sets what is completed.
func completeNames(root *cobra.Command) {
	each(root, func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), root.Name()+" ")
		if nouns, ok := places[path]; ok {
			c.ValidArgsFunction = completes(nouns...)
		}
		if slices.Contains(scripted, path) {
			c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
				return []string{"calvin"}, cobra.ShellCompDirectiveFilterFileExt
			}
		}
		if c.Flags().Lookup("app") != nil {
			_ = c.RegisterFlagCompletionFunc("app", completes(apps)) // an error: it has one of its own
		}
	})
}

// completes completes arguments that name what the cluster has.
func completes(nouns ...noun) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		const none = cobra.ShellCompDirectiveNoFileComp
		if len(args) >= len(nouns) {
			return nil, none
		}
		s := glance(cmd)
		if s == nil {
			return nil, none
		}
		var names []string
		for _, name := range nouns[len(args)](s) {
			if strings.HasPrefix(name, begun) {
				names = append(names, name)
			}
		}
		return names, none
	}
}

// glance is what the node of the command line has now, nil if it does not say so
// at once.
func glance(cmd *cobra.Command) *control.Snapshot {
	s, _ := peek(cmd, (*control.Client).Snapshot)
	return s
}

// peek asks the node of the command line, if it answers at once.
func peek[T any](cmd *cobra.Command, what func(*control.Client, context.Context) (T, error)) (got T, ok bool) {
	said := func(flag string) string {
		if f := cmd.Flag(flag); f != nil {
			return f.Value.String()
		}
		return ""
	}
	to := reach{Node: said("node"), Cert: said("cert"), Trust: said("trust"), context: said("context")}
	at, err := to.complete()
	if err != nil {
		return got, false
	}
	if _, err := os.Stat(filepath.Join(at.Cert, keyURI)); err == nil {
		return got, false // the card would ask for its PIN
	}
	c, err := at.client()
	if err != nil {
		return got, false
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
	defer cancel()
	got, err = what(c, ctx)
	return got, err == nil
}

func apps(s *control.Snapshot) []string {
	return listed(s.Apps, func(a control.App) (string, string) { return a.Name, string(a.State) })
}

func nodesNow(s *control.Snapshot) []string {
	return listed(s.Nodes, func(n control.NodeState) (string, string) { return string(n.ID), n.Condition() })
}

func actorsNow(s *control.Snapshot) []string {
	return listed(s.Actors, func(a control.ActorState) (string, string) {
		return string(a.ID), a.Type + " on " + or(string(a.Node), "no host")
	})
}

func linksNow(s *control.Snapshot) []string {
	return listed(s.Links, func(l control.LinkState) (flow.LinkID, string) { return l.ID, perSecond(l.PerSecond) })
}

func listed[T any, N ~string](items []T, name func(T) (N, string)) []string {
	names := make([]string, len(items))
	for i, item := range items {
		n, more := name(item)
		names[i] = string(n) + "\t" + more
	}
	return names
}

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
