package sim

// portrait tells how everything stands, at the end of a story that ends badly.
func (w *world) portrait() {
	for _, c := range w.councils() {
		for _, id := range sortedKeys(c.seats) {
			s := c.seats[id]
			if s.p == nil {
				continue
			}
			w.tell("  %s on %s: term %d, leader %q, leads %v, voters %v, log to %d, agreed to %d", c.name, id, s.mem.term, s.leader, s.leads, s.voters, s.last(), s.commit)
		}
	}
	for _, h := range w.hosts {
		n := w.nodes[h.id]
		w.tell("  %s: view %d, synced %v, a commit is under way: %v, steps wait: %d", h.id, n.view.Index, n.synced, n.flying, len(n.waiting))
		for _, id := range sortedKeys(n.cells) {
			c := n.cells[id]
			w.tell("    %s of epoch %d: changed %v, a step is under way: %v, stopping %v", id, c.epoch, c.dirty, c.capsule.Flying(), c.stopping)
			for _, i := range c.in {
				w.tell("      in  %s: taken %d, %d wait, settled %d, credit %d, up %v", i.Key, i.Taken(), i.Len(), i.SettledTo(), i.Credit(), i.via != nil && i.via.asked)
			}
			for _, o := range c.out {
				w.tell("      out %s: made %d, released %d, sent %d, settled %d, unsent %d, up %v", o.Key, o.Made(), o.Released(), o.Sent(), o.SettledTo(), o.Unsent(), o.via != nil && !o.via.deaf)
			}
		}
	}
}
