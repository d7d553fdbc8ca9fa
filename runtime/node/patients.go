package node

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// personal are the arguments by which a script says whose an actor is, as those of
// ward.Collector.
var personal = []string{"patient", "encounter"}

// patientsOf are the names of patients and stays in a graph, each once and sorted.
func patientsOf(g *flow.Graph) []string {
	var all []string
	for i := range g.Actors {
		for _, arg := range personal {
			if name, ok := g.Actors[i].Args[arg].(string); ok && name != "" {
				all = append(all, name)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
