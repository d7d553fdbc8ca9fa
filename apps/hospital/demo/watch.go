package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
)

// linePause is between two lines of counts where none can be redrawn.
const linePause = 5 * time.Second

// watch shows how it goes until ctx ends, and returns the last snapshot.
func (d *demo) watch(ctx context.Context, c *control.Client) (*control.Snapshot, error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var last *control.Snapshot
	shown := map[string]bool{}
	for {
		if err := d.tend(); err != nil {
			return nil, err
		}
		if s, err := c.Snapshot(context.WithoutCancel(ctx)); err == nil {
			last = s
			d.tally.add(s)
			d.cfg.Seen(s)
			d.show(s, shown)
		}
		select {
		case <-ctx.Done():
			if d.cfg.Live {
				d.say("")
			}
			s, err := c.Snapshot(context.WithoutCancel(ctx))
			if err != nil {
				if last == nil {
					return nil, err
				}
				return last, nil
			}
			d.tally.add(s)
			return s, nil
		case <-tick.C:
		}
	}
}

// show prints new refusals and a line of counts.
func (d *demo) show(s *control.Snapshot, shown map[string]bool) {
	clear := ""
	if d.cfg.Live {
		clear = "\r\x1b[K"
	}
	for i := len(s.Refusals) - 1; i >= 0; i-- {
		r := s.Refusals[i]
		key := fmt.Sprint(r.At, r.Actor, r.Stream, r.Device)
		if shown[key] || r.At.Before(d.start) {
			continue
		}
		shown[key] = true
		if len(shown) <= 20 {
			fmt.Fprintf(d.cfg.Out, "%srefused  %s of device %s: %s (%s; rule version %d, epoch %d, block %d)\n",
				clear, r.Name, r.Device, r.Clause, r.Actor, r.Version, r.Epoch, r.Block)
		}
	}
	switch line := d.counts(s); {
	case d.cfg.Live:
		fmt.Fprintf(d.cfg.Out, "%s%s", clear, line)
	case time.Since(d.lined) >= linePause:
		d.lined = time.Now()
		fmt.Fprintln(d.cfg.Out, line)
	}
}

func (d *demo) counts(s *control.Snapshot) string {
	t := &d.tally
	up := 0
	for _, n := range s.Nodes {
		if n.Up {
			up++
		}
	}
	line := fmt.Sprintf("%d nodes, %d actors, %.0f readings/s: %d sent, %d accepted, %d refused", up, len(s.Actors), t.perSecond, t.sent, t.accepted, t.refusedAll())
	if s.Store != nil {
		line += fmt.Sprintf(", %d stored in %d signed windows", s.Store.Readings, s.Store.Windows)
	}
	return line
}
