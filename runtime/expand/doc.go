// Package expand turns the graph that a script compiles to into the graph that
// runs: it makes replicas of actors that a rule scales, and puts spools on the
// links whose queue is on disk.
//
// It is a function from values to values: [Run] takes the graph of the script,
// the nodes and the graph that runs now, and gives the graph that shall run.
// Equal inputs give equal graphs. What it decides nobody has to remember but in
// that graph: the next call gets it as [State.Old].
//
//	graph, err := expand.Run(app.Source, specs, expand.State{Nodes: nodes, Old: &app.Graph})
//	plan := placement.Plan(placement.Input{Graphs: []flow.Graph{graph}, …})
//
// # Replicas
//
// An actor whose rule has device_scaling gets one replica for every node that
// the rule matches; with performance_scaling or manual_scaling it gets as many
// as [State.Wanted] says ([Pressure] counts them for performance_scaling). The
// first replica has the actor's own name, the others have its name, a tilde and
// their number: "ward:scale", "ward:scale~2". Scripts can't have a tilde in a
// name, and it stands as it is in an address, a file name and a command. A
// number is never given twice, so that a late token never reaches a successor.
//
// Every replica has the links of the original, but where a component is scaled
// as a whole by device_scaling: then each node that fits all of it has a copy of
// the component, linked within itself.
//
// A replica that is not wanted any more is ending: the links that lead to it
// close, and it leaves the graph when [State.Empty] says that it holds nothing.
//
// # Spools
//
// A link with queue="disk" at one of its ports goes through an actor of the
// type sys.Spool beside the sender: near it in the sense of package placement.
// The spool and every actor upstream of it are local ([flow.Node.Local]): they
// go on while nothing but their own node can be reached.
package expand
