package attack

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
)

// AT-replay: what was captured, on the wire or before it was sealed, counts once.
func replays() []attack {
	const has = "a captured reading"
	return []attack{
		{id: "AT-replay a same connection", has: has + ", and the device's connection", tries: "sends it again", do: func(t *testing.T, g *ground) string {
			d := newDevice(t, g.outside)
			r := d.captured(g.intakeAt())
			how := d.mustNot(g.intakeAt(), r)
			if n := d.made.Load(); n != 1 {
				t.Fatalf("it took %d connections", n)
			}
			return how
		}},
		{id: "AT-replay a TLS record", has: "what went over the wire, and a place on the way", tries: "sends the device's bytes twice on its connection", do: replayRecord},
		{id: "AT-replay b new connection", has: has + " and the device's key", tries: "sends it on another connection", do: func(t *testing.T, g *ground) string {
			r := newDevice(t, g.outside).captured(g.intakeAt())
			return newDevice(t, g.outside).mustNot(g.intakeAt(), r)
		}},
		{id: "AT-replay b raw bytes", has: "all bytes of a device's connection", tries: "sends them to the node again", do: replayConnection},
		{id: "AT-replay e a day later", has: has + " of a day ago, and clocks that were set back", tries: "sends it, with its old time and with a new one", do: replayLater},
		{id: "AT-replay f another device", has: has + ", and another device's key", tries: "sends it as the other device, as it is and with the first one's name", do: replayAsOther,
			record: []record{{"", flow.AuditReading, "/device/giai/0614141.111"}}},
		{id: "AT-replay c after a restart", has: has, tries: "sends it when the node has been restarted", do: replayAfterRestart},
		{id: "AT-replay d after a migration", has: has, tries: "sends it when the intake has moved to another node", do: replayAfterMove},
	}
}

// captured is a reading that was accepted.
func (d *device) captured(addr string) reading {
	d.t.Helper()
	r := temperature(next(), "36.6")
	d.mustSend(addr, r)
	return r
}

func replayRecord(t *testing.T, g *ground) string {
	p := newTap(t, g.intakeAt())
	d := newDevice(t, g.outside)
	d.captured(p.listen.Addr().String())
	p.again()
	r := temperature(next(), "36.7")
	_, err := d.send(p.listen.Addr().String(), r)
	how := "the node ended the connection"
	if err != nil {
		how += ": " + err.Error()
	}
	if n := d.made.Load(); err == nil && n < 2 {
		t.Fatal("the connection goes on although a record came twice")
	}
	if s, err := d.send(g.intakeAt(), r); err != nil || s.outcome() != "accepted" && s.outcome() != "already" {
		t.Fatalf("the honest device can't go on: %v %v", s, err)
	}
	return how
}

func replayConnection(t *testing.T, g *ground) string {
	p := newTap(t, g.intakeAt())
	newDevice(t, g.outside).captured(p.listen.Addr().String())
	p.mu.Lock()
	sent := append([]byte(nil), p.sent.Bytes()...)
	p.mu.Unlock()
	c, err := net.Dial("tcp", g.intakeAt())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(sent); err != nil {
		return err.Error()
	}
	heard := make([]byte, 1<<16)
	n := 0
	for {
		k, err := c.Read(heard[n:])
		n += k
		if err != nil {
			if strings.Contains(err.Error(), "timeout") {
				t.Fatal("the node keeps a replayed connection")
			}
			return fmt.Sprintf("after %d bytes of its own handshake the node ends it: %v", n, err)
		}
	}
}

func replayLater(t *testing.T, g *ground) string {
	at := g.intakeAt()
	d := newDevice(t, g.outside)
	old := temperature(next(), "36.6")
	old.At = time.Now().Add(-23 * time.Hour).UTC()
	if s, err := d.send(at, old); err != nil || !s.stored() {
		t.Fatalf("a reading that waited for 23 hours was not taken: %v %v", s, err)
	}
	for range 3 {
		d.captured(at)
	}
	var how string
	for _, when := range []time.Time{old.At, time.Now().UTC(), time.Now().Add(-24 * time.Hour).UTC()} {
		old.At = when
		how = d.mustNot(at, old)
	}
	ahead := temperature(next(), "36.6")
	ahead.At = time.Now().Add(time.Hour).UTC()
	d.mustNot(at, ahead)
	d.mustSend(at, temperature(seqs, "36.6"))
	return how
}

func replayAsOther(t *testing.T, g *ground) string {
	at := g.intakeAt()
	r := newDevice(t, g.outside).captured(at)
	thief := newDevice(t, g.stolen())
	r.Device = g.outside.ID.EPC
	return thief.mustNot(at, r)
}

// stolen is the key of a device of bed 1 that somebody has taken.
func (g *ground) stolen() flow.Signer {
	g.t.Helper()
	if g.loot.Key == nil {
		*g.loot = g.enrol(enroll.Invitation{Role: flow.RoleDevice, EPC: borrowed, Group: rooms[0] + "/temp"})
	}
	return *g.loot
}

func replayAfterRestart(t *testing.T, g *ground) string {
	at := g.intakeAt()
	r := newDevice(t, g.outside).captured(at)
	name := g.nodeOf(g.actor("intake"))
	g.stop(name)
	g.start(name)
	g.runs()
	at = g.intakeAt()
	d := newDevice(t, g.outside)
	how := d.mustNot(at, r)
	if !strings.HasPrefix(how, "409") {
		t.Fatalf("want that it was taken before, and not %s", how)
	}
	d.mustSend(at, temperature(next(), "36.6"))
	return how
}

func replayAfterMove(t *testing.T, g *ground) string {
	intake := g.actor("intake")
	d := newDevice(t, g.outside)
	from := g.nodeOf(intake)
	r := d.captured(g.cfgs[from].Ingest.HTTPS)
	to := bedside
	if from == bedside {
		to = ward
	}
	if err := g.client(ward).Move(t.Context(), intake, to); err != nil {
		t.Fatal(err)
	}
	g.until("the intake has moved", func(s *control.Snapshot) string {
		for _, a := range s.Actors {
			if a.ID == intake && a.Node == to && a.State == control.Running {
				return ""
			}
		}
		return "it has not"
	})
	how := d.mustNot(g.cfgs[to].Ingest.HTTPS, r)
	if !strings.HasPrefix(how, "409") {
		t.Fatalf("want that it was taken before, and not %s", how)
	}
	if s, err := d.send(g.cfgs[from].Ingest.HTTPS, temperature(seqs+1, "36.6")); err != nil || s.Status != 421 {
		b, _ := json.Marshal(s)
		t.Fatalf("the node that has the intake no more answers %s, %v; want 421 with the other's address", b, err)
	}
	d.mustSend(g.cfgs[to].Ingest.HTTPS, temperature(next(), "36.6"))
	return how
}

// intakeAt is where the node listens that the devices of bed 1 are to go to.
func (g *ground) intakeAt() string {
	g.t.Helper()
	return g.cfgs[g.nodeOf(g.actor("intake"))].Ingest.HTTPS
}

// nodeOf is the node that an actor runs on.
func (g *ground) nodeOf(id flow.ActorID) flow.NodeID {
	g.t.Helper()
	for _, a := range g.view().Actors {
		if a.ID == id {
			return a.Node
		}
	}
	g.t.Fatalf("there is no actor %s", id)
	return ""
}
