package remote

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"

	"github.com/wardflow/wardflow/proto/wardflowpb"
)

// A line is a connection to a peer that gRPC keeps up. When a certificate of
// either side is renewed, a new line is made beside it, what begins uses that,
// and the old one ends when the last of its users has: nobody notices.
type line struct {
	peer   *peer
	client *grpc.ClientConn
	rpc    wardflowpb.DoorClient

	// The peer's lock guards these.
	conn    *Conn // the newest that it has dialled
	users   int
	retired bool
	closed  bool
}

func (p *peer) newLine() (*line, error) {
	l := &line{peer: p}
	c, err := grpc.NewClient("passthrough:///"+string(p.node), append(p.door.dialOptions(), grpc.WithContextDialer(l.dial))...)
	if err != nil {
		return nil, err
	}
	l.client, l.rpc = c, wardflowpb.NewDoorClient(c)
	return l, nil
}

// take gives the line for something that begins now; give ends it.
func (p *peer) take() *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line.users++
	return p.line
}

func (l *line) give() {
	l.peer.mu.Lock()
	l.users--
	l.peer.mu.Unlock()
	l.finish()
}

// finish closes a line that is retired and not in use.
func (l *line) finish() {
	l.peer.mu.Lock()
	over := l.retired && l.users == 0 && !l.closed
	l.closed = l.closed || over
	l.peer.mu.Unlock()
	if over {
		l.client.Close()
	}
}

// current reports whether what begins now would use this line.
func (l *line) current() bool {
	l.peer.mu.Lock()
	defer l.peer.mu.Unlock()
	return l.peer.line == l
}

// outdated reports whether a peer's connection should be replaced: our own
// certificate is another by now, or it is time to see whether theirs is.
func (p *peer) outdated(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.line.conn
	if c == nil || c.closed.Load() || p.renewing || now.Before(p.renewDue) {
		return false
	}
	if now.After(c.fresh) || c.own.Leaf != p.door.cfg.Signer().ID.Leaf {
		p.renewing = true
		return true
	}
	return false
}

// renew replaces the peer's line if it can: the old one stays until the new one
// is there.
func (p *peer) renew() {
	err := p.replace()
	now := p.door.cfg.Now()
	p.mu.Lock()
	p.renewing = false
	p.renewDue = now.Add(p.door.cfg.RetryFirst)
	if err != nil {
		p.renewDue = now.Add(p.door.pause(p.renewTries))
		p.renewTries++
	} else {
		p.renewTries = 0
	}
	p.mu.Unlock()
	if err != nil {
		p.door.log.Debug("connection not renewed yet", "node", p.node, "err", err)
		return
	}
	p.kick()
}

func (p *peer) replace() error {
	l, err := p.newLine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.door.quit, connectTime)
	defer cancel()
	if err := l.ready(ctx); err != nil {
		l.client.Close()
		return err
	}
	p.mu.Lock()
	old := p.line
	p.line = l
	old.retired = true
	p.mu.Unlock()
	old.finish()
	if p.door.isClosing() { // which may have missed it
		l.client.Close()
	}
	return nil
}

// ready waits until the line stands.
func (l *line) ready(ctx context.Context) error {
	l.client.Connect()
	for {
		switch s := l.client.GetState(); s {
		case connectivity.Ready:
			return nil
		case connectivity.TransientFailure, connectivity.Shutdown:
			return fmt.Errorf("%w: %w", ErrUnreachable, l.peer.lastDial())
		default:
			if !l.client.WaitForStateChange(ctx, s) {
				return context.Cause(ctx)
			}
		}
	}
}
