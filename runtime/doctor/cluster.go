package doctor

import (
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
)

// Cluster is about all that a running node knows of its cluster. certs nil: they
// could not be asked for.
func Cluster(s *control.Snapshot, certs *control.Certificates) []Finding {
	found := nodes(s)
	found = append(found, register(s.Register)...)
	found = append(found, Chain(s.Chain)...)
	for _, c := range s.Checks {
		found = append(found, Checks(c))
	}
	found = append(found, links(s.Links)...)
	if certs == nil {
		return found
	}
	found = append(found, Certificates(certs.Items)...)
	for _, quiet := range certs.Silent {
		found = append(found, Skip("certificate", string(quiet.Node), quiet.Why))
	}
	return found
}

func nodes(s *control.Snapshot) []Finding {
	var found []Finding
	for _, n := range s.Nodes {
		id := string(n.ID)
		switch {
		case !n.Up:
			found = append(found, bad("node", id, "start it: `systemctl start wardflow` there, and look why it ended; if it is gone for good: `wardflow node leave "+id+"`", "down since %s%s", n.Since.UTC().Format(time.DateTime), because(n.Why)))
			continue
		case n.Suspected:
			found = append(found, warning("node", id, "look at its load and at the network to it", "up, but it has not answered lately%s", because(n.Why)))
		default:
			found = append(found, good("node", id, "%s since %s", n.Condition(), n.Since.UTC().Format(time.DateTime)))
		}
		found = append(found, facts(id, n.Facts, s)...)
	}
	return found
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// facts is about what a node has measured of itself.
func facts(id string, f *control.NodeFacts, s *control.Snapshot) []Finding {
	if f == nil {
		return []Finding{Skip("host", id, "its report has not come")}
	}
	var found []Finding
	var within time.Duration
	for _, p := range f.Peers {
		within = max(within, seconds(p.RTT)/2)
		if p.Why != "" && up(s, string(p.Node)) {
			found = append(found, bad("reach", id+" to "+string(p.Node), "look at the network between the two, in this direction; on the host: `wardflow doctor --config node.yaml`", "it does not answer: %s", p.Why))
		} else if p.Why == "" {
			found = append(found, good("reach", id+" to "+string(p.Node), "there and back in %s", seconds(p.RTT)))
		}
	}
	if len(f.Peers) > 0 {
		found = append(found, Skew(id, seconds(f.Skew), within))
	}
	if f.Syncs > 0 {
		found = append(found, syncs(id, 0, seconds(f.SyncSlowest)))
	}
	return append(found, Room(id, f.DiskFree, f.Disk), Files(id, f.Files, f.MaxFiles), Memory(id, f.MemoryUsed, f.Memory))
}

func up(s *control.Snapshot, node string) bool {
	for _, n := range s.Nodes {
		if string(n.ID) == node {
			return n.Up
		}
	}
	return false
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func register(r *control.RegisterState) []Finding {
	if r == nil {
		return nil
	}
	const about = "register"
	found := fmt.Sprintf("%s leads %d voters, %d more may fail", r.Leader, len(r.Voters), r.MayLose)
	switch {
	case !r.Quorum:
		return []Finding{bad("register", about, "start voters until a majority is up; if they are lost for good: `wardflow register restore` from a backup", "no majority of its %d voters answers%s: nothing can be decided, what runs goes on as long as its leases", len(r.Voters), because(r.Why))}
	case len(r.Voters) > 1 && r.MayLose <= 0:
		return []Finding{warning("register", about, "start the voters that are down, or give other nodes their votes: `wardflow register vote`", "%s", found)}
	case len(r.Voters) == 1:
		return []Finding{warning("register", about, "give two more nodes a vote, so that one may fail: `wardflow register vote NODE`", "one node holds it alone")}
	}
	return []Finding{good("register", about, "%s", found)}
}

// How old the newest answer of the chain may be.
const (
	chainOld   = 10 * time.Second
	chainStale = time.Minute
)

// Chain is about the chain of the rules, as a node reads it; nil where none is.
func Chain(c *control.ChainState) []Finding {
	if c == nil {
		return nil
	}
	about := fmt.Sprintf("chain %d at %s", c.ID, c.Node)
	age := seconds(c.Age)
	found := []Finding{}
	const mend = "is the chain's node up, and chain.rpc right? `wardflow chain status` asks it"
	switch {
	case !c.Ready:
		found = append(found, bad("chain", about, mend, "the rules are not known freshly enough: readings wait%s", because(c.Why)))
	case age > chainStale:
		found = append(found, bad("chain", about, mend, "its newest answer is %s old", age.Round(time.Second)))
	case age > chainOld:
		found = append(found, warning("chain", about, mend, "its newest answer is %s old", age.Round(time.Second)))
	default:
		found = append(found, good("chain", about, "at block %d, final up to %d, its answer %s old", c.Head, c.Finalized, age.Round(100*time.Millisecond)))
	}
	if c.Judging == nil {
		return found
	}
	if c.Judging.Paused {
		found = append(found, warning("chain", about, "who paused the rules lets them go on: `wardflow rule unpause`", "the rules are paused: all readings wait"))
	}
	if !c.Judging.Native {
		found = append(found, bad("chain", about, "the contract once said otherwise than this program: have somebody who knows the rules look at `wardflow audit list`, now", "each reading is judged by asking the contract, %d verdicts disagreed", c.Judging.Disagreed))
	}
	return found
}

// checksLate is how long a check may wait until its head is in a final block.
const checksLate = 5 * time.Minute

// Checks is about a node's log of checks.
func Checks(c control.ChecksState) Finding {
	about, waiting := string(c.Node), c.Size-min(c.Size, c.Anchored)
	const mend = "is the chain reachable, and has the payer's account something to pay with? `wardflow checks status`"
	switch {
	case c.Problem != "":
		return bad("anchors", about, mend, "%d checks are not on the chain: %s", waiting, c.Problem)
	case !c.Since.IsZero() && time.Since(c.Since) > checksLate:
		return warning("anchors", about, mend, "%d checks are not on the chain, the oldest since %s", waiting, c.Since.UTC().Format(time.DateTime))
	}
	return good("anchors", about, "%d checks, %d of them on the chain", c.Size, c.Anchored)
}

// links is about links that carry nothing: one line each, and one for the rest.
func links(all []control.LinkState) []Finding {
	var found []Finding
	for _, l := range all {
		if l.Refused != "" {
			found = append(found, bad("link", string(l.ID), fmt.Sprintf("`wardflow link why %q` says step by step what is missing", l.ID), "refused: %s", l.Refused))
		}
	}
	if len(all) > 0 && len(found) == 0 {
		found = append(found, good("link", count(len(all), "link"), "none is refused"))
	}
	return found
}
