// Package placement decides which node runs which actor, and says why.
//
// It is a function from values to values: [Plan] takes graphs, nodes and the
// placements of before, and gives the placements of now. It reads no clock and
// no configuration, and equal inputs give equal plans, so every node that asks
// gets the same answer.
//
// # Which nodes fit
//
// A node fits an actor when it is up and not draining, offers every capability
// that the actor's type requires (and the certificate that the actor speaks
// with), matches the actor's rule, and stands in the zone that the application
// keeps patient data in, if the actor handles any. Actors that must be near each
// other are placed as one, on a node that fits all of them; where actors must be
// apart, those that could be elsewhere make room.
//
// A rule that can't be understood fits nowhere: a broken restriction never
// becomes no restriction.
//
// # Which of them is chosen
//
// The one that has the actor already; else of those with processor and memory to
// spare the one with fewest actors for its size, then the one with most of the
// actor's neighbours, then the first by name. Actors with least choice are placed
// first. So a change of one node moves only the actors that it must.
//
// # What stays
//
// An actor stays on its node while that may only be away: until
// [Input.Failover], and where what the actor works with can't be taken along,
// until the node is gone for good. What is [Bound] to a node may go to another of
// the same [Group]; what is local ([flow.Node.Local]) may go nowhere. An
// exclusive actor waits for the lease of a node that is lost, and to be stopped
// by one that is not. What people moved stays where they moved it ([Pin]) while
// it fits there.
//
// What can't be done is said: of an actor without a node by each node's refusal
// in [flow.Placement.Why], of one that should leave its node in [Outcome.Stays],
// of a pin in [Outcome.Unpinned].
package placement
