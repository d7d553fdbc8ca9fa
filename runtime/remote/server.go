package remote

import (
	"context"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	"github.com/wardflow/wardflow/proto/wardflowpb"
)

// What both sides of the service are set to; substrate.md, section 2.6, has the
// reasons.
const (
	packetMost   = 1 << 20           // bytes of one packet
	bodyMost     = 4 << 20           // bytes of a question or an answer
	messageMost  = bodyMost + 64<<10 // what gRPC takes: a body and its frame
	streamWindow = 4 << 20           // HTTP/2 flow control
	connWindow   = 8 << 20           //
	pingEvery    = 10 * time.Second  // keepalive
	pingWait     = 2 * time.Second   //
	pingLeast    = 5 * time.Second   // what the server lets a client ping
	callsMost    = 256               // at once on a connection
	headersMost  = 16 << 10          // bytes
	connectTime  = handshakeTime     //
)

func newServer(d *Door) *grpc.Server {
	s := grpc.NewServer(
		grpc.Creds(creds{}),
		grpc.ChainUnaryInterceptor(d.guardCall),
		grpc.ChainStreamInterceptor(d.guardStream),
		grpc.MaxRecvMsgSize(messageMost), grpc.MaxSendMsgSize(messageMost),
		grpc.MaxConcurrentStreams(callsMost), grpc.MaxHeaderListSize(headersMost),
		grpc.InitialWindowSize(streamWindow), grpc.InitialConnWindowSize(connWindow),
		grpc.ConnectionTimeout(connectTime),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: pingEvery, Timeout: pingWait}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingLeast, PermitWithoutStream: true}),
		grpc.WaitForHandlers(true), grpc.ForceServerCodecV2(newCodec()),
	)
	wardflowpb.RegisterDoorServer(s, &service{door: d})
	return s
}

// dialMost is the longest pause between two tries to reach a node. It is short,
// because [Door.Wake] can't end it: gRPC's ResetConnectBackoff (v1.85) reads the
// connections without their lock.
const dialMost = time.Second

func (d *Door) dialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithTransportCredentials(creds{}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(messageMost), grpc.MaxCallSendMsgSize(messageMost), grpc.ForceCodecV2(newCodec())),
		grpc.WithInitialWindowSize(streamWindow), grpc.WithInitialConnWindowSize(connWindow),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingEvery, Timeout: pingWait, PermitWithoutStream: true}),
		grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: connectTime, Backoff: backoff.Config{
			BaseDelay: d.cfg.RetryFirst, Multiplier: 2, Jitter: 0.3, MaxDelay: min(dialMost, d.cfg.RetryMost)}}),
		grpc.WithDisableServiceConfig(), grpc.WithNoProxy(), grpc.WithIdleTimeout(0),
	}
}

type service struct {
	wardflowpb.UnimplementedDoorServer
	door *Door
}

// guardCall and guardStream let in verified nodes only, and keep a panic in a
// handler from ending the process.

func (d *Door) guardCall(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	c, err := connOf(ctx)
	if err != nil {
		return nil, status.Error(codes.Unauthenticated, err.Error())
	}
	defer d.recovered(info.FullMethod, c, &err)
	return next(ctx, req)
}

func (d *Door) guardStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	c, err := connOf(ss.Context())
	if err != nil {
		return status.Error(codes.Unauthenticated, err.Error())
	}
	defer d.recovered(info.FullMethod, c, &err)
	return next(srv, ss)
}

func (d *Door) recovered(method string, c *Conn, err *error) {
	if r := recover(); r != nil {
		d.log.Error("handler panicked", "method", method, "peer", c.peer.URI, "err", r, "stack", string(debug.Stack()))
		*err = status.Error(codes.Internal, "the answering node has a bug; its log says more")
	}
}
