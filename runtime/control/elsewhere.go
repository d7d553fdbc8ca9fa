package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Changes are judged where they are agreed. A node without a vote could pass them
// on, but the voters would have to believe it who asked; so it says whom to ask
// instead, and the caller shows them its own certificate. A [Client] does that by
// itself.

// A Voter is a node that can have changes agreed.
type Voter struct {
	Node    flow.NodeID
	Control string // host:port of its control API; "": it serves nobody
}

// An ElsewhereError is a change that the node can't have agreed, because it has
// no vote in the register: one of the voters can.
type ElsewhereError struct {
	Node   flow.NodeID // that was asked
	Voters []Voter
}

// Error names the voters and where they are.
func (e *ElsewhereError) Error() string {
	var at []string
	for _, v := range e.Voters {
		if v.Control == "" {
			at = append(at, string(v.Node))
		} else {
			at = append(at, fmt.Sprintf("%s at https://%s", v.Node, v.Control))
		}
	}
	return fmt.Sprintf("node %s has no vote in the register, so it can't have this agreed; these have one: %s", e.Node, strings.Join(at, ", "))
}

// bases are the addresses to ask.
func (e *ElsewhereError) bases() []string {
	var out []string
	for _, v := range e.Voters {
		if v.Control != "" {
			out = append(out, "https://"+v.Control)
		}
	}
	return out
}

// problem is the error for the caller: 421, RFC 9110, section 15.5.20.
func (e *ElsewhereError) problem() *Problem {
	p := problem(http.StatusMisdirectedRequest, "elsewhere", "ask another node", "%v", e).
		hint("send the same to one of them, with the same certificate: wardflow does so by itself where it can reach them")
	p.Elsewhere = e.bases()
	return p
}

// elsewhereMost is how many other nodes are asked.
const elsewhereMost = 5

// sendBody is send with a body of any kind; nil is none. Where the node says that
// others must be asked, they are, one after the other: each shows the certificate
// of a node, and none sends us further.
func (c *Client) sendBody(ctx context.Context, method, path, kind string, in io.Reader) (*http.Response, error) {
	key := ""
	if method != http.MethodGet {
		// With a key a change that is asked for twice happens once: the transport asks
		// again by itself where a connection broke.
		key = newToken()
	}
	resp, err := c.sendTo(ctx, key, c.base, method, path, kind, in)
	var p *Problem
	if !errors.As(err, &p) || p.Word() != "elsewhere" || len(p.Elsewhere) == 0 {
		return resp, err
	}
	for _, base := range p.others() {
		if back, ok := in.(io.Seeker); ok {
			if _, err := back.Seek(0, io.SeekStart); err != nil {
				return nil, p
			}
		} else if in != nil {
			return nil, p // what has been sent can't be sent again
		}
		again, other := c.sendTo(ctx, key, base, method, path, kind, in)
		var q *Problem
		switch {
		case other == nil:
			return again, nil
		case errors.As(other, &q) && q.Word() != "elsewhere":
			return nil, other
		}
		err = fmt.Errorf("%w; %s was asked too: %w", p, base, other)
	}
	return nil, err
}
