// Package placement decides which node runs which actor, and says why.
//
// It is a function from values to values: [Plan] takes graphs, nodes and the
// placements of before, and gives the placements of now. It reads no clock and
// no configuration, and equal inputs give equal plans, so every node that asks
// gets the same answer.
//
// A node fits an actor when it is up and not draining, offers every capability
// that the actor's type requires (and the certificate that the actor speaks
// with), and matches the actor's rule. Of the nodes that fit, the one that has
// the actor already keeps it; else the one with fewest actors gets it, then
// the one with most of the actor's neighbours, then the first by name. Actors
// with least choice are placed first. So a change of one node moves only the
// actors that it must.
//
// A rule that can't be understood fits nowhere: a broken restriction never
// becomes no restriction.
package placement
