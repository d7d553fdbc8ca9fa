package sim

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// This file carries a council's log from the leader to the others.

// A share is what the leader tells another voter.
type share struct {
	term, prev, prevTerm uint64
	entries              []entry
	commit, round        uint64
	all                  *papers // the snapshot, for one that lags too far
}

// spread tells the others what they do not have yet.
func (s *seat) spread() {
	for _, id := range s.voters {
		if id != s.h.id && !s.busy[id] {
			s.tell(id)
		}
	}
}

func (s *seat) tell(id flow.NodeID) {
	s.busy[id] = true
	m := share{term: s.mem.term, commit: s.commit, round: s.round}
	if s.next[id] == 0 {
		s.next[id] = s.last() + 1
	}
	if m.prev = s.next[id] - 1; m.prev < s.mem.base {
		snapshot := s.mem
		snapshot.log = nil
		m.all, m.prev = &snapshot, s.mem.base
	}
	m.prevTerm = s.termAt(m.prev)
	rest := s.mem.log[m.prev-s.mem.base:]
	m.entries = slices.Clip(rest[:min(len(rest), 64)])
	from, p := s.h.id, s.p
	p.say(id, func(at *process) { s.c.seat(id).hear(at, from, p, m) })
}

// hear takes what a leader tells.
func (s *seat) hear(p *process, from flow.NodeID, leader *process, m share) {
	if s.p != p {
		s.begin(p)
	}
	s.behold(m.term)
	if m.term < s.mem.term {
		term := s.mem.term
		p.say(from, func(at *process) {
			if at == leader {
				s.c.seats[from].behold(term)
			}
		})
		return
	}
	s.leader, s.out = from, false
	s.waitForLeader()
	changed, fits := s.take(m)
	reply := func() {
		match, last := m.prev+uint64(len(m.entries)), s.last()
		p.say(from, func(at *process) {
			if at == leader {
				s.c.seats[from].told(s.h.id, m, fits, match, last)
			}
		})
	}
	if !fits {
		reply()
		return
	}
	s.advance(min(m.commit, m.prev+uint64(len(m.entries))))
	if changed {
		s.keep(reply) // what it says it has must be on its disk
	} else {
		p.write(nil, reply)
	}
}

// take puts the leader's entries into the log.
func (s *seat) take(m share) (changed, fits bool) {
	if m.all != nil && m.all.base > s.done {
		s.install(m.all)
		changed = true
	}
	if m.prev > s.last() || m.prev >= s.mem.base && s.termAt(m.prev) != m.prevTerm {
		return changed, false
	}
	for n, e := range m.entries {
		i := m.prev + uint64(n) + 1
		if i <= s.mem.base || i <= s.last() && s.termAt(i) == e.term {
			continue
		}
		if i <= s.last() {
			s.mem.log = slices.Clip(s.mem.log[:i-s.mem.base-1]) // never written over: others may look at it
		}
		s.mem.log = append(s.mem.log, e)
		changed = true
	}
	s.seeVoters()
	return true, true
}

// install replaces everything by the leader's snapshot.
func (s *seat) install(all *papers) {
	s.mem.base, s.mem.baseTerm, s.mem.voters, s.mem.snapshot = all.base, all.baseTerm, all.voters, all.snapshot
	s.mem.log = nil
	s.machine = s.c.make()
	if err := s.machine.Restore(all.snapshot); err != nil {
		s.c.w.breach("a snapshot can be read", "%s on %s: %v", s.c.name, s.h.id, err)
	}
	s.commit, s.done = all.base, all.base
	s.c.applied(s)
}

// told is a follower's answer to a share.
func (s *seat) told(by flow.NodeID, m share, fits bool, match, last uint64) {
	if !s.leads || s.mem.term != m.term {
		return
	}
	s.heard[by] = s.c.w.now
	s.echo[by] = max(s.echo[by], m.round)
	s.busy[by] = false
	if fits {
		s.match[by] = max(s.match[by], match)
		s.next[by] = s.match[by] + 1
	} else {
		s.next[by] = max(1, min(m.prev, last+1))
	}
	s.agree()
	s.proved()
	if s.leads && s.next[by] <= s.last() && !s.busy[by] {
		s.tell(by)
	}
}

// agree finds how far a majority has the log.
func (s *seat) agree() {
	for i := s.last(); i > s.commit && s.termAt(i) == s.mem.term; i-- {
		if s.most(func(id flow.NodeID) bool { return s.match[id] >= i }) {
			s.advance(i)
			return
		}
	}
}

// advance carries out what is agreed.
func (s *seat) advance(commit uint64) {
	s.commit = max(s.commit, commit)
	before := s.done
	for s.done < s.commit && s.p != nil {
		s.done++
		e := s.mem.log[s.done-s.mem.base-1]
		var answer []byte
		if e.command != nil {
			answer = s.machine.Apply(s.done, e.command)
			s.c.w.judge.carriedOut(s.c, s.done, e, answer)
		}
		if s.leads && e.term == s.mem.term && !s.ready {
			s.ready = true
		}
		if w, ok := s.waits[s.done]; ok {
			delete(s.waits, s.done)
			w.answer(answer, w.term == e.term)
		}
		if e.voters != nil && s.leads && e.term == s.mem.term {
			s.changed(e.voters)
		}
	}
	if s.done > before {
		s.c.applied(s)
	}
	if int(s.done-s.mem.base) > 2*trailing {
		s.shorten()
	}
}

// changed follows a change of voters that is agreed.
func (s *seat) changed(voters []flow.NodeID) {
	settled := s.onSettled
	s.onSettled = nil
	if settled != nil {
		settled()
	}
	if !slices.Contains(voters, s.h.id) {
		s.leader = ""
		s.stepDown()
	}
}

// shorten writes a snapshot and lets go of the entries that it covers, but for
// the last few.
func (s *seat) shorten() {
	// The model's snapshot is of what is carried out now: entries behind it
	// that lagging voters may want are kept in memory by nobody, so they get
	// the snapshot.
	voters := s.mem.voters
	for _, e := range s.mem.log[:s.done-s.mem.base] {
		if e.voters != nil {
			voters = e.voters
		}
	}
	s.mem.baseTerm = s.termAt(s.done)
	s.mem.log = slices.Clone(s.mem.log[s.done-s.mem.base:])
	s.mem.base, s.mem.voters, s.mem.snapshot = s.done, voters, s.machine.Snapshot()
	s.keep(func() {})
}
