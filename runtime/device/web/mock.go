package web

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Mock is a web in which every address gives the same answer; at first 200
// and no body. It reaches nothing.
type Mock struct {
	mu     sync.Mutex // guards what follows
	answer Answer
	asked  []Request
}

// remembered is how many requests a mock keeps.
const remembered = 1024

// Set sets the answer: {status, headers, body}, each of them optional.
func (m *Mock) Set(v flow.Value) error {
	dict, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("want an answer {status, headers, body}, not %v", v)
	}
	a := Answer{Status: 200, Headers: map[string]string{}}
	for key, v := range dict {
		ok := false
		switch key {
		case "status":
			var n int64
			n, ok = v.(int64)
			a.Status = int(n)
		case "body":
			a.Body, ok = v.(string)
		case "headers":
			var headers map[string]any
			headers, ok = v.(map[string]any)
			for name, v := range headers {
				a.Headers[name] = fmt.Sprint(v)
			}
		}
		if !ok {
			return fmt.Errorf("want an answer {status, headers, body}, not %s: %v", key, v)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answer = a
	return nil
}

// Do notes the request and answers.
func (m *Mock) Do(_ context.Context, r Request) (Answer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, r)
	m.asked = m.asked[max(0, len(m.asked)-remembered):]
	a := m.answer
	if a.Status == 0 {
		a = Answer{Status: 200, Headers: map[string]string{}}
	}
	return a, nil
}

// Instant says that Do does not wait for anybody.
func (m *Mock) Instant() {}

// Asked are the last 1024 requests, oldest first.
func (m *Mock) Asked() []Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.asked)
}
