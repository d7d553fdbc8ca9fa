package meter

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// A desc is one metric: its name, what it means, and its labels.
type desc struct {
	*prometheus.Desc
	kind prometheus.ValueType // of a number; a histogram has none
}

func counter(name, help string, labels ...string) desc {
	return desc{prometheus.NewDesc("wardflow_"+name, help, labels, nil), prometheus.CounterValue}
}

func gauge(name, help string, labels ...string) desc {
	return desc{prometheus.NewDesc("wardflow_"+name, help, labels, nil), prometheus.GaugeValue}
}

func histogram(name, help string, labels ...string) desc {
	return desc{Desc: prometheus.NewDesc("wardflow_"+name, help, labels, nil)}
}

// A writer gives the metrics of one scrape.
type writer struct{ to chan<- prometheus.Metric }

// put gives one number. What Prometheus can't have, such as a label that is no
// UTF-8, is left out: it must not cost the rest of the scrape.
func (w writer) put(d desc, v float64, labels ...string) {
	if m, err := prometheus.NewConstMetric(d.Desc, d.kind, v, labels...); err == nil {
		w.to <- m
	}
}

func (w writer) flag(d desc, on bool, labels ...string) {
	v := 0.0
	if on {
		v = 1
	}
	w.put(d, v, labels...)
}

func (w writer) when(d desc, at time.Time, labels ...string) {
	if !at.IsZero() {
		w.put(d, float64(at.UnixMilli())/1000, labels...)
	}
}

// durations gives a histogram of durations counted by powers of two of a
// microsecond. Every second bound is told: the whole of them would be more than
// anybody looks at. A sum below 0 is not known, and told as what it is about.
func (w writer) durations(d desc, counts [32]uint64, sum float64, labels ...string) {
	buckets := map[float64]uint64{}
	var n uint64
	about := 0.0
	for b, count := range counts {
		n += count
		bound := math.Ldexp(1e-6, b)
		about += float64(count) * bound * 0.75 // the middle of the bucket
		if b >= firstBound && b <= lastBound && (b-firstBound)%2 == 0 {
			buckets[bound] = n
		}
	}
	if sum < 0 {
		sum = about
	}
	if m, err := prometheus.NewConstHistogram(d.Desc, n, sum, buckets, labels...); err == nil {
		w.to <- m
	}
}

// The bounds that histograms tell: from 2⁵ µs to 2²⁷ µs, which is 32 µs to 134 s.
const (
	firstBound = 5
	lastBound  = 27
)
