package chain

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
)

// Remote is a chain behind a JSON-RPC endpoint.
type Remote struct {
	client
}

// Dial makes a Remote of an http or https URL. The connection is made when it
// is first needed, and again whenever it was lost. With a nil client it is
// [http.DefaultClient]; one with a certificate reaches a node's control API.
func Dial(endpoint string, via *http.Client) (*Remote, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, fmt.Errorf("chain endpoint: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("chain endpoint %q: want a URL such as https://host:port/chain/rpc", endpoint)
	}
	if via == nil {
		via = http.DefaultClient
	}
	c, err := rpc.DialOptions(context.Background(), endpoint, rpc.WithHTTPClient(via))
	if err != nil {
		return nil, fmt.Errorf("chain endpoint %q: %w", endpoint, err)
	}
	return &Remote{client{eth: ethclient.NewClient(c)}}, nil
}

// Watch never calls changed: plain HTTP has no notifications.
func (r *Remote) Watch(changed func()) (cancel func()) { return func() {} }

// Close lets go of the connection.
func (r *Remote) Close() error {
	r.eth.Close()
	return nil
}

var _ Chain = (*Remote)(nil)
