// Package link carries tokens from an out-port to an in-port in order, once each.
//
// Its two ends are plain state machines. They start no goroutine, read no clock
// and open no connection; whoever holds them moves the frames:
//
//	out.Offer(tok)               // ErrFull: try again after the next Settled
//	out.Release(out.Made())      // a checkpoint that covers the tokens is committed
//	for out.Next(&frame, 64) {   // what may be sent now
//		in.Accept(&frame)        // what is new and in order waits for Take
//	}
//	out.Credit(in.Credit())      // the receiver has room for more
//	out.Settled(upto)            // took effect for good: no longer held
//
// A link numbers its tokens from 1 for as long as it lives, through reconnects,
// restarts and migrations: the counter is part of the sender's checkpoint, the
// place reached is part of the receiver's. So after any accident the two compare
// two numbers ([Out.Opened]) and go on. The sender holds what is not settled;
// its window bounds how much. The receiver grants credit for what it has room
// for, so a shared connection is never blocked by one link. The scheme is the
// cumulative acknowledgement of RFC 9293, section 3.4, with the credits of
// RFC 9113, section 5.2, counted in tokens.
//
// Between nodes a link is also authenticated and sealed: [Offer], [Answer],
// [Offered.Confirm] and [Answered.Secure] prove over the nodes' connection that
// each end holds the key of its actor's certificate, and yield the [Sealer] and
// [Opener] of its messages. TLS names the node; this names the actor, so that
// another node in good standing can't speak into the link.
package link
