package control

import "fmt"

// Lacks says what is missing until a cluster of so many nodes can judge readings;
// "" when nothing is.
func (s *Snapshot) Lacks(nodes int) string {
	up := 0
	for _, n := range s.Nodes {
		if n.Up {
			up++
		}
	}
	switch {
	case up < nodes:
		return fmt.Sprintf("%d of %d nodes are up", up, nodes)
	case s.Register == nil || s.Register.Leader == "":
		return "the register has no leader"
	case s.Chain == nil:
		return "the rules are not known"
	case !s.Chain.Ready:
		return "the rules are not known: " + s.Chain.Why
	}
	return ""
}
