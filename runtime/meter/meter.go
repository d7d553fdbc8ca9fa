package meter

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A Meter answers scrapes.
type Meter struct {
	read     func(context.Context) Reading
	registry *prometheus.Registry
	handler  http.Handler
}

// How many scrapes at once, and how long one may take.
const (
	scrapes = 4
	within  = 10 * time.Second
)

// New makes a meter. read is called for each scrape, by any goroutine.
func New(read func(context.Context) Reading) (*Meter, error) {
	m := &Meter{read: read, registry: prometheus.NewRegistry()}
	for _, c := range []prometheus.Collector{m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := m.registry.Register(c); err != nil {
			return nil, fmt.Errorf("meter: %w", err)
		}
	}
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: scrapes, Timeout: within, EnableOpenMetrics: true})
	return m, nil
}

// Handler answers scrapes; who may ask is for others to say.
func (m *Meter) Handler() http.Handler { return m.handler }

// Describe names no metric ahead: which there are depends on what the node runs.
func (m *Meter) Describe(chan<- *prometheus.Desc) {}

// Collect is one scrape: it is [prometheus.Collector]'s.
func (m *Meter) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	r := m.read(ctx)
	w := writer{to}
	w.node(&r)
	w.host(r.Facts)
	w.actors(&r)
	w.links(&r)
	w.rules(&r)
	w.keeping(&r)
}
