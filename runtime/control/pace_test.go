package control_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Who asks for much and reads none of it holds no goroutine of the node, over
// HTTP/2 and HTTP/1.1; nor does an end to patience end a stream that is only quiet.
func TestSlowReadersAreLeft(t *testing.T) {
	b := newBench(t, func(c *control.Config) { c.Patience = 100 * time.Millisecond })
	left := make(chan error, 1)
	b.s.Mount("GET /much", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for piece := make([]byte, 16<<10); ; {
			if _, err := w.Write(piece); err != nil {
				left <- err
				return
			}
		}
	}), flow.RoleStaff)
	more := make(chan struct{})
	b.s.Mount("GET /quiet", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, word := range []string{"now", "later"} {
			_, err := io.WriteString(w, word)
			if err == nil {
				err = http.NewResponseController(w).Flush()
			}
			if err != nil {
				left <- err
				return
			}
			<-more
		}
	}), flow.RoleStaff)
	for _, proto := range []string{"HTTP/2.0", "HTTP/1.1"} {
		c := b.browser(b.h.Staff("admin"))
		if proto == "HTTP/1.1" {
			c.Transport.(*http.Transport).ForceAttemptHTTP2 = false
		}
		quiet, err := c.Get(b.url + "/quiet")
		if err != nil {
			t.Fatal(err)
		}
		now := make([]byte, 3)
		if _, err := io.ReadFull(quiet.Body, now); err != nil || string(now) != "now" {
			t.Fatalf("%q, %v", now, err)
		}
		much, err := c.Get(b.url + "/much")
		if err != nil {
			t.Fatal(err)
		}
		if much.Proto != proto {
			t.Fatalf("%s, want %s", much.Proto, proto)
		}
		<-left // by now patience has run out for the quiet one, too
		much.Body.Close()
		more <- struct{}{}
		go func() { more <- struct{}{} }()
		if rest, err := io.ReadAll(quiet.Body); err != nil || string(rest) != "later" {
			t.Errorf("%s: %q, %v: the stream ended while it was quiet", proto, rest, err)
		}
		quiet.Body.Close()
	}
}
