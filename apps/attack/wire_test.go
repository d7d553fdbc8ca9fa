package attack

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// What an attacker speaks: TLS with any certificate, the door's gRPC by hand, and
// the entries of links.

// shows makes a TLS configuration that shows a certificate, if there is one, and
// believes whatever the other end shows.
func shows(s flow.Signer, protos ...string) *tls.Config {
	conf := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13, NextProtos: protos}
	if s.Key != nil {
		cert := tls.Certificate{PrivateKey: s.Key}
		for _, c := range s.Chain {
			cert.Certificate = append(cert.Certificate, c.Raw)
		}
		// Also when the server says that it wants others.
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
	}
	return conf
}

const patience = 5 * time.Second

// knock makes a TLS connection and waits for the server's word on it: with TLS
// 1.3 the client's handshake is over before the server has looked at the
// client's certificate. An error is the refusal. Servers that wait for us to
// speak first are content if they say nothing for a little while.
func knock(ctx context.Context, addr string, conf *tls.Config) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	c := tls.Client(raw, conf)
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

// refusedTLS is why a server refuses a TLS client; "" when it speaks with it.
// probe is what the client says first, and what makes an honest server answer.
func refusedTLS(ctx context.Context, addr string, conf *tls.Config, probe []byte) string {
	c, err := knock(ctx, addr, conf)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(probe); err != nil {
		return err.Error()
	}
	if _, err := c.Read(make([]byte, 1)); err != nil {
		return err.Error()
	}
	return ""
}

// An rpc is a connection to a door, as gRPC has it, spoken by hand.
type rpc struct {
	conn     *tls.Conn
	exporter []byte
	client   *http.Client
}

// dialDoor connects to a door.
func dialDoor(ctx context.Context, addr string, s flow.Signer) (*rpc, error) {
	c, err := knock(ctx, addr, shows(s, "h2"))
	if err != nil {
		return nil, err
	}
	state := c.ConnectionState()
	exporter, err := state.ExportKeyingMaterial(link.ExporterLabel, nil, link.ExporterLen)
	if err != nil {
		return nil, err
	}
	used := false
	r := &rpc{conn: c, exporter: exporter}
	r.client = &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
		if used {
			return nil, errors.New("the connection is lost")
		}
		used = true
		return c, nil
	}}}
	return r, nil
}

func (r *rpc) close() {
	r.client.CloseIdleConnections()
	r.conn.Close()
}

// post begins a call whose messages are read from body.
func (r *rpc) post(ctx context.Context, method string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://door/wardflow.v1.Door/"+method, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/grpc")
	req.Header.Set("TE", "trailers")
	return r.client.Do(req)
}

// message is a gRPC message: not compressed, counted.
func message(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(b))), b...)
}

