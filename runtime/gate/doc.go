// Package gate bounds what strangers can cost a listener before it knows who
// they are. A TLS handshake costs the listener far more than the caller, so
// new connections are paced by address and altogether, those whose caller is
// not known yet are few, and what is too much is closed before it has cost
// anything:
//
//	g := gate.New(gate.Limits{Refused: tell})
//	l = g.TLS(l, conf)         // Accept gives connections that are authenticated
//
// or, where the listener does its own handshakes,
//
//	l = g.Listen(l)
//	raw, err := l.Accept()
//	conn, err := g.Handshake(ctx, raw, conf)
//
// A connection that comes too early waits for its turn, up to [Limits].Wait:
// so a thousand devices that come back at once after a power cut are all let
// in, one after the other, while links that are up keep their share of the
// processor.
package gate
