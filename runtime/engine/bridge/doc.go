// Package bridge carries links between two engines of one process, as package
// remote does between nodes: messages go through their encoding, a lane may be
// full, and what is on the way when a link is shut is lost. So whoever moves
// actors from one engine to the other for practice tests the path that real
// migrations take.
//
//	b := bridge.New(left, right)
//	defer b.Close()
//	err := b.Open(link.ID(), bridge.Left) // its sender runs on the left, its receiver on the right
//	…
//	b.Shut(link.ID()) // before either is moved
package bridge
