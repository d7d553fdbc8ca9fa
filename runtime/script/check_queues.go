package script

// checkQueues looks at queues on disk: what is said of one must be of one, no
// port can share out by the room in them, and what gives tokens whenever there is
// room would fill them.
func (x *expander) checkQueues() {
	for _, a := range x.actors {
		for _, side := range a.sides() {
			if onDisk(a, side[0]+":"+side[1]) {
				continue
			}
			for _, c := range a.props[side] {
				if c.key == "queue_bytes" || c.key == "overflow" {
					x.report(diskOnly.at(x.file, c.where, c.key).help(`write queue="disk" beside it`))
				}
			}
		}
	}
	for i := range x.links {
		c := &x.links[i]
		out, in := "out:"+c.from.port, "in:"+c.to.port
		if !onDisk(c.from.actor, out) && !onDisk(c.to.actor, in) {
			continue
		}
		if c.from.actor.Type == "std.Constant" {
			x.report(diskEndless.at(x.file, c.wire.from.where, c.from.local()).help("write once before a value that is to be told once"))
		}
		if routing(c.from.actor, out) == "balanced" {
			x.report(diskBalanced.at(x.file, c.wire.from.where, c.from.local(), c.to.local()).
				help(`routing="round-robin" gives each token to the next`))
		}
	}
}

func onDisk(a *actor, port string) bool {
	for _, v := range alternatives(a.Ports[port]["queue"]) {
		return v == "disk"
	}
	return false
}
