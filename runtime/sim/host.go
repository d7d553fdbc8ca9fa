package sim

import (
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
	stopped bool    // by SIGSTOP: its clock goes on, it does not
	missed  []event // what came meanwhile
}

// after is world.after by the clock of the host.
func (p *process) after(d time.Duration, do func()) {
	p.h.w.put(event{at: p.h.w.now + time.Duration(float64(d)/p.h.rate), to: p, timer: true, do: do})
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

// resume lets a stopped process catch up with what came meanwhile, in its order;
// but its timers may be served later than its connections.
func (p *process) resume() {
	p.stopped = false
	missed := p.missed
	p.missed = nil
	for _, e := range missed {
		late := time.Duration(0)
		if e.timer && p.h.w.chance(2) {
			late = p.h.w.between(0, 100*time.Millisecond)
		}
		p.h.w.after(late, p, e.do)
	}
}

// A disk keeps what its writes change. What comes while it syncs is synced
// together afterwards, in its order. What a write changes is there for good when
// it is synced, and may be there or not when the machine dies before.
type disk struct {
	now, next []write // being synced, and to be synced after
	slow      bool
}

type write struct{ keep, synced func() }

// write changes what is kept, and tells when that is synced. keep nil changes
// nothing, and so tells when all before it is synced.
func (p *process) write(keep, synced func()) {
	d := &p.h.disk
	if keep == nil {
		if len(d.now) == 0 {
			synced()
			return
		}
		keep = func() {}
	}
	d.next = append(d.next, write{keep, synced})
	if len(d.now) == 0 {
		p.sync()
	}
}

func (p *process) sync() {
	w, d := p.h.w, &p.h.disk
	took := w.between(100*time.Microsecond, 2*time.Millisecond)
	if d.slow {
		took = w.between(5*time.Millisecond, 120*time.Millisecond)
	}
	d.now, d.next = d.next, nil
	w.after(took, p, func() {
		done := d.now
		for _, one := range done {
			one.keep()
		}
		if d.now = nil; len(d.next) > 0 {
			p.sync()
		}
		for _, one := range done {
			one.synced()
		}
	})
}

// lose is the power going: of the writes under way the first few are there.
func (d *disk) lose(w *world) {
	if writes := append(d.now, d.next...); len(writes) > 0 {
		for _, one := range writes[:w.rng.IntN(len(writes)+1)] {
			one.keep()
		}
	}
	d.now, d.next = nil, nil
}
