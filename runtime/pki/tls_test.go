package pki_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// handshake joins a server and a client by a pipe and lets the server send one
// byte. Errors are what each end saw.
func handshake(t *testing.T, server, client *tls.Config) (state tls.ConnectionState, serverErr, clientErr error) {
	t.Helper()
	a, b := net.Pipe()
	return handshakeOver(t, a, b, server, client)
}

func handshakeOver(t *testing.T, a, b net.Conn, server, client *tls.Config) (state tls.ConnectionState, serverErr, clientErr error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		conn := tls.Server(a, server)
		defer a.Close()
		err := conn.HandshakeContext(ctx)
		if err == nil {
			state = conn.ConnectionState()
			_, err = conn.Write([]byte{1})
		}
		done <- err
	}()
	conn := tls.Client(b, client)
	if clientErr = conn.HandshakeContext(ctx); clientErr == nil {
		// With TLS 1.3 the client is done before the server has judged it.
		_, clientErr = io.ReadFull(conn, make([]byte, 1))
	}
	b.Close()
	return state, <-done, clientErr
}

func own(s flow.Signer) func() flow.Signer { return func() flow.Signer { return s } }

func anyone(flow.Identity) error { return nil }

// Both ends judge each other. A connection comes about only if both agree.
func TestHandshake(t *testing.T) {
	h := pkitest.New(t)
	rogue, neighbour := h.Rogue(), h.Neighbour()
	v := h.Verifier()
	lost := h.Node("lost")
	v.RevokeLeaf(lost.ID.Leaf)
	nodes := pki.Only(flow.RoleNode)
	door := pki.ServerTLS(own(h.Node("ward")), v, nodes, "h2", "wardflow-raft/1")
	call := func(s flow.Signer) *tls.Config {
		return pki.ClientTLS(own(s), v, pki.Named(flow.RoleNode, "ward"), "h2")
	}
	serve := func(s flow.Signer) *tls.Config { return pki.ServerTLS(own(s), v, anyone, "h2") }
	old := call(h.Node("bedside"))
	old.MinVersion, old.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	silent := call(h.Node("bedside"))
	silent.NextProtos = nil
	other := call(h.Node("bedside"))
	other.NextProtos = []string{"imap"}
	web := call(h.Node("bedside"))
	web.NextProtos = []string{"http/1.1"} // crypto/tls lets it in without a protocol when we have h2
	bare := call(h.Node("bedside"))
	bare.GetClientCertificate = nil

	for _, tt := range []struct {
		name           string
		server, client *tls.Config
		serverWant     error  // what the server refuses for
		clientWant     error  // what the client refuses for
		says           string // in either error
	}{
		{"node and node", door, call(h.Node("bedside")), nil, nil, ""},
		{"client of another root", door, pki.ClientTLS(own(rogue.Node("bedside")), v, anyone, "h2"), pki.ErrStranger, nil, `"spiffe://h1.health.example/node/bedside"`},
		{"client of another hospital", door, pki.ClientTLS(own(neighbour.Node("bedside")), v, anyone, "h2"), pki.ErrDomain, nil, ""},
		{"client revoked", door, call(lost), pki.ErrRevoked, nil, "node/lost"},
		{"client not allowed", door, call(h.Device(monitor, ecg)), pki.ErrNotAllowed, nil, "it is a device, and only [node] may"},
		{"patient's card as a client", pki.ServerTLS(own(h.Node("ward")), v, anyone, "h2"), call(h.Patient("p-7f3a")), pki.ErrDirection, nil, "signs readings only"},
		{"nobody allowed", pki.ServerTLS(own(h.Node("ward")), v, nil, "h2"), call(h.Node("bedside")), pki.ErrNotAllowed, nil, "nobody is"},
		{"no client certificate", door, bare, nil, nil, "didn't provide a certificate"},
		{"server of another root", serve(rogue.Node("ward")), call(h.Node("bedside")), nil, pki.ErrStranger, ""},
		{"server of another name", serve(h.Node("bedside")), call(h.Node("x")), nil, pki.ErrNotAllowed, "want node ward"},
		{"server revoked", serve(lost), pki.ClientTLS(own(h.Node("x")), v, anyone, "h2"), nil, pki.ErrRevoked, ""},
		{"device as a server", serve(h.Device(monitor, ecg)), pki.ClientTLS(own(h.Node("x")), v, anyone, "h2"), nil, pki.ErrDirection, "a device calls only"},
		{"server without a certificate", serve(flow.Signer{}), call(h.Node("x")), nil, nil, "no certificate to show"},
		{"TLS 1.2", door, old, nil, nil, "protocol version"},
		{"no protocol named", door, silent, nil, nil, "the peer speaks none of"},
		{"another protocol", door, other, nil, nil, "no application protocol"},
		{"HTTP/1.1", door, web, nil, nil, "the peer speaks none of"},
	} {
		_, serverErr, clientErr := handshake(t, tt.server, tt.client)
		if tt.says == "" && tt.serverWant == nil && tt.clientWant == nil {
			if serverErr != nil || clientErr != nil {
				t.Errorf("%s: server %v, client %v", tt.name, serverErr, clientErr)
			}
			continue
		}
		if serverErr == nil || clientErr == nil {
			t.Errorf("%s: server %v, client %v, want both to fail", tt.name, serverErr, clientErr)
			continue
		}
		if tt.serverWant != nil && !errors.Is(serverErr, tt.serverWant) {
			t.Errorf("%s: server says %v, want %q", tt.name, serverErr, tt.serverWant)
		}
		if tt.clientWant != nil && !errors.Is(clientErr, tt.clientWant) {
			t.Errorf("%s: client says %v, want %q", tt.name, clientErr, tt.clientWant)
		}
		if !strings.Contains(serverErr.Error()+clientErr.Error(), tt.says) {
			t.Errorf("%s: server says %v, client says %v, neither %q", tt.name, serverErr, clientErr, tt.says)
		}
	}
}

