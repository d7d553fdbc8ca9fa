package ingest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// ClientConfig is what a device needs to bring readings.
type ClientConfig struct {
	URL      string             // https://host:port of a node
	Own      func() flow.Signer // the device's certificate, asked at each handshake
	Verifier *pki.Verifier      // whom to believe
	// Patience is how long one batch is tried in all; 0: a minute.
	Patience time.Duration
	// Told is told why a batch is tried again; may be nil.
	Told func(error)
}

// A Client brings a device's readings to a node, over one connection that it
// keeps open. It is for one goroutine.
type Client struct {
	cfg  ClientConfig
	at   string
	http *http.Client
}

// NewClient makes a client; it connects when it has something to send.
func NewClient(cfg ClientConfig) (*Client, error) {
	if cfg.Patience == 0 {
		cfg.Patience = time.Minute
	}
	if cfg.Told == nil {
		cfg.Told = func(error) {}
	}
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("address %q: want https://host:port", cfg.URL)
	}
	c := &Client{cfg: cfg, at: "https://" + u.Host}
	c.http = &http.Client{
		Transport:     &http.Transport{DialTLSContext: c.dial, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: 5 * time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// dial connects to a node of the hospital, which shows either its own
// certificate or one for the web that names the host.
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	conf := pki.ClientTLS(c.cfg.Own, c.cfg.Verifier, pki.Only(flow.RoleNode))
	node := conf.VerifyConnection
	conf.ServerName = host
	conf.NextProtos = []string{"h2", "http/1.1"}
	conf.VerifyConnection = func(cs tls.ConnectionState) error {
		if len(cs.PeerCertificates) > 0 && len(cs.PeerCertificates[0].URIs) == 0 {
			return c.cfg.Verifier.CheckWeb(cs.PeerCertificates, host, time.Now())
		}
		return node(cs)
	}
	return (&tls.Dialer{Config: conf}).DialContext(ctx, network, addr)
}

// Close ends the connection.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Send brings one body of readings, in one of the content types of [Decode], and
// gives what has become of each. While the node is away, has no room or asks to
// wait it tries again, always with the same bytes: the numbers in them see to it
// that each counts once. A 421 leads it to another node. Other answers are a
// [*Refusal]. A node that does not take the device's certificate is [ErrCertificate]
// at once.
func (c *Client) Send(ctx context.Context, contentType string, body []byte) ([]Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Patience)
	defer cancel()
	pause := 100 * time.Millisecond
	for {
		outcomes, err := c.once(ctx, contentType, body)
		wait := pause
		var no *Refusal
		switch {
		case err == nil:
			return outcomes, nil
		case errors.As(err, &no) && no.Status == http.StatusMisdirectedRequest && no.Elsewhere != "":
			if u, e := url.Parse(no.Elsewhere); e != nil || u.Scheme != "https" || u.Host == "" {
				return nil, err
			}
			c.at = strings.TrimSuffix(no.Elsewhere, "/")
		case errors.As(err, &no) && no.After > 0:
			wait = no.After
		case errors.As(err, &no), errors.As(err, new(*pki.Refusal)):
			return nil, err
		case alerted(err):
			return nil, fmt.Errorf("bring readings to %s: %w: %w", c.at, ErrCertificate, err)
		default: // perhaps another node is there now
			c.at = strings.TrimSuffix(c.cfg.URL, "/")
		}
		c.cfg.Told(err)
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("bring readings to %s: %w", c.at, err)
		case <-time.After(wait):
		}
		pause = min(2*pause, 5*time.Second)
	}
}

func (c *Client) once(ctx context.Context, contentType string, body []byte) ([]Outcome, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.at+Path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", contentType)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusOK {
		var a Answered
		if err := json.Unmarshal(answer, &a); err != nil {
			return nil, fmt.Errorf("read the answer of %s: %w", c.at, err)
		}
		return a.Outcomes, nil
	}
	var p Problem
	if err := json.Unmarshal(answer, &p); err == nil && len(p.Outcomes) == 1 {
		return p.Outcomes, nil
	}
	no := &Refusal{Status: res.StatusCode, Why: p.Detail, Elsewhere: p.Elsewhere}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s >= 0 {
		no.After = max(time.Duration(s)*time.Second, 100*time.Millisecond)
	}
	return nil, no
}
