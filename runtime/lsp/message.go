package lsp

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/creachadair/jrpc2"
)

// A message is a request, which has an ID, or a notification.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
}

// A refusal is the answer to what is no message.
type refusal struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Error   *jrpc2.Error    `json:"error"`
}

// tidy reads a message and writes it again as jrpc2 wants it: without fields
// that are not its own. It is not ok where there is nothing to do: the editor
// has been told why, or it is an answer, or a notification that nobody here
// knows, which the protocol has us ignore. The library itself must not see
// those: it fails over them when the input ends behind them.
func (f *frames) tidy(text []byte) (out []byte, ok bool, err error) {
	var m message
	null := json.RawMessage("null")
	if err := json.Unmarshal(text, &m); err != nil {
		if errors.As(err, new(*json.SyntaxError)) {
			return nil, false, f.refuse(null, jrpc2.ParseError, "the message is no JSON")
		}
		return nil, false, f.refuse(null, jrpc2.InvalidRequest, "the message is no request")
	}
	if bytes.Equal(m.ID, null) {
		m.ID = nil
	}
	if bytes.Equal(m.Params, null) {
		m.Params = nil
	}
	switch {
	case m.ID != nil && m.ID[0] != '"' && m.ID[0] != '-' && (m.ID[0] < '0' || m.ID[0] > '9'):
		return nil, false, f.refuse(null, jrpc2.InvalidRequest, "the ID is no string and no number")
	case m.Version != jrpc2.Version:
		return nil, false, f.refuse(m.ID, jrpc2.InvalidRequest, "jsonrpc must be \"2.0\"")
	case m.Method == "" && m.ID != nil: // an answer; nothing was asked
		return nil, false, nil
	case m.Method == "":
		return nil, false, f.refuse(null, jrpc2.InvalidRequest, "the message has no method")
	case m.Params != nil && m.Params[0] != '{' && m.Params[0] != '[':
		return nil, false, f.refuse(m.ID, jrpc2.InvalidParams, "params must be an object or a list")
	case m.ID == nil && !f.knows(m.Method):
		return nil, false, nil
	}
	f.ended = m.Method == "exit"
	out, err = json.Marshal(m)
	return out, err == nil, err
}

// refuse answers what is no message. A notification has no answer.
func (f *frames) refuse(id json.RawMessage, code jrpc2.Code, why string) error {
	if id == nil {
		return nil
	}
	text, err := json.Marshal(refusal{jrpc2.Version, id, jrpc2.Errorf(code, "%s", why)})
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.write(text)
}
