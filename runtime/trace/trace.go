package trace

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Config says what is recorded and where to. Node and Endpoint are required.
type Config struct {
	Node    flow.NodeID
	Version string // of the program

	// Endpoint is an OTLP collector's address, https://HOST:PORT, with a path if
	// that is not /v1/traces. Without TLS it must be on this host.
	Endpoint string
	Share    float64      // of the ways that are recorded, 0 to 1; 0: none begins here, those that come are recorded on
	TLS      *tls.Config  // of https
	Log      *slog.Logger // default: none
}

// CheckEndpoint reports an endpoint that nothing can be sent to, or should not be.
func CheckEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return fmt.Errorf("%q: want https://HOST:PORT of an OTLP collector", endpoint)
	}
	if ip, err := netip.ParseAddr(u.Hostname()); u.Scheme == "http" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("%q is without TLS: want https, or http to a collector on this host, such as http://127.0.0.1:4318", endpoint)
	}
	return nil
}

// The queue of spans that are to be sent: so many, sent as soon as so many are
// there or so much time is over.
const (
	queue    = 4096
	batch    = 512
	gathered = 2 * time.Second
	sending  = 5 * time.Second
)

// A Tracer records firings. Its methods may be called by any goroutine.
type Tracer struct {
	share    uint64 // of 2⁶⁴
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	out      *exporter
}

// New makes a tracer. It does not wait for the collector, which may come later.
func New(cfg Config) (*Tracer, error) {
	if cfg.Node == "" {
		return nil, errors.New("trace: Config.Node is empty")
	}
	if err := CheckEndpoint(cfg.Endpoint); err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	if !(cfg.Share >= 0 && cfg.Share <= 1) {
		return nil, fmt.Errorf("trace: a share of %g: want 0 to 1", cfg.Share)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	u, err := url.Parse(cfg.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	opts := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(u.String()), otlptracehttp.WithTimeout(sending), otlptracehttp.WithCompression(otlptracehttp.GzipCompression),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{Enabled: true, InitialInterval: time.Second, MaxInterval: 5 * time.Second, MaxElapsedTime: 30 * time.Second})}
	if cfg.TLS != nil && u.Scheme == "https" {
		opts = append(opts, otlptracehttp.WithTLSClientConfig(cfg.TLS))
	}
	to, err := otlptracehttp.New(context.Background(), opts...)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	t := &Tracer{share: shareOf(cfg.Share), out: &exporter{to: to, log: cfg.Log.With("collector", u.Host)}}
	t.provider = sdk.NewTracerProvider(sdk.WithSampler(sdk.AlwaysSample()),
		sdk.WithBatcher(t.out, sdk.WithMaxQueueSize(queue), sdk.WithMaxExportBatchSize(batch), sdk.WithBatchTimeout(gathered)),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "wardflow"), attribute.String("service.version", cfg.Version),
			attribute.String("service.instance.id", string(cfg.Node)), attribute.String("wardflow.node", string(cfg.Node)))))
	t.tracer = t.provider.Tracer("github.com/wardflow/wardflow/runtime/trace")
	return t, nil
}

func shareOf(share float64) uint64 {
	if share >= 1 {
		return math.MaxUint64
	}
	return uint64(share * math.MaxUint64)
}

// Sample draws whether a way is recorded that begins here.
func (t *Tracer) Sample() bool {
	switch t.share {
	case 0:
		return false
	case math.MaxUint64:
		return true
	}
	return rand.Uint64() < t.share
}

// Record records a firing as a span, and gives what its tokens carry on. When the
// queue is full they carry what its own tokens did.
func (t *Tracer) Record(f flow.Fired) *flow.Trace {
	ctx, kind := context.Background(), trace.SpanKindProducer
	var links []trace.Link
	if len(f.From) > 0 {
		kind = trace.SpanKindInternal
		ctx = trace.ContextWithRemoteSpanContext(ctx, contextOf(f.From[0]))
		for _, more := range f.From[1:] {
			links = append(links, trace.Link{SpanContext: contextOf(more)})
		}
	}
	if f.Gave == 0 && f.Err == nil {
		kind = trace.SpanKindConsumer
	}
	if !t.out.take() {
		if len(f.From) == 0 {
			return nil
		}
		return f.From[0]
	}
	_, span := t.tracer.Start(ctx, "fire "+f.Type, trace.WithTimestamp(f.Begin), trace.WithSpanKind(kind), trace.WithLinks(links...), trace.WithAttributes(attributes(f)...))
	if f.Err != nil {
		span.SetStatus(codes.Error, "the firing failed") // what it says may be about a reading
	}
	span.End(trace.WithTimestamp(f.End))
	c := span.SpanContext()
	return &flow.Trace{ID: c.TraceID(), Span: c.SpanID()}
}

func contextOf(t *flow.Trace) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: t.ID, SpanID: t.Span, TraceFlags: trace.FlagsSampled, Remote: true})
}

func attributes(f flow.Fired) []attribute.KeyValue {
	all := []attribute.KeyValue{attribute.String("wardflow.app", f.Actor.App()), attribute.String("wardflow.actor", string(f.Actor)),
		attribute.String("wardflow.actor.type", f.Type), attribute.Int("wardflow.tokens.taken", f.Took), attribute.Int("wardflow.tokens.given", f.Gave)}
	if f.Source != "" {
		all = append(all, attribute.String("wardflow.from", string(f.Source)), attribute.Float64("wardflow.waited_seconds", f.Waited.Seconds()))
	}
	return all
}

// Spans are how many were sent so far, and how many were lost.
func (t *Tracer) Spans() (sent, lost uint64) { return t.out.sent.Load(), t.out.lost.Load() }

// Close sends what waits, for a moment, and ends.
func (t *Tracer) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("close tracer: %w", err)
	}
	return nil
}
