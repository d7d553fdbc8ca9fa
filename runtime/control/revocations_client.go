package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Revoke brings a list of revocations, in DER or PEM, to the cluster. What it
// names is refused by the node that was asked when Revoke returns, and by those
// in [Revoked].Have.
func (c *Client) Revoke(ctx context.Context, crl []byte) (*Revoked, error) {
	resp, err := c.sendBody(ctx, http.MethodPost, "/revocations", listTypes[0], bytes.NewReader(crl))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	v := new(Revoked)
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", c.base, c.reached(ctx, err))
	}
	return v, nil
}

// Revocations is what the node knows to be revoked, and which nodes know too.
func (c *Client) Revocations(ctx context.Context) (*Revoked, error) {
	return call[Revoked](ctx, c, http.MethodGet, "/revocations", nil)
}
