package remote

import (
	"context"
	"errors"
	"net"

	"google.golang.org/grpc/credentials"
	grpcpeer "google.golang.org/grpc/peer"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// creds lets gRPC use the door's own connections: the handshake is done before
// gRPC sees them. A connection that is not a door's is refused.
type creds struct{}

// AuthType names the scheme for gRPC.
func (proof) AuthType() string { return "wardflow" }

// proof is what gRPC keeps of a connection for us.
type proof struct {
	credentials.CommonAuthInfo
	conn *Conn
}

var errNoDoor = errors.New("not a connection of the door")

func (creds) ClientHandshake(_ context.Context, _ string, c net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return creds{}.ServerHandshake(c)
}

func (creds) ServerHandshake(c net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, ok := c.(*Conn)
	if !ok {
		return nil, nil, errNoDoor
	}
	return conn, proof{credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity}, conn}, nil
}

func (creds) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "tls"}
}

func (creds) Clone() credentials.TransportCredentials { return creds{} }

func (creds) OverrideServerName(string) error { return nil }

// connOf is the connection of a call.
func connOf(ctx context.Context) (*Conn, error) {
	p, ok := grpcpeer.FromContext(ctx)
	if !ok {
		return nil, errNoDoor
	}
	pr, ok := p.AuthInfo.(proof)
	if !ok || !pr.conn.peer.Known() || pr.conn.peer.Role != flow.RoleNode {
		return nil, errNoDoor
	}
	return pr.conn, nil
}

// exporter binds link handshakes to this connection.
func (c *Conn) exporter() ([]byte, error) {
	cs := c.ConnectionState()
	return cs.ExportKeyingMaterial(link.ExporterLabel, nil, link.ExporterLen)
}
