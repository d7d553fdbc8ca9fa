package chain

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// maxAnswer bounds what an endpoint may answer at once, in bytes: a page of
// logs or a block of receipts is far below it.
const maxAnswer = 32 << 20

var errTooLong = errors.New("the endpoint's answer does not end")

// bounded is the client via with limits: what an endpoint sends has an end,
// arrives in time and comes from where it was asked for.
func bounded(via *http.Client, timeout time.Duration) *http.Client {
	transport := via.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &http.Client{
		Transport: limited{transport},
		Timeout:   timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the endpoint sends us elsewhere: give the address that it names, if you trust it")
		},
	}
}

type limited struct{ to http.RoundTripper }

func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.to.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &limitedBody{resp.Body, maxAnswer}
	return resp, nil
}

func (l limited) CloseIdleConnections() {
	if c, ok := l.to.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
