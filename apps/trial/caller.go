package trial

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A caller is a device outside: it brings one reading after the other over a
// connection that it keeps open, and has each answered before the next.
type caller struct {
	own   flow.Signer
	local net.Addr // whence it calls
	conf  *tls.Config
	at    string // host:port
	seq   *uint64

	conn net.Conn
	in   *bufio.Reader
	buf  []byte
}

// newCaller makes one that has not called yet. Devices that call the same node
// count on with one seq.
func newCaller(own flow.Signer, v *pki.Verifier, local net.IP, at string, seq *uint64) *caller {
	conf := pki.ClientTLS(func() flow.Signer { return own }, v, pki.Only(flow.RoleNode))
	conf.NextProtos = []string{"http/1.1"}
	return &caller{own: own, local: &net.TCPAddr{IP: local}, conf: conf, at: at, seq: seq}
}

// connect calls anew, with a full handshake.
func (c *caller) connect(ctx context.Context) error {
	c.hangUp()
	d := net.Dialer{LocalAddr: c.local}
	raw, err := d.DialContext(ctx, "tcp", c.at)
	if err != nil {
		return err
	}
	own := &thinker{Conn: raw}
	conn := tls.Client(own, c.conf)
	own.think()
	err = conn.HandshakeContext(ctx)
	own.rest()
	own.known = true
	if err != nil {
		raw.Close()
		return err
	}
	c.conn, c.in = conn, bufio.NewReaderSize(conn, 1024)
	return nil
}

func (c *caller) hangUp() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

var (
	errRefused = errors.New("a reading was refused")
	// errBusy reports that nobody knows yet what has become of a reading: the
	// device is to bring the same again.
	errBusy = fmt.Errorf("%w for now", errRefused)
)

// bring brings one reading, a temperature, and waits for the answer.
func (c *caller) bring(ctx context.Context) error {
	*c.seq++
	now := time.Now()
	body := fmt.Appendf(nil, `{"stream":"temp","seq":%d,"kind":"8310-5","unit":"Cel","at":"%s","value":"%d.%d"}`,
		*c.seq, now.UTC().Format(time.RFC3339Nano), 36+*c.seq%3, *c.seq%10)
	c.buf = fmt.Appendf(c.buf[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		ingest.Path, c.at, ingest.JSON, len(body), body)
	return c.ask(ctx, false)
}

// again brings the last reading once more, which may have been taken.
func (c *caller) again(ctx context.Context) error { return c.ask(ctx, true) }

// ask asks what is in buf.
func (c *caller) ask(ctx context.Context, again bool) error {
	defer context.AfterFunc(ctx, func() { c.conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := c.conn.Write(c.buf); err != nil {
		return err
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	switch {
	case res.StatusCode == http.StatusConflict && again:
		return nil
	case res.StatusCode == http.StatusServiceUnavailable:
		return fmt.Errorf("%w: %s: %s", errBusy, res.Status, answer)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("%w: %s: %s", errRefused, res.Status, answer)
	}
	var a ingest.Answered
	if err := json.Unmarshal(answer, &a); err != nil || len(a.Outcomes) != 1 || a.Outcomes[0].Outcome != ingest.Accepted {
		return fmt.Errorf("%w: %s", errRefused, answer)
	}
	return nil
}
