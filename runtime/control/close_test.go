package control_test

import (
	"crypto/tls"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
)

// Clients keep connections over which they have asked nothing yet. They hold up
// nobody who closes the server, and are not taken for requests that were cut.
func TestCloseDoesNotWaitForSpareConnections(t *testing.T) {
	var log strings.Builder
	b := newBench(t, func(c *control.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	conn, err := tls.Dial("tcp", b.s.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for b.s.Connections() == 0 {
		select {
		case <-time.After(time.Millisecond):
		case <-t.Context().Done():
			t.Fatal("the server did not see the connection")
		}
	}
	if err := b.s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the spare connection: %v, want its end", err)
	}
	if strings.Contains(log.String(), "were cut") {
		t.Errorf("a spare connection was taken for a request:\n%s", log.String())
	}
}
