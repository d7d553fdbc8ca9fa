package main

import (
	"fmt"
	"io"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// How a new version of an application is compared with the one that runs.

// replaces reports whether a plan is for an application that runs already.
func replaces(plan *control.PlanResult) bool {
	for _, p := range plan.Actors {
		if p.Difference != "" && p.Difference != control.Added {
			return true
		}
	}
	return false
}

// showDifference lists what a new version touches, as a diff does, and sums up:
//
//   - bed4:ecg  ward.Sensor on bedside
//   - bed3:log
//     ~ bed1:check: argument max was 3 and is 4
func showDifference(w io.Writer, plan *control.PlanResult) {
	sum := map[control.Difference]int{}
	for _, p := range plan.Actors {
		sum[p.Difference]++
		switch p.Difference {
		case control.Added:
			fmt.Fprintf(w, "+ %s  %s on %s\n", p.ID.Local(), p.Type, or(string(p.Node), "no host yet"))
		case control.Removed:
			fmt.Fprintf(w, "- %s\n", p.ID.Local())
		case control.Changed:
			fmt.Fprintf(w, "~ %s\n", p.ID.Local())
			for _, c := range p.Changes {
				fmt.Fprintf(w, "    %s\n", c)
			}
		}
	}
	linkLines(w, "+", plan.LinksAdded)
	linkLines(w, "-", plan.LinksRemoved)
	if len(plan.Actors) == sum[control.Kept] && len(plan.LinksAdded)+len(plan.LinksRemoved) == 0 {
		fmt.Fprintf(w, "%s runs so already: nothing differs\n", plan.App)
		return
	}
	fmt.Fprintf(w, "%s: %d added, %d removed, %d changed, %d kept\n", plan.App, sum[control.Added], sum[control.Removed], sum[control.Changed], sum[control.Kept])
}

func linkLines(w io.Writer, sign string, links []flow.Link) {
	for _, l := range links {
		fmt.Fprintf(w, "%s %s > %s\n", sign, local(l.From), local(l.To))
	}
}
