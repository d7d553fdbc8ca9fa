package member

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// memberlist may speak of a node before its statement has come, and then it can't
// be believed. Mostly the statement follows at once, from the same member; and
// else it is fetched where the node is said to be. When it is there, memberlist
// must speak of the node once more: one exchange with one member does that for
// all that were met meanwhile. (To visit each of them, as one might, costs the
// cube of their number when hundreds start together.)

// introduce notes a node whose statement is not known. The address is not
// verified; who is there is. It never waits.
func (m *Members) introduce(id flow.NodeID, addr string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left || addr == "" {
		return
	}
	m.unmet[id] = addr
	select {
	case m.meeting <- struct{}{}:
	default:
	}
}

const (
	gather    = 200 * time.Millisecond // ± half: what comes in this time is met together
	greetings = 8                      // at the same time
)

// introducer meets the nodes that introduce has noted.
func (m *Members) introducer(ctx context.Context) {
	for {
		select {
		case <-m.meeting:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(gather/2 + rand.N(gather)):
		case <-ctx.Done():
			return
		}
		m.mu.Lock()
		unmet := m.unmet
		m.unmet = map[flow.NodeID]string{}
		m.mu.Unlock()
		if m.greetAll(ctx, unmet) {
			m.hearAgain(slices.Collect(maps.Keys(unmet)))
		}
	}
}

// greetAll fetches the statements that have not come by themselves, and reports
// whether any node is known now.
func (m *Members) greetAll(ctx context.Context, unmet map[flow.NodeID]string) (met bool) {
	turns := make(chan struct{}, greetings)
	done := make(chan bool)
	for id, addr := range unmet {
		go func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			_, known := m.book.numberOf(id)
			if !known {
				c, err := m.transport.open(ctx, keysOnly, door{id, addr})
				if err == nil {
					err = c.Close()
					known = true
				}
				if err != nil && ctx.Err() == nil {
					m.log.Debug("node could not be met", "peer", id, "err", err)
				}
			}
			done <- known
		}()
	}
	for range unmet {
		met = <-done || met
	}
	return met
}

// hearAgain exchanges all with one node that is up, so that memberlist speaks
// again of those that were met.
func (m *Members) hearAgain(met []flow.NodeID) {
	var from []flow.NodeID
	for _, n := range m.book.all() {
		if n.Up && n.ID != m.cfg.Self.ID {
			from = append(from, n.ID)
		}
	}
	if len(from) == 0 {
		from = met
	}
	name := string(from[rand.IntN(len(from))])
	if _, err := m.list.Join([]string{joinName(name)}); err != nil && !errors.Is(m.run.Err(), context.Canceled) {
		m.log.Debug("node could not be visited", "peer", name, "err", err)
	}
}
