package sim

import (
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A council is a model of a replicated log: Raft (Ongaro and Ousterhout, USENIX
// ATC 2014) with its terms, votes, snapshots and changes of one voter at a time
// (Ongaro's thesis, chapter 4). It stands for package agree, whose library
// can't be run in virtual time from a seed. What its entries mean is for the
// machine, which is real.
type council struct {
	w     *world
	name  string
	make  func() machine
	seats map[flow.NodeID]*seat
	// applied is told when a seat has carried out more.
	applied func(s *seat)
}

// A machine is what a log's entries are carried out on.
type machine interface {
	Apply(index uint64, command []byte) (answer []byte)
	Snapshot() []byte
	Restore(snapshot []byte) error
}

type entry struct {
	term    uint64
	command []byte        // nil: none, as a new leader writes
	note    any           // what the command is, for the judge
	voters  []flow.NodeID // a change of voters; nil: none
}

// papers are what a voter has on its disk.
type papers struct {
	term     uint64
	vote     flow.NodeID
	base     uint64 // the last entry that the snapshot covers
	baseTerm uint64
	voters   []flow.NodeID // as of the snapshot
	snapshot []byte
	log      []entry // base+1 …; never changed, only replaced or appended to
}

// A seat is one host's part in a council.
type seat struct {
	c    *council
	h    *host
	p    *process // while one runs
	disk papers
	mem  papers // what will be on the disk

	machine machine
	voters  []flow.NodeID // by the newest entry that says so
	leader  flow.NodeID   // "" while not known
	leads   bool
	out     bool // is no voter any more, whatever its log says
	ready   bool // leads, and has carried out what was agreed before
	votes   map[flow.NodeID]bool
	commit  uint64
	done    uint64        // carried out
	patient time.Duration // true time at which it stops waiting for the leader

	next, match map[flow.NodeID]uint64
	busy        map[flow.NodeID]bool
	heard       map[flow.NodeID]time.Duration
	round       uint64
	echo        map[flow.NodeID]uint64
	asks        []proof
	waits       map[uint64]waiting
	onSettled   func() // a change of voters of this leader is agreed
}

// waiting is who wants the answer to an entry.
type waiting struct {
	term   uint64
	answer func(answer []byte, ok bool)
}

// A proof is a question whether this voter still leads.
type proof struct {
	round uint64
	tell  func(bool)
}

const (
	heartbeat = 150 * time.Millisecond
	patience  = 500 * time.Millisecond
	trailing  = 60 // entries kept beyond a snapshot
)

func newCouncil(w *world, name string, first []flow.NodeID, make_ func() machine) *council {
	c := &council{w: w, name: name, make: make_, seats: map[flow.NodeID]*seat{}, applied: func(*seat) {}}
	for _, id := range first {
		c.seat(id).disk.voters = first
	}
	return c
}

// seat is a host's, made empty when it never had one: who is asked to join
// learns the rest from the leader.
func (c *council) seat(id flow.NodeID) *seat {
	s := c.seats[id]
	if s == nil {
		s = &seat{c: c, h: c.w.by[id]}
		c.seats[id] = s
	}
	return s
}

// begin takes the seat up when a process starts.
func (s *seat) begin(p *process) {
	*s = seat{c: s.c, h: s.h, p: p, disk: s.disk, mem: s.disk, machine: s.c.make(),
		votes: map[flow.NodeID]bool{}, waits: map[uint64]waiting{}}
	s.mem.log = slices.Clip(s.mem.log)
	if s.mem.snapshot != nil {
		if err := s.machine.Restore(s.mem.snapshot); err != nil {
			s.c.w.breach("a snapshot can be read", "%s on %s: %v", s.c.name, s.h.id, err)
		}
	}
	s.commit, s.done = s.mem.base, s.mem.base
	s.seeVoters()
	s.waitForLeader()
	s.watch(p)
}

// seeVoters finds the newest change of voters in the log.
func (s *seat) seeVoters() {
	s.voters = s.mem.voters
	for _, e := range s.mem.log {
		if e.voters != nil {
			s.voters = e.voters
		}
	}
}

func (s *seat) last() uint64 { return s.mem.base + uint64(len(s.mem.log)) }

// termAt is the term of an entry not below the snapshot.
func (s *seat) termAt(i uint64) uint64 {
	if i == s.mem.base {
		return s.mem.baseTerm
	}
	return s.mem.log[i-s.mem.base-1].term
}

func (s *seat) waitForLeader() {
	s.patient = s.c.w.now + s.c.w.between(patience, 2*patience)
}

// watch calls an election when the leader has been silent for too long.
func (s *seat) watch(p *process) {
	s.c.w.after(max(s.patient-s.c.w.now, time.Millisecond), p, func() {
		if s.p == p && !s.leads && s.c.w.now >= s.patient {
			s.stand()
		}
		if s.patient <= s.c.w.now {
			s.waitForLeader()
		}
		s.watch(p)
	})
}

// keep writes the papers to the disk.
func (s *seat) keep(synced func()) {
	now := s.mem
	s.p.write(func() { s.disk = now }, synced)
}

// mayStand reports whether this host is a voter by the newest set of voters that
// is agreed, or by a newer one: who is taken out may be needed until it is
// (Ongaro's thesis, section 4.2.2).
func (s *seat) mayStand() bool {
	for n := len(s.mem.log) - 1; n >= 0; n-- {
		if v := s.mem.log[n].voters; v == nil {
			continue
		} else if slices.Contains(v, s.h.id) {
			return true
		}
		if s.mem.base+uint64(n)+1 <= s.commit {
			return false
		}
	}
	return slices.Contains(s.mem.voters, s.h.id)
}

// stand asks for votes.
func (s *seat) stand() {
	if s.out || !s.mayStand() {
		return
	}
	s.mem.term, s.mem.vote, s.leader = s.mem.term+1, s.h.id, ""
	term := s.mem.term
	s.votes = map[flow.NodeID]bool{}
	last, lastTerm := s.last(), s.termAt(s.last())
	s.keep(func() {
		if s.mem.term != term {
			return
		}
		s.voted(term, s.h.id)
		for _, id := range s.voters {
			if id != s.h.id {
				s.p.say(id, func(at *process) { s.c.seat(id).asked(at, s.h.id, term, last, lastTerm) })
			}
		}
	})
}

// asked for its vote, a voter gives one a term.
func (s *seat) asked(p *process, by flow.NodeID, term, last, lastTerm uint64) {
	if s.p != p {
		s.begin(p)
	}
	if s.leads || s.leader != "" && s.c.w.now < s.patient-patience/2 && s.leader != by {
		return // it leads or hears its leader: who comes back does not disturb
	}
	s.behold(term)
	mine := s.last()
	newest := lastTerm > s.termAt(mine) || lastTerm == s.termAt(mine) && last >= mine
	if term < s.mem.term || !newest || s.mem.vote != "" && s.mem.vote != by {
		return
	}
	s.mem.vote = by
	s.waitForLeader()
	s.keep(func() {
		p.say(by, func(*process) {
			if other := s.c.seats[by]; other.p != nil {
				other.voted(term, s.h.id)
			}
		})
	})
}

// behold gives way to a newer term.
func (s *seat) behold(term uint64) {
	if term > s.mem.term {
		s.mem.term, s.mem.vote = term, ""
		s.leader = ""
		s.stepDown()
	}
}

func (s *seat) stepDown() {
	if !s.leads {
		return
	}
	s.c.w.tell("%s: %s leads no more", s.c.name, s.h.id)
	s.leads, s.ready, s.onSettled = false, false, nil
	s.waitForLeader()
	for _, index := range sortedKeys(s.waits) {
		s.waits[index].answer(nil, false)
	}
	clear(s.waits)
	for _, a := range s.asks {
		a.tell(false)
	}
	s.asks = nil
}

func (s *seat) voted(term uint64, by flow.NodeID) {
	if s.mem.term != term || s.leads || s.mem.vote != s.h.id {
		return
	}
	s.votes[by] = true
	if s.most(func(id flow.NodeID) bool { return s.votes[id] }) {
		s.lead()
	}
}

// most reports whether a majority of the voters is so.
func (s *seat) most(is func(flow.NodeID) bool) bool {
	n := 0
	for _, id := range s.voters {
		if is(id) {
			n++
		}
	}
	return 2*n > len(s.voters)
}

func (s *seat) lead() {
	s.c.w.tell("%s: %s leads in term %d", s.c.name, s.h.id, s.mem.term)
	s.leads, s.leader = true, s.h.id
	s.next, s.match = map[flow.NodeID]uint64{}, map[flow.NodeID]uint64{}
	s.busy, s.heard = map[flow.NodeID]bool{}, map[flow.NodeID]time.Duration{}
	s.echo = map[flow.NodeID]uint64{}
	for _, id := range s.voters {
		s.next[id], s.heard[id] = s.last()+1, s.c.w.now
	}
	s.append(entry{})
	s.beat(s.p, s.mem.term)
}

// beat tells the others that there is a leader, until there is another, or
// this one has not heard of a majority for too long.
func (s *seat) beat(p *process, term uint64) {
	if s.p != p || !s.leads || s.mem.term != term {
		return
	}
	if !s.most(func(id flow.NodeID) bool { return id == s.h.id || s.c.w.now-s.heard[id] < patience }) {
		s.leader = ""
		s.stepDown()
		return
	}
	clear(s.busy)
	s.spread()
	p.after(heartbeat, func() { s.beat(p, term) })
}

// append puts an entry at the end of the leader's log and returns its place.
func (s *seat) append(e entry) uint64 {
	e.term = s.mem.term
	s.mem.log = append(s.mem.log, e)
	if e.voters != nil {
		s.voters = e.voters
	}
	index, term := s.last(), s.mem.term
	s.keep(func() {
		if s.mem.term == term && s.leads {
			s.match[s.h.id] = max(s.match[s.h.id], index)
			s.agree()
		}
	})
	s.spread()
	return index
}

// propose has a command agreed on. answer comes at most once; false means that
// this voter does not lead, or leads no more: the command may be agreed all the
// same.
func (s *seat) propose(command []byte, note any, answer func([]byte, bool)) {
	if !s.leads || !s.ready {
		answer(nil, false)
		return
	}
	index := s.append(entry{command: command, note: note})
	s.waits[index] = waiting{s.mem.term, answer}
}

// change has another set of voters agreed on; false means not now.
func (s *seat) change(voters []flow.NodeID, settled func()) bool {
	if !s.leads || !s.ready || s.onSettled != nil {
		return false
	}
	s.c.w.tell("%s: voters become %v", s.c.name, voters)
	s.onSettled = settled
	index := s.append(entry{voters: voters})
	s.waits[index] = waiting{s.mem.term, func([]byte, bool) {}}
	return true
}

// prove asks a majority whether this voter still leads.
func (s *seat) prove(tell func(bool)) {
	if !s.leads || !s.ready {
		tell(false)
		return
	}
	s.round++
	s.asks = append(s.asks, proof{s.round, tell})
	clear(s.busy)
	s.spread()
	s.proved()
}

func (s *seat) proved() {
	n := 0
	for n < len(s.asks) && s.most(func(id flow.NodeID) bool { return id == s.h.id || s.echo[id] >= s.asks[n].round }) {
		n++
	}
	sure := s.asks[:n]
	s.asks = s.asks[n:]
	for _, a := range sure {
		a.tell(true)
	}
}