func readMessage(from io.Reader) ([]byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > 8<<20 {
		return nil, fmt.Errorf("a message of %d bytes", n)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(from, b)
	return b, err
}

// field is a field of a Protocol Buffers message that is counted bytes.
func field(number byte, b []byte) []byte {
	return append(binary.AppendUvarint([]byte{number<<3 | 2}, uint64(len(b))), b...)
}

// fields reads a message whose fields are counted bytes or numbers.
func fields(b []byte) (map[byte][]byte, error) {
	found := map[byte][]byte{}
	for len(b) > 0 {
		tag := b[0]
		n, size := binary.Uvarint(b[1:])
		if size <= 0 {
			return nil, errors.New("malformed message")
		}
		b = b[1+size:]
		switch {
		case tag&7 == 0:
			found[tag>>3] = binary.AppendUvarint(nil, n)
		case tag&7 == 2 && n <= uint64(len(b)):
			found[tag>>3], b = b[:n], b[n:]
		default:
			return nil, errors.New("malformed message")
		}
	}
	return found, nil
}

// A refusal is what the other end says in place of an answer.
type refusal struct{ why string }

func (r *refusal) Error() string { return r.why }

// ask asks a question of a kind. What the other end refuses is a refusal.
func (r *rpc) ask(ctx context.Context, kind string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	resp, err := r.post(ctx, "Ask", bytes.NewReader(message(append(field(1, []byte(kind)), field(2, body)...))))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := readMessage(resp.Body)
	_, _ = io.Copy(io.Discard, resp.Body) // what follows are the trailers
	if code := resp.Trailer.Get("Grpc-Status") + resp.Header.Get("Grpc-Status"); code != "0" && code != "" {
		return nil, &refusal{"gRPC status " + code + ": " + resp.Trailer.Get("Grpc-Message") + resp.Header.Get("Grpc-Message")}
	}
	if err != nil {
		return nil, err
	}
	reply, err := fields(b)
	if err != nil {
		return nil, err
	}
	if no, ok := reply[2]; ok {
		said, err := fields(no)
		if err != nil {
			return nil, err
		}
		return nil, &refusal{string(said[2])}
	}
	return reply[1], nil
}

// A stream is that of links, seen from the caller.
type stream struct {
	out  *io.PipeWriter
	in   chan answered
	body io.ReadCloser
	left []byte // of the packet that came last
	stop context.CancelFunc
}

type answered struct {
	body io.ReadCloser
	err  error
}

// links opens the stream on which a node's links are.
func (r *rpc) links(ctx context.Context) *stream {
	from, to := io.Pipe()
	ctx, stop := context.WithCancel(ctx)
	st := &stream{out: to, in: make(chan answered, 1), stop: stop}
	go func() {
		resp, err := r.post(ctx, "Links", from)
		if err != nil {
			from.CloseWithError(err)
			st.in <- answered{err: err}
			return
		}
		st.in <- answered{body: resp.Body}
	}()
	return st
}

func (st *stream) close() {
	st.stop()
	st.out.Close()
	if st.body != nil {
		st.body.Close()
	}
}

// The kinds of entries of packets.
const (
	entryOffer   = 1
	entryAnswer  = 2
	entryConfirm = 3
	entrySealed  = 4
	entryRefuse  = 5
)

// An entry is one, as it came.
type entry struct {
	kind   byte
	number uint64
	body   []byte
}

func entryOf(kind byte, number uint64, body []byte) []byte {
	b := binary.AppendUvarint([]byte{kind}, number)
	return append(binary.AppendUvarint(b, uint64(len(body))), body...)
}

// put sends entries in a packet.
func (st *stream) put(entries ...[]byte) error {
	_, err := st.out.Write(message(field(1, bytes.Join(entries, nil))))
	return err
}

// hear waits for the next entry.
func (st *stream) hear() (entry, error) {
	for len(st.left) == 0 {
		if st.body == nil {
			select {
			case a := <-st.in:
				if a.err != nil {
					return entry{}, a.err
				}
				st.body = a.body
			case <-time.After(2 * patience):
				return entry{}, errors.New("the door says nothing")
			}
		}
		timer := time.AfterFunc(2*patience, st.stop)
		b, err := readMessage(st.body)
		timer.Stop()
		if err != nil {
			return entry{}, fmt.Errorf("the stream has ended: %w", err)
		}
		packet, err := fields(b)
		if err != nil {
			return entry{}, err
		}
		st.left = packet[1]
	}
	number, n := binary.Uvarint(st.left[1:])
	length, m := binary.Uvarint(st.left[1+max(n, 0):])
	if n <= 0 || m <= 0 || length > uint64(len(st.left)-1-n-m) {
		return entry{}, errors.New("the door sends a malformed packet")
	}
	e := entry{kind: st.left[0], number: number, body: st.left[1+n+m : 1+n+m+int(length)]}
	st.left = st.left[1+n+m+int(length):]
	return e, nil
}

// refused waits until a number is refused or the stream ends, and says how.
// Anything else on the number comes back as got.
func (st *stream) refused(number uint64) (how string, got *entry) {
	for {
		e, err := st.hear()
		switch {
		case err != nil:
			return err.Error(), nil
		case e.number != number:
		case e.kind == entryRefuse && len(e.body) > 0:
			return string(e.body[1:]), nil
		default:
			return "", &e
		}
	}
}

// plain speaks without TLS, and gives back what is answered.
func plain(ctx context.Context, addr string, say []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(say); err != nil {
		return "", err
	}
	heard, err := io.ReadAll(io.LimitReader(c, 4096))
	if errors.Is(err, context.DeadlineExceeded) || err != nil && strings.Contains(err.Error(), "timeout") {
		return string(heard), fmt.Errorf("the connection stays open: %w", err)
	}
	return string(heard), nil
}

func dialRaw(ctx context.Context, addr string) (net.Conn, error) {
	return (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", addr)
}

// handshakes makes TLS connections at a rate until ctx is done, and counts them.
func handshakes(ctx context.Context, addr string, rate int, conf *tls.Config) (made, refused int) {
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	var run sync.WaitGroup
	var no atomic.Int64
	for {
		select {
		case <-ctx.Done():
			run.Wait()
			return made, int(no.Load())
		case <-tick.C:
		}
		made++
		run.Go(func() {
			if refusedTLS(ctx, addr, conf, http2) != "" {
				no.Add(1)
			}
		})
	}
}
