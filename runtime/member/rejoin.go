package member

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	visitors   = 4               // visits at the same time
	revisit    = 5 * time.Second // ± half, between visits to nodes that are not up
	soon       = time.Second     // ± half, the same while no other node is up
	visitAgain = time.Second     // at the earliest, the same node
)

// visit queues a visit: a push/pull of everything, and so an introduction. It
// never waits.
func (m *Members) visit(name string, d door) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left || d.addr == "" || time.Since(m.visited[name]) < visitAgain {
		return
	}
	m.visited[name] = now()
	m.doors[standInAddr(name)] = d
	select {
	case m.visits <- name:
	default:
	}
}

// find says where the node or seed may be that a stand-in address stands for:
// where it said itself, then where it was last to be visited, which may be what
// somebody else said.
func (m *Members) find(addr string) []door {
	var doors []door
	for _, n := range m.book.all() {
		if standInAddr(string(n.ID)) == addr {
			doors = append(doors, door{n.ID, n.Door})
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if d, ok := m.doors[addr]; ok && (len(doors) == 0 || doors[0] != d) {
		doors = append(doors, d)
	}
	return doors
}

func (m *Members) visitor(ctx context.Context) {
	for {
		select {
		case name := <-m.visits:
			if _, err := m.list.Join([]string{joinName(name)}); err != nil && ctx.Err() == nil {
				m.log.Debug("node could not be visited", "peer", name, "err", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// rejoin visits nodes that are not up, one at a time, for as long as there are
// any. A split heals by it: memberlist gives the dead up for good.
func (m *Members) rejoin(ctx context.Context) {
	for {
		absent, alone := m.absent()
		pause := revisit
		if alone {
			pause = soon
		} else if len(absent) > 0 {
			i := rand.IntN(len(absent))
			absent = absent[i : i+1]
		}
		for _, d := range absent {
			name := string(d.name)
			if name == "" {
				name = seedName(d.addr)
			}
			m.visit(name, d)
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)):
		case <-ctx.Done():
			return
		}
	}
}

// absent are the nodes that might be up and are not members, and the seeds that
// are no member's door; alone is true while no other node is up.
func (m *Members) absent() (doors []door, alone bool) {
	met := map[string]bool{m.cfg.Self.Door: true}
	alone = true
	for _, n := range m.book.all() {
		switch {
		case n.ID == m.cfg.Self.ID:
		case n.Up:
			met[n.Door] = true
			alone = false
		case !n.Left:
			met[n.Door] = true
			doors = append(doors, door{n.ID, n.Door})
		}
	}
	for _, s := range m.cfg.Seeds {
		if !met[s] {
			met[s] = true
			doors = append(doors, door{"", s})
		}
	}
	return doors, alone
}