// Plain HTTP gets nothing.
func TestPlainText(t *testing.T) {
	h := pkitest.New(t)
	a, b := net.Pipe()
	defer b.Close()
	go func() {
		io.WriteString(b, "GET / HTTP/1.1\r\nHost: ward\r\n\r\n")
		io.Copy(io.Discard, b)
	}()
	err := tls.Server(a, pki.ServerTLS(own(h.Node("ward")), h.Verifier(), anyone)).HandshakeContext(t.Context())
	a.Close()
	if err == nil || !strings.Contains(err.Error(), "does not look like a TLS handshake") {
		t.Errorf("handshake = %v, want an error", err)
	}
}

// An open server lets in who shows nothing, as nobody, but not who shows
// something bad.
func TestOpenServer(t *testing.T) {
	h := pkitest.New(t)
	v := h.Verifier()
	server := pki.OpenServerTLS(own(h.Node("ward")), v, pki.Only(flow.RoleStaff), "h2", "http/1.1")
	call := func(s flow.Signer) *tls.Config {
		return pki.ClientTLS(own(s), v, pki.Named(flow.RoleNode, "ward"), "h2")
	}
	nobody := call(h.Staff("n-17"))
	nobody.GetClientCertificate = nil

	state, serverErr, clientErr := handshake(t, server, nobody)
	if serverErr != nil || clientErr != nil {
		t.Fatalf("without a certificate: server %v, client %v", serverErr, clientErr)
	}
	if id, err := pki.PeerIdentity(state, v); !errors.Is(err, pki.ErrNoCertificate) || id.Known() {
		t.Errorf("PeerIdentity = %+v, %v, want ErrNoCertificate", id, err)
	}

	state, serverErr, clientErr = handshake(t, server, call(h.Staff("n-17")))
	if serverErr != nil || clientErr != nil {
		t.Fatalf("staff: server %v, client %v", serverErr, clientErr)
	}
	if id, err := pki.PeerIdentity(state, v); err != nil || id.Role != flow.RoleStaff || id.Name != "n-17" {
		t.Errorf("PeerIdentity = %+v, %v, want staff n-17", id, err)
	}

	for name, tt := range map[string]struct {
		s    flow.Signer
		want error
	}{
		"rogue":  {h.Rogue().Staff("n-17"), pki.ErrStranger},
		"device": {h.Device(monitor, ecg), pki.ErrNotAllowed},
	} {
		if _, serverErr, _ := handshake(t, server, call(tt.s)); !errors.Is(serverErr, tt.want) {
			t.Errorf("%s: server says %v, want %q", name, serverErr, tt.want)
		}
	}
}

// A resumed connection is judged like a new one: VerifyConnection sees both.
func TestResumedIsJudged(t *testing.T) {
	h := pkitest.New(t)
	v := h.Verifier()
	s := h.Node("bedside")
	server := pki.ServerTLS(own(h.Node("ward")), v, anyone, "h2")
	// The client asks a verifier of its own, which hears of no revocation.
	client := pki.ClientTLS(own(s), pki.NewVerifier(h.Authority.Trust()), anyone, "h2")
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	// Resuming, both ends write at once, for which a net.Pipe has no room.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	join := func() (tls.ConnectionState, error, error) {
		t.Helper()
		b, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return handshakeOver(t, a, b, server, client)
	}
	for i := range 2 {
		state, serverErr, clientErr := join()
		if serverErr != nil || clientErr != nil || state.DidResume != (i == 1) {
			t.Fatalf("connection %d: resumed %v, server %v, client %v", i, state.DidResume, serverErr, clientErr)
		}
	}
	v.RevokeLeaf(s.ID.Leaf)
	if _, serverErr, _ := join(); !errors.Is(serverErr, pki.ErrRevoked) {
		t.Errorf("server says %v, want ErrRevoked", serverErr)
	}
}

// A certificate that has ended opens nothing; the renewed one is shown without
// making a new configuration.
func TestRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := pkitest.New(t)
		v := h.Verifier()
		s := h.Node("bedside")
		server := pki.ServerTLS(func() flow.Signer { return h.Node("ward") }, v, anyone)
		client := pki.ClientTLS(func() flow.Signer { return s }, v, anyone)
		if _, serverErr, clientErr := handshake(t, server, client); serverErr != nil || clientErr != nil {
			t.Fatalf("server %v, client %v", serverErr, clientErr)
		}
		time.Sleep(25 * time.Hour)
		if _, serverErr, _ := handshake(t, server, client); !errors.Is(serverErr, pki.ErrExpired) {
			t.Fatalf("server says %v, want ErrExpired", serverErr)
		}
		s = h.Node("bedside")
		if _, serverErr, clientErr := handshake(t, server, client); serverErr != nil || clientErr != nil {
			t.Fatalf("renewed: server %v, client %v", serverErr, clientErr)
		}
	})
}

// The key exchange is the hybrid one that Go offers by default.
func TestKeyExchange(t *testing.T) {
	h := pkitest.New(t)
	v := h.Verifier()
	state, serverErr, clientErr := handshake(t, pki.ServerTLS(own(h.Node("ward")), v, anyone), pki.ClientTLS(own(h.Node("bedside")), v, anyone))
	if serverErr != nil || clientErr != nil || state.CurveID != tls.X25519MLKEM768 || state.Version != tls.VersionTLS13 {
		t.Errorf("curve %v, version %x, server %v, client %v", state.CurveID, state.Version, serverErr, clientErr)
	}
}
