package agree

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A record collects what is to be put on record.
type record struct {
	mu     sync.Mutex
	events []flow.AuditEvent
}

func (r *record) add(e flow.AuditEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// of counts what a node was refused, by a word in what it tried.
func (r *record) of(node flow.NodeID, word string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, e := range r.events {
		if strings.HasSuffix(e.Who, "/"+string(node)) && e.Proven && e.Refused() && e.Kind == flow.AuditRegister && strings.Contains(e.What, word) {
			n++
		}
	}
	return n
}

// A node without a vote changes no voters, holds no log for itself, and takes
// none from others, whatever it calls itself.
func TestOnlyVotersSayWhoVotes(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	rec := &record{}
	c.tune = func(cfg *Config) { cfg.Audit = rec.add }
	c.start("a", "b", "c", "home", "mallory")
	c.apply("home", "one")
	lead := c.leader()
	ctx := within(t)
	for what, err := range map[string]error{
		"make itself a voter":    c.node("mallory").AddVoter(ctx, Voter{"mallory", "mallory:7000"}),
		"take another's vote":    c.node("mallory").RemoveVoter(ctx, "b"),
		"have a node lead again": c.node("mallory").takeLead(ctx),
	} {
		if err == nil {
			t.Errorf("a node without a vote could %s", what)
		}
	}
	var refused *RefusedError
	if err := c.node("mallory").RemoveVoter(ctx, "b"); !errors.As(err, &refused) || !strings.Contains(err.Error(), "a, b, c") {
		t.Errorf("RemoveVoter by a node without a vote = %v, want a refusal that names the voters", err)
	}
	if err := c.node("home").RemoveVoter(ctx, "home"); err != nil {
		t.Errorf("a node gives up the vote that it has not: %v", err)
	}
	p := c.ports["mallory"]
	for kind, body := range map[string]string{"list.join": `{"group":"x","from":"mallory#1"}`, "list.leave": c.node("b").holder().full} {
		if _, err := p.Ask(ctx, "b", kind, []byte(body)); err == nil {
			t.Errorf("%s of a node without a vote was answered", kind)
		}
	}
	if _, err := p.Ask(ctx, lead, "list.voters", []byte("{")); err != nil {
		t.Errorf("nonsense is not refused but lost: %v", err)
	}
	if got := c.voters("home"); got != "a b c" {
		t.Errorf("voters = %s", got)
	}
	for word, want := range map[string]int{"change of the voters": 1, "request to hold": 1, "request to give up": 1} {
		if got := rec.of("mallory", word); got != want {
			t.Errorf("%d events about a %s, want %d: told once in ten seconds", got, word, want)
		}
	}
}

// Raft's own connections are for voters: whoever else opens one, or has lost its
// vote, is not heard, so that its terms count for nothing.
func TestRaftHearsVotersOnly(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	rec := &record{}
	c.tune = func(cfg *Config) { cfg.Audit = rec.add }
	c.start("a", "b", "c", "mallory")
	c.apply("mallory", "one")
	term := c.node("a").holder().raft.CurrentTerm()
	a := c.node("a").holder().full
	for name, from := range map[string]string{"itself": "mallory#1", "a voter": c.node("b").holder().full, "a voter without boot": "b", "nobody": ""} {
		verdict, conn := c.knock(t, "mallory", "a", a, from)
		if verdict != headStranger {
			t.Errorf("mallory as %s: answer %c, want %c", name, verdict, headStranger)
		}
		// Whatever is said now is said to nobody: a RequestVote of a later term.
		conn.SetDeadline(time.Now().Add(time.Second))
		fmt.Fprintf(conn, "\x01")
		conn.Close()
	}
	if rec.of("mallory", "connection to the log") == 0 {
		t.Error("no word of the connections that were refused")
	}
	c.apply("mallory", "two")
	if got := c.node("a").holder().raft.CurrentTerm(); got != term {
		t.Errorf("term = %d after the knocking, was %d", got, term)
	}

	// b was a voter; its open connections end with its vote.
	b := c.node("b").holder().full
	verdict, conn := c.knock(t, "b", "a", a, b)
	if verdict != headWelcome {
		t.Fatalf("a voter was answered %c", verdict)
	}
	defer conn.Close()
	if err := c.node("c").RemoveVoter(within(t), "b"); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("connection of a former voter: %v, want its end", err)
	}
	if verdict, conn := c.knock(t, "b", "a", a, b); verdict != headStranger {
		t.Errorf("a former voter was answered %c", verdict)
	} else {
		conn.Close()
	}
}

// knock opens a connection as one node to another's log, under names.
func (c *cluster) knock(t *testing.T, as, at flow.NodeID, to, from string) (verdict byte, conn net.Conn) {
	t.Helper()
	conn, err := c.ports[as].Dial(within(t), protocol("list"), string(at)+":7000", at)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write(appendName(appendName(nil, to), from)); err != nil {
		t.Fatal(err)
	}
	var b [1]byte
	if _, err := io.ReadFull(conn, b[:]); err != nil {
		t.Fatal(err)
	}
	return b[0], conn
}

// A name longer than any is not read.
func TestNameTooLong(t *testing.T) {
	b := binary.BigEndian.AppendUint16(nil, maxName+1)
	if _, err := readName(strings.NewReader(string(append(b, slices.Repeat([]byte{'x'}, maxName+1)...)))); err == nil {
		t.Error("a name that is too long was read")
	}
}

func TestTold(t *testing.T) {
	var tl told
	at := time.Unix(0, 0)
	for i := range mostTold {
		if !tl.first(fmt.Sprint(i), at) {
			t.Fatalf("the first time of %d is not the first", i)
		}
	}
	if tl.first("0", at.Add(repeatAfter/2)) || tl.first("another", at.Add(repeatAfter/2)) {
		t.Error("told again too soon, or more remembered than there is room for")
	}
	if !tl.first("another", at.Add(repeatAfter)) || len(tl.at) != 1 {
		t.Errorf("old ones are not forgotten: %d remembered", len(tl.at))
	}
}
