// Package remote is a node's door: the one address at which other nodes reach
// it, and the way it reaches them.
//
//	door, err := remote.Listen(remote.Config{Self: "bedside", Listen: ":7400", …})
//	door.Answer("register.commit", commit)          // answer questions of a kind
//	reply, err := door.Ask(ctx, "desk", kind, body) // ask another node
//	door.Carry(engine)                              // who has the ends of links
//	door.OpenLink(end)                              // keep this link up
//
// Behind it is one TLS 1.3 listener with certificates on both sides. What a
// connection is for is agreed in its handshake (ALPN): "h2" is our gRPC
// service, other protocols are handed to whoever asked for them with
// [Door.Handle]. The peer must be a node of the trust domain, and the node that
// was meant; host names play no part. A connection ends when the certificate
// of either side expires or is revoked.
//
// From each node to each other one stream carries all links whose senders are
// on the first. Per link there is a handshake by the two actors' own
// certificates and then sealed messages (package link). The credits of the
// links see to it that the stream is never blocked by one of them. What is
// ready is sent at once; what gathers meanwhile goes in packets of 16 KiB.
//
// A door carries frames and keeps none: after a lost connection the two ends of
// the link find out where they are. It is written on gRPC and is the only
// package that knows so. protoactor's own remote is not used: substrate.md,
// sections 2.3 and 2.4, says what it lets through and what it loses.
package remote
