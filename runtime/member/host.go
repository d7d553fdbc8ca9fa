package member

import (
	"maps"
	"strconv"
	"sync"
	"time"

	"context"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Host says how a node's computer is. Placement spreads actors by it: as
// attributes "cpuTotal", "memTotal", "cpuAvail" and "memAvail", each with the one
// field "value". The last two are said in steps of 25 percent, and only when they
// have left a step clearly, so that a busy minute is no news to everybody.
type Host struct {
	CPU      int64   // millions of instructions a second, about: cores × megahertz
	Memory   int64   // bytes
	CPUIdle  float64 // share that is free, 0 to 1
	MemoryOK float64 // the same of memory
}

// measureEvery is the pause between two looks at the host.
const measureEvery = 5 * time.Second

// measured is what was said of the host last.
type measured struct {
	mu       sync.Mutex // guards what follows
	any      bool
	host     Host
	cpu, mem int // steps, in percent
}

const (
	step   = 25                  // percent
	beyond = step/2.0 + step/5.0 // so far from the step that is said, another is
)

// stepOf is the step to be said of a share, after one that was said before; below
// zero: none was.
func stepOf(said int, share float64) int {
	percent := 100 * min(max(share, 0), 1)
	if said >= 0 && percent > float64(said)-beyond && percent < float64(said)+beyond {
		return said
	}
	return int(percent/step+0.5) * step
}

// take notes a look at the host, and says whether it is news to others.
func (d *measured) take(h Host) (news bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	cpu, mem := -1, -1
	if d.any {
		cpu, mem = d.cpu, d.mem
	}
	cpu, mem = stepOf(cpu, h.CPUIdle), stepOf(mem, h.MemoryOK)
	news = !d.any || cpu != d.cpu || mem != d.mem || h.CPU != d.host.CPU || h.Memory != d.host.Memory
	d.any, d.host, d.cpu, d.mem = true, h, cpu, mem
	return news
}

// with is a node's attributes and what was measured.
func (d *measured) with(a flow.Attributes) flow.Attributes {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.any {
		return a
	}
	out := maps.Clone(a)
	if out == nil {
		out = flow.Attributes{}
	}
	for name, n := range map[string]int64{"cpuTotal": d.host.CPU, "memTotal": d.host.Memory, "cpuAvail": int64(d.cpu), "memAvail": int64(d.mem)} {
		out[name] = map[string]string{"value": strconv.FormatInt(n, 10)}
	}
	return out
}

// look measures once. What can't be measured is left as it was.
func (m *Members) look() {
	h, err := m.cfg.Measure()
	if err != nil {
		m.log.Debug("host could not be measured", "err", err)
		return
	}
	if m.measured.take(h) {
		select {
		case m.respeak <- struct{}{}:
		default:
		}
	}
}

func (m *Members) measure(ctx context.Context) {
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.look()
		case <-ctx.Done():
			return
		}
	}
}
