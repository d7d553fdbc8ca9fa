package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Request is what an actor asks for.
type Request struct {
	Method  string
	URL     string
	Params  url.Values        // added to those in URL
	Headers map[string]string // names in any case
	Auth    *Auth
	Body    string
}

// Auth is who asks.
type Auth struct {
	Digest             bool // RFC 7616, else basic (RFC 7617)
	Username, Password string
}

// An Answer is what the server said; of any status.
type Answer struct {
	Status  int
	Headers map[string]string // names in lower case
	Body    string            // as UTF-8; what is none is U+FFFD
}

// ErrRefused is wrapped by errors about the request itself. The same request
// would fail again.
var ErrRefused = errors.New("the request is refused")

// A Config says what may be reached.
type Config struct {
	Allow   []Allowance
	Timeout time.Duration // of a whole request; 0: 5 s
	Size    int           // of an answer's body, in bytes; 0: 256 KiB
	TLS     *tls.Config   // nil: the system's roots
}

const (
	defaultTimeout = 5 * time.Second
	defaultSize    = 256 << 10
	redirects      = 5
	headerSize     = 64 << 10 // bytes of an answer's headers
)

// A Client asks for one HTTP method.
type Client struct {
	cfg    Config
	client *http.Client
}

// New makes a client.
func New(cfg Config) *Client {
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Size == 0 {
		cfg.Size = defaultSize
	}
	if cfg.TLS == nil {
		cfg.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c := &Client{cfg: cfg}
	c.client = &http.Client{
		Timeout: cfg.Timeout,
		// No proxy and no cookies: nothing of the environment has a say.
		Transport: &http.Transport{DialContext: c.dial, TLSClientConfig: cfg.TLS, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: headerSize, MaxConnsPerHost: 8, IdleConnTimeout: time.Minute},
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			if len(via) > redirects {
				return fmt.Errorf("%w: more than %d redirects", ErrRefused, redirects)
			}
			_, err := c.allowed(next.URL)
			return err
		},
	}
	return c
}

// dial connects to a server that some allowance names.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	for _, a := range c.cfg.Allow {
		if a.named(strings.ToLower(host)) && a.port == port {
			d := net.Dialer{Control: a.guard}
			return d.DialContext(ctx, network, address)
		}
	}
	return nil, fmt.Errorf("%w: nothing allows %s", ErrRefused, address)
}

func (c *Client) allowed(u *url.URL) (Allowance, error) {
	i := slices.IndexFunc(c.cfg.Allow, func(a Allowance) bool { return a.allows(u) })
	if i >= 0 {
		return c.cfg.Allow[i], nil
	}
	var list []string
	for _, a := range c.cfg.Allow {
		list = append(list, a.String())
	}
	if list == nil {
		list = []string{"nothing"}
	}
	return Allowance{}, fmt.Errorf("%w: this node does not allow %s://%s%s; it allows %s", ErrRefused, u.Scheme, u.Host, u.Path, strings.Join(list, ", "))
}

// Do asks. An error that wraps [ErrRefused] is about the request; any other
// about the network or the server, and asking again may help.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	req, err := c.build(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	if r.Auth != nil && !r.Auth.Digest {
		req.SetBasicAuth(r.Auth.Username, r.Auth.Password)
	}
	answer, raw, err := c.once(req)
	if err != nil || r.Auth == nil || !r.Auth.Digest || answer.Status != http.StatusUnauthorized {
		return answer, err
	}
	header, err := answerChallenge(raw.Header.Values("Www-Authenticate"), req, r.Auth)
	if err != nil {
		return Answer{}, err
	}
	if req, err = c.build(ctx, r); err != nil {
		return Answer{}, err
	}
	req.Header.Set("Authorization", header)
	answer, _, err = c.once(req)
	return answer, err
}

func (c *Client) once(req *http.Request) (Answer, *http.Response, error) {
	resp, err := c.client.Do(req)
	if err != nil {
		return Answer{}, nil, hide(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(c.cfg.Size)+1))
	if err != nil {
		return Answer{}, nil, fmt.Errorf("read the answer: %w", hide(err))
	}
	if len(body) > c.cfg.Size {
		return Answer{}, nil, fmt.Errorf("%w: the answer has more than %d bytes", ErrRefused, c.cfg.Size)
	}
	a := Answer{Status: resp.StatusCode, Headers: map[string]string{}, Body: strings.ToValidUTF8(string(body), "\uFFFD")}
	for name, values := range resp.Header {
		a.Headers[strings.ToLower(name)] = strings.ToValidUTF8(strings.Join(values, ", "), "\uFFFD")
	}
	return a, resp, nil
}

// hide takes the address out of an error: its query may hold what no log should.
func hide(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Errorf("%s: %w", strings.ToLower(u.Op), u.Err)
	}
	return err
}

// ours are the headers that the client sets itself.
var ours = []string{"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive", "proxy-authorization"}

func (c *Client) build(ctx context.Context, r Request) (*http.Request, error) {
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%w: %q is no address such as https://host/path", ErrRefused, r.URL)
	}
	if _, err := c.allowed(u); err != nil {
		return nil, err
	}
	if len(r.Params) > 0 {
		q := r.Params.Encode()
		if u.RawQuery != "" {
			q = u.RawQuery + "&" + q
		}
		u.RawQuery = q
	}
	var body io.Reader
	if r.Body != "" {
		body = strings.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	for name, value := range r.Headers {
		if slices.Contains(ours, strings.ToLower(name)) || !isToken(name) || strings.ContainsFunc(value, unprintable) {
			return nil, fmt.Errorf("%w: header %q can't be set so", ErrRefused, name)
		}
		req.Header.Set(name, value)
	}
	return req, nil
}

// isToken reports whether a name can be a header's (RFC 9110, section 5.6.2).
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func unprintable(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// Close closes connections that are kept for later.
func (c *Client) Close() error {
	c.client.CloseIdleConnections()
	return nil
}
