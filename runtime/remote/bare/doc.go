// Package bare is a gRPC stream over mutual TLS and nothing else: what links
// are measured against.
//
//	s, err := bare.Listen("127.0.0.1:0", own, verifier, take)
//	c, err := bare.Dial(ctx, s.Addr(), own, verifier)
//	err = c.Send(batch) // as often as you like; it may wait
//	err = c.Finish()    // all of it has been taken
//
// It has the certificates, the cipher and the HTTP/2 windows of a door, and
// none of what a link adds: no numbers, credits, settlements or seals.
package bare
