package control

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
	"strings"
	"time"
)

// A Client speaks to one node's API. It may be used by many goroutines.
// Errors are [ErrUnreachable], [ErrUntrusted] or what the API says: a
// [*Problem], which errors.Is and errors.As see through.
type Client struct {
	base string
	conf *tls.Config
	http *http.Client
}

// What goes wrong before the API can answer.
var (
	ErrUnreachable = errors.New("the node does not answer")
	ErrUntrusted   = errors.New("the node's certificate is not trusted")
)

// NewClient makes a client for the node at base, such as
// "https://127.0.0.1:8443". The TLS configuration says who is trusted to be a
// node, and may hold the certificate to show. It is not changed.
func NewClient(base string, conf *tls.Config) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("node address %q: want https://HOST:PORT", base)
	}
	conf = conf.Clone()
	conf.NextProtos = []string{"h2", "http/1.1", ClientProto}
	if verify := conf.VerifyConnection; verify != nil {
		conf.VerifyConnection = func(cs tls.ConnectionState) error {
			if err := verify(cs); err != nil {
				return fmt.Errorf("%w: %w", ErrUntrusted, err)
			}
			return nil
		}
	}
	return &Client{
		base: "https://" + u.Host,
		conf: conf,
		http: &http.Client{Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSClientConfig:     conf,
			TLSHandshakeTimeout: 5 * time.Second,
			ForceAttemptHTTP2:   true,
		}, CheckRedirect: stay},
	}, nil
}

// stay follows no redirect. No node answers with one, and a hostile one would have
// what it is told, such as a script, sent on to wherever it likes, without TLS too.
func stay(to *http.Request, _ []*http.Request) error {
	return fmt.Errorf("it points elsewhere, to %.200q, as no node does", to.URL.Redacted())
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Snapshot is the cluster as the node sees it now.
func (c *Client) Snapshot(ctx context.Context) (*Snapshot, error) {
	return call[Snapshot](ctx, c, http.MethodGet, "/status", nil)
}

// Apps lists the applications.
func (c *Client) Apps(ctx context.Context) ([]App, error) {
	l, err := call[List[App]](ctx, c, http.MethodGet, "/apps", nil)
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}

// App is one application with its script and what runs where.
func (c *Client) App(ctx context.Context, name string) (*AppDetail, error) {
	return call[AppDetail](ctx, c, http.MethodGet, "/apps/"+url.PathEscape(name), nil)
}

// Check says what is wrong with a script: nothing, if it compiles.
func (c *Client) Check(ctx context.Context, d Deployment) ([]Issue, error) {
	l, err := call[List[Issue]](ctx, c, http.MethodPost, "/check", d)
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}

// Plan says what Deploy would do.
func (c *Client) Plan(ctx context.Context, d Deployment) (*PlanResult, error) {
	return call[PlanResult](ctx, c, http.MethodPost, "/apps?dry-run", d)
}

// Deploy runs a script; its actors may still be starting when this returns. A
// deployment without a signature is signed with the certificate that the client
// shows.
func (c *Client) Deploy(ctx context.Context, d Deployment) (*App, error) {
	if d.Signature == nil {
		by, err := signer(c.conf)
		if err == nil {
			d.Signature, err = SignDeployment(by, &d, time.Now())
		}
		if err != nil {
			return nil, fmt.Errorf("sign the deployment of %s: %w", d.Name, err)
		}
	}
	return call[App](ctx, c, http.MethodPost, "/apps", d)
}

// Stop removes an application everywhere.
func (c *Client) Stop(ctx context.Context, app string) error {
	_, err := call[struct{}](ctx, c, http.MethodDelete, "/apps/"+url.PathEscape(app), nil)
	return err
}

// Login asks for a one-time link to the page.
func (c *Client) Login(ctx context.Context) (*Login, error) {
	return call[Login](ctx, c, http.MethodPost, "/logins", struct{}{})
}

// call sends one request and reads a T from its answer.
func call[T any](ctx context.Context, c *Client, method, path string, body any) (*T, error) {
	resp, err := c.send(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	v := new(T)
	if resp.StatusCode == http.StatusNoContent {
		return v, nil
	}
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", c.base, c.reached(ctx, err))
	}
	return v, nil
}

// send returns an answer of the 200s, or an error.
func (c *Client) send(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode the request: %w", err)
		}
		in = bytes.NewReader(data)
	}
	return c.sendBody(ctx, method, path, "application/json", in)
}

// sendTo is sendBody to one node.
func (c *Client) sendTo(ctx context.Context, key, base, method, path, kind string, in io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, base+"/api/v1"+path, in)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", base, err)
	}
	if in != nil {
		r.Header.Set("Content-Type", kind)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", base, c.reached(ctx, err))
	}
	if resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	p := &Problem{}
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil || json.Unmarshal(data, p) != nil || p.Status == 0 {
		return nil, fmt.Errorf("ask %s: answered %s, which is not Wardflow's", base, resp.Status)
	}
	return nil, p
}

// reached sorts the errors of the way to the node.
func (c *Client) reached(ctx context.Context, err error) error {
	var unknown *tls.CertificateVerificationError
	var opErr *net.OpError
	var way *url.Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, ErrUntrusted):
		if errors.As(err, &way) {
			err = way.Err
		}
		return err
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: %w", ErrUntrusted, unknown.Err)
	case errors.As(err, &opErr) && opErr.Op == "remote error":
		return fmt.Errorf("%w: the node refuses this connection: %w", ErrDenied, opErr.Err)
	}
	if errors.As(err, &way) {
		err = way.Err
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// Raw sends any request below /api/v1 and gives the body of its answer, for who
// reads it by itself and closes it. What is not of the 200s is the error.
func (c *Client) Raw(ctx context.Context, method, path, kind string, body io.Reader) (io.ReadCloser, error) {
	resp, err := c.sendBody(ctx, method, path, kind, body)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}
