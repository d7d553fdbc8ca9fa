// Package tracetest has a collector of traces that keeps what it is sent.
package tracetest

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"
)

// A Span is one that came.
type Span struct {
	Node, Name       string
	Trace, ID, Above string // in hex; Above "": it begins the way
	Failed           bool
	Attributes       map[string]string // those that are text
}

// A Collector takes OTLP over HTTP at its URL.
type Collector struct {
	URL string
	// Away says that it refuses what comes.
	Away atomic.Bool

	mu    sync.Mutex // guards spans
	spans []Span
}

// New starts a collector that ends with the test.
func New(t testing.TB) *Collector {
	t.Helper()
	c := new(Collector)
	s := httptest.NewServer(c)
	c.URL = s.URL
	t.Cleanup(s.Close)
	return c
}

// Spans are those that have come so far.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Span(nil), c.spans...)
}

// ServeHTTP takes POST /v1/traces.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.Away.Load() || r.URL.Path != "/v1/traces" {
		http.Error(w, "away", http.StatusBadRequest) // which is not tried again
		return
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = z
	}
	b, err := io.ReadAll(body)
	var req collector.ExportTraceServiceRequest
	if err != nil || proto.Unmarshal(b, &req) != nil {
		http.Error(w, "this is no request", http.StatusBadRequest)
		return
	}
	c.keep(&req)
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(nil) // an empty answer: all of it was taken
}

func (c *Collector) keep(req *collector.ExportTraceServiceRequest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, rs := range req.GetResourceSpans() {
		node := texts(rs.GetResource().GetAttributes())["wardflow.node"]
		for _, ss := range rs.GetScopeSpans() {
			for _, s := range ss.GetSpans() {
				c.spans = append(c.spans, Span{Node: node, Name: s.GetName(), Trace: hex.EncodeToString(s.GetTraceId()), ID: hex.EncodeToString(s.GetSpanId()),
					Above: hex.EncodeToString(s.GetParentSpanId()), Failed: s.GetStatus().GetCode() == 2, Attributes: texts(s.GetAttributes())})
			}
		}
	}
}

func texts(all []*common.KeyValue) map[string]string {
	m := map[string]string{}
	for _, a := range all {
		if s, ok := a.GetValue().GetValue().(*common.AnyValue_StringValue); ok {
			m[a.GetKey()] = s.StringValue
		}
	}
	return m
}
