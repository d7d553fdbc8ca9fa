package control

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What a desk passes on to the node, and brings back.

// deskAsks are the headers of a request that go on to the node. Cookies, origins
// and all that a browser says of itself stay here.
var deskAsks = []string{"Accept", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-Id"}

// deskAnswers are the headers of an answer that come back.
var deskAnswers = []string{"Allow", "Content-Disposition", "Content-Type", "Etag", "Idempotency-Replayed", "Link", "Location", "Retry-After"}

// pass passes a request on, and the answer back as it comes.
func (d *Desk) pass(w http.ResponseWriter, r *http.Request) error {
	body, err := d.body(w, r)
	if err != nil {
		return err
	}
	return d.passBody(w, r, body)
}

// body reads a request's body, which may have to be sent to more than one node.
func (d *Desk) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil, nil
	}
	return readBody(w, r, d.cfg.MaxBody, d.cfg.Patience)
}

func (d *Desk) passBody(w http.ResponseWriter, r *http.Request, body []byte) error {
	resp, err := d.ask(r, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for _, name := range deskAnswers {
		if v := resp.Header.Values(name); len(v) > 0 {
			w.Header()[name] = v
		}
	}
	keepData(w.Header())
	w.WriteHeader(resp.StatusCode)
	out := &eventWriter{w: w, rc: http.NewResponseController(w), patience: d.cfg.Patience}
	defer func() { _ = out.rc.SetWriteDeadline(time.Time{}) }() // the connection may be used again
	piece := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(piece)
		if n > 0 && out.write(piece[:n]) != nil {
			return nil // the browser has gone
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			panic(http.ErrAbortHandler) // so that nobody takes half an answer for a whole one
		}
	}
}

// dataKinds are what a node's answers are. None is a page or a program.
var dataKinds = []string{"application/json", "application/problem+json", "text/event-stream"}

// keepData has the browser take what a node answers for data, whatever the node says
// it is. A hostile node would otherwise put a page of its own, with scripts, where
// the desk's page is: those could have anything signed.
func keepData(head http.Header) {
	if kind, _, _ := mime.ParseMediaType(head.Get("Content-Type")); !slices.Contains(dataKinds, kind) {
		head.Set("Content-Type", "application/octet-stream")
		if how, _, _ := mime.ParseMediaType(head.Get("Content-Disposition")); how != "attachment" {
			head.Set("Content-Disposition", "attachment")
		}
	}
	head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
}

// ask sends a request to the node, and where that says that others must be asked,
// to them.
func (d *Desk) ask(r *http.Request, body []byte) (*http.Response, error) {
	c := d.cfg.Client
	resp, err := d.askAt(r.Context(), c.base, r, body)
	if err != nil || resp.StatusCode != http.StatusMisdirectedRequest {
		return resp, err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.base, c.reached(r.Context(), err))
	}
	var p Problem
	if json.Unmarshal(text, &p) == nil {
		for _, base := range p.others() {
			other, err := d.askAt(r.Context(), base, r, body)
			if err != nil {
				continue
			}
			if other.StatusCode != http.StatusMisdirectedRequest {
				return other, nil
			}
			other.Body.Close()
		}
	}
	resp.Body = io.NopCloser(bytes.NewReader(text))
	return resp, nil
}

func (d *Desk) askAt(ctx context.Context, base string, r *http.Request, body []byte) (*http.Response, error) {
	at := base + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		at += "?" + r.URL.RawQuery
	}
	out, err := http.NewRequestWithContext(ctx, r.Method, at, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", base, err)
	}
	if body == nil {
		out.Body, out.GetBody, out.ContentLength = nil, nil, 0
	}
	for _, name := range deskAsks {
		if v := r.Header.Values(name); len(v) > 0 {
			out.Header[name] = v
		}
	}
	resp, err := d.cfg.Client.http.Do(out)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", base, d.cfg.Client.reached(ctx, err))
	}
	return resp, nil
}

// session is the node's answer, but that here is signed.
func (d *Desk) session(w http.ResponseWriter, r *http.Request) error {
	path := "/session"
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	s, err := call[Session](r.Context(), d.cfg.Client, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	s.Signs = s.Role == flow.RoleStaff
	return reply(w, http.StatusOK, s)
}

// deploy signs what is deployed. A plan needs no signature.
func (d *Desk) deploy(w http.ResponseWriter, r *http.Request) error {
	body, err := d.body(w, r)
	if err != nil {
		return err
	}
	if r.URL.Query().Has("dry-run") {
		return d.passBody(w, r, body)
	}
	var dep Deployment
	if err := decodeOne(body, &dep); err != nil {
		return err
	}
	if dep.Signature != nil {
		return d.passBody(w, r, body)
	}
	if body, err = d.signed(r.Header.Get("Idempotency-Key"), body, &dep); err != nil {
		return problem(http.StatusUnprocessableEntity, "unsigned", "not signed", "%v", err).
			hint("is your card in its reader, and its PIN right?")
	}
	return d.passBody(w, r, body)
}

// signed is a deployment as it goes to the node. One that is asked for again under
// its key is the same to the last byte: a new signature would make it another.
func (d *Desk) signed(key string, asked []byte, dep *Deployment) ([]byte, error) {
	d.sign.Lock()
	defer d.sign.Unlock()
	is := sha256.Sum256(append([]byte(key+"\x00"), asked...))
	if body, ok := d.made[is]; ok && key != "" {
		return body, nil
	}
	var err error
	if dep.Signature, err = d.signature(dep); err != nil {
		return nil, err
	}
	body, err := json.Marshal(dep)
	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	d.cfg.Log.Info("deployment signed", "app", dep.Name)
	if key != "" {
		if len(d.made) >= deskKeeps {
			clear(d.made)
		}
		d.made[is] = body
	}
	return body, nil
}

// deskKeeps is how many signed deployments a desk keeps for who asks again.
const deskKeeps = 16

// signature signs with what the client shows. d.sign is held.
func (d *Desk) signature(dep *Deployment) ([]byte, error) {
	by, err := signer(d.cfg.Client.conf)
	if err != nil {
		return nil, err
	}
	return SignDeployment(by, dep, time.Now())
}

// others are the addresses that a problem names, as far as they are some.
func (p *Problem) others() []string {
	var out []string
	for _, base := range p.Elsewhere[:min(len(p.Elsewhere), elsewhereMost)] {
		if host, ok := strings.CutPrefix(base, "https://"); ok && host != "" && !strings.ContainsAny(host, "/?#@\\ ") {
			out = append(out, base)
		}
	}
	return out
}
