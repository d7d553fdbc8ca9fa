package bare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/wardflow/wardflow/proto/wardflowpb"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// As at a door.
const (
	streamWindow = 4 << 20
	connWindow   = 8 << 20
)

// A Server takes batches from any node of the trust domain.
type Server struct {
	wardflowpb.UnimplementedDoorServer
	listen net.Listener
	rpc    *grpc.Server
	take   func() func(batch []byte) error
	done   chan struct{}
}

// Listen opens a server at addr, host:port. For each stream it calls take once,
// and what that returns with each batch, which is only lent.
func Listen(addr string, own flow.Signer, v *pki.Verifier, take func() func(batch []byte) error) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	conf := pki.ServerTLS(func() flow.Signer { return own }, v, pki.Only(flow.RoleNode), "h2")
	s := &Server{listen: l, take: take, done: make(chan struct{}), rpc: grpc.NewServer(grpc.Creds(credentials.NewTLS(conf)),
		grpc.InitialWindowSize(streamWindow), grpc.InitialConnWindowSize(connWindow), grpc.WaitForHandlers(true))}
	wardflowpb.RegisterDoorServer(s.rpc, s)
	go func() {
		defer close(s.done)
		s.rpc.Serve(l)
	}()
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.listen.Addr().String() }

// Close ends all streams and returns when nothing of the server runs.
func (s *Server) Close() {
	s.rpc.Stop()
	<-s.done
}

// Links takes one stream. The service's name is the door's, whose messages it
// borrows.
func (s *Server) Links(c wardflowpb.Door_LinksServer) error {
	take := s.take()
	for {
		p, err := c.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := take(p.GetEntries()); err != nil {
			return err
		}
	}
}

// A Stream sends batches.
type Stream struct {
	conn   *grpc.ClientConn
	stream wardflowpb.Door_LinksClient
}

// Dial opens a stream that lives at most as long as ctx.
func Dial(ctx context.Context, addr string, own flow.Signer, v *pki.Verifier) (*Stream, error) {
	conf := pki.ClientTLS(func() flow.Signer { return own }, v, pki.Only(flow.RoleNode), "h2")
	conn, err := grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(credentials.NewTLS(conf)),
		grpc.WithInitialWindowSize(streamWindow), grpc.WithInitialConnWindowSize(connWindow),
		grpc.WithDisableServiceConfig(), grpc.WithNoProxy())
	if err != nil {
		return nil, err
	}
	st, err := wardflowpb.NewDoorClient(conn).Links(ctx)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("open a bare stream to %s: %w", addr, err)
	}
	return &Stream{conn: conn, stream: st}, nil
}

// Send sends one batch. It keeps nothing of it.
func (s *Stream) Send(batch []byte) error {
	return s.stream.Send(&wardflowpb.Packet{Entries: batch})
}

// Finish returns when the server has taken all batches, and closes the stream.
func (s *Stream) Finish() error {
	defer s.conn.Close()
	if err := s.stream.CloseSend(); err != nil {
		return err
	}
	_, err := s.stream.Recv()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return errors.New("the server of a bare stream has nothing to say, and spoke")
	}
	return fmt.Errorf("the bare stream did not end well: %w", err)
}

// Close ends the stream, whatever is under way.
func (s *Stream) Close() { s.conn.Close() }
