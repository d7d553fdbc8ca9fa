package control

import (
	"slices"
	"strings"
)

// unsaid stands for what a failed firing said: it may name the patient or the device
// whose token it was.
const unsaid = "a firing failed (why is for who may see refusals)"

// outlineFaults takes out of a snapshot, whose lists it does not change but copies,
// what failed firings said: of their actors, where that is said again of an
// application, and of the events about them.
func outlineFaults(o *Snapshot) {
	o.Apps, o.Events = slices.Clone(o.Apps), slices.Clone(o.Events)
	failed := func(a ActorState) bool { return a.Errors > 0 && a.LastError != "" }
	if slices.ContainsFunc(o.Actors, failed) { // there are many of them, and few fail
		o.Actors = slices.Clone(o.Actors)
	}
	for i := range o.Actors {
		a := &o.Actors[i]
		if !failed(*a) {
			continue
		}
		for j := range o.Apps {
			o.Apps[j].Why = strings.ReplaceAll(o.Apps[j].Why, a.LastError, unsaid)
		}
		a.LastError = unsaid
	}
	for i := range o.Events {
		if e := &o.Events[i]; e.Kind == ActorFault {
			e.Text, _, _ = strings.Cut(e.Text, ": ")
		}
	}
}

// outlinedSteps are steps without what failed firings of the actors said.
func outlinedSteps(steps []WhyStep, actors []ActorState) []WhyStep {
	steps = slices.Clone(steps)
	for _, a := range actors {
		if a.Errors == 0 || a.LastError == "" {
			continue
		}
		for i := range steps {
			steps[i].Why = strings.ReplaceAll(steps[i].Why, a.LastError, unsaid)
		}
	}
	return steps
}
