package sim

import (
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A host is a machine: a clock, a disk, and one process at a time.
type host struct {
	w    *world
	id   flow.NodeID
	info flow.NodeInfo
	boot uint64

	rate   float64       // of its clock against true time
	offset time.Duration // of its clock when the world began

	run  *process // nil while nothing runs
	disk disk
}

// clock is what the host's monotonic clock shows.
func (h *host) clock() time.Time {
	return time.Unix(1_000_000, 0).Add(h.offset + time.Duration(float64(h.w.now)*h.rate))
}

// A process is one run of the software on a host. Killed, it forgets all but
// what is on the disk.
type process struct {
	h       *host
	boot    uint64
	ended   bool
	stopped bool     // by SIGSTOP: its clock goes on, it does not
	missed  []func() // what came meanwhile
}

// after is world.after by the clock of the host.
func (p *process) after(d time.Duration, do func()) {
	p.h.w.after(time.Duration(float64(d)/p.h.rate), p, do)
}

// start begins a process; who makes it tells its parts.
func (h *host) start() *process {
	h.boot++
	h.run = &process{h: h, boot: h.boot}
	return h.run
}

// kill ends the process and all it remembers. Of what it was writing, what the
// disk had not confirmed may be there or not.
func (h *host) kill() {
	if h.run == nil {
		return
	}
	h.run.ended, h.run.missed = true, nil
	h.run = nil
	h.disk.lose(h.w)
}

func (p *process) pause() { p.stopped = true }

// resume lets a stopped process catch up with what came meanwhile.
func (p *process) resume() {
	p.stopped = false
	missed := p.missed
	p.missed = nil
	for _, do := range missed {
		p.h.w.after(0, p, do)
	}
}

// A disk keeps what its writes change. They are synced in their order; what a
// write changes is there for good when it is, and may be there or not when the
// machine dies before.
type disk struct {
	writes []write
	until  time.Duration // when the last of them will be synced
	slow   bool
}

type write struct{ keep func() }

// write changes what is kept, and tells when that is synced.
func (p *process) write(keep, synced func()) {
	w, d := p.h.w, &p.h.disk
	took := w.between(100*time.Microsecond, 2*time.Millisecond)
	if d.slow {
		took = w.between(5*time.Millisecond, 120*time.Millisecond)
	}
	d.until = max(d.until, w.now) + took
	d.writes = append(d.writes, write{keep})
	w.after(d.until-w.now, p, func() {
		d.writes[0].keep()
		d.writes = slices.Delete(d.writes, 0, 1)
		synced()
	})
}

// lose is the power going: of the writes under way the first few are there.
func (d *disk) lose(w *world) {
	if len(d.writes) > 0 {
		for _, one := range d.writes[:w.rng.IntN(len(d.writes)+1)] {
			one.keep()
		}
	}
	d.writes, d.until = nil, 0
}
