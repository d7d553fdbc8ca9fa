package trace

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// An exporter counts what becomes of spans, and tells of a collector that does not
// take them when that begins, and when it is over.
type exporter struct {
	to  sdk.SpanExporter
	log *slog.Logger

	waiting    atomic.Int64
	sent, lost atomic.Uint64

	mu   sync.Mutex // guards what follows
	away time.Time  // since when nothing can be sent; zero: it can
}

// take counts one more span that is to be sent; false: there is no room.
func (e *exporter) take() bool {
	if e.waiting.Add(1) > queue {
		e.waiting.Add(-1)
		e.lost.Add(1)
		return false
	}
	return true
}

// ExportSpans is [sdk.SpanExporter]'s. It never fails: who would be told is a
// global of OpenTelemetry's.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.to.ExportSpans(ctx, spans)
	e.waiting.Add(-int64(len(spans)))
	if err != nil {
		e.lost.Add(uint64(len(spans)))
	} else {
		e.sent.Add(uint64(len(spans)))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err != nil && e.away.IsZero():
		e.away = time.Now()
		e.log.Warn("traces can't be sent", "err", err)
	case err == nil && !e.away.IsZero():
		e.log.Info("traces are sent again", "took", time.Since(e.away))
		e.away = time.Time{}
	}
	return nil
}

// Shutdown is [sdk.SpanExporter]'s.
func (e *exporter) Shutdown(ctx context.Context) error { return e.to.Shutdown(ctx) }
