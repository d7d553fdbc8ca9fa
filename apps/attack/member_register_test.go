package attack

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// A hostile member, and what the cluster has agreed: a node without a vote speaks
// for itself and changes nothing else.
func hostileRegister() []attack {
	const has = "a node's good certificate, and all that the register tells a node"
	on := []record{{"", flow.AuditRegister, "/node/" + enemy}}
	command := func(id, tries string, kind byte, make func(t *testing.T, g *ground, v *register.View) any) attack {
		return attack{id: "member " + id, has: has, tries: tries, record: on,
			do: func(t *testing.T, g *ground) string {
				m := g.member()
				return m.apply(t, g, kind, make(t, g, m.sees(t)))
			}}
	}
	return []attack{
		command("deploys", "has an application of his agreed, signed by nobody", 1, func(_ *testing.T, g *ground, v *register.View) any {
			app := v.Apps[wardApp]
			app.Name, app.Signature = "spy", nil
			return map[string]any{"App": app}
		}),
		command("alters a deployment", "has the ward's application changed so that what a bed gives is printed, with the old signature", 1, func(t *testing.T, g *ground, v *register.View) any {
			return map[string]any{"App": altered(t, v.Apps[wardApp])}
		}),
		command("removes an application", "has the ward's application removed", 2, func(*testing.T, *ground, *register.View) any {
			return map[string]any{"Name": wardApp}
		}),
		command("moves actors", "has the collectors placed on itself", 3, func(_ *testing.T, g *ground, v *register.View) any {
			plan := v.Of(wardApp)
			for i := range plan {
				plan[i].Node = flow.NodeID(g.enemy)
			}
			return map[string]any{"App": wardApp, "Placements": plan}
		}),
		command("claims as another", "begins a new activation of a collector, in the name of its node", 4, func(t *testing.T, g *ground, v *register.View) any {
			id, p := collectorOf(t, v)
			return map[string]any{"Actor": id, "Node": p.Node, "Seen": p.Epoch, "Nonce": 77}
		}),
		command("claims an actor of another node", "begins a new activation of a collector that is placed elsewhere", 4, func(t *testing.T, g *ground, v *register.View) any {
			id, p := collectorOf(t, v)
			return map[string]any{"Actor": id, "Node": g.enemy, "Seen": p.Epoch, "Nonce": 78}
		}),
		command("puts a policy", "has a policy agreed that allows everything, signed by nobody", 7, func(*testing.T, *ground, *register.View) any {
			return map[string]any{"Key": "policy/text", "Value": register.RisingValue(uint64(time.Now().Add(time.Hour).UnixNano()), permitAll)}
		}),
		command("puts a revocation list", "has a list agreed that revokes another node, signed by nobody", 7, func(_ *testing.T, g *ground, v *register.View) any {
			key := "crl/00"
			for k := range v.Settings {
				if strings.HasPrefix(k, "crl/") {
					key = k
				}
			}
			return map[string]any{"Key": key, "Value": []byte("this is no list")}
		}),
		command("drains another", "has a setting of another node agreed", 7, func(*testing.T, *ground, *register.View) any {
			return map[string]any{"Key": "drain/ward", "Value": []byte("1")}
		}),
		{id: "member commits for another", has: has, tries: "puts a step on another node's checkpoints, in that node's name", record: on, do: commitForAnother},
		{id: "member makes itself a voter", has: has, tries: "asks the leader for a vote", record: on, do: func(t *testing.T, g *ground) string {
			m := g.member()
			return m.question(t, g, g.leader(), "register.voters", []byte(`{"add":{"ID":"`+g.enemy+`","Addr":"`+m.door.Addr()+`"}}`))
		}},
		{id: "member takes a vote away", has: has, tries: "asks the leader to take another's vote", record: on, do: func(t *testing.T, g *ground) string {
			return g.member().question(t, g, g.leader(), "register.voters", []byte(`{"remove":"bedside"}`))
		}},
		{id: "member ends a log", has: has, tries: "tells a voter that it is one no more", record: on, do: func(t *testing.T, g *ground) string {
			m := g.member()
			return m.question(t, g, bedside, "register.leave", []byte(m.fullName(t, g, bedside)))
		}},
		{id: "member hands out a log", has: has, tries: "tells a voter to follow another log", record: on, do: func(t *testing.T, g *ground) string {
			return g.member().question(t, g, bedside, "register.join", []byte(`{"from":"`+g.enemy+`#1","group":"x"}`))
		}},
		{id: "member speaks raft", has: has, tries: "connects to a voter's log, as itself and in another's name", record: on, do: speakRaft},
		{id: "member runs errands", has: has, tries: "asks an actor on another node for its report and its dead letters, and drops them, for nobody",
			record: []record{{ward, flow.AuditRequest, "/node/" + enemy}}, do: runErrands},
		{id: "member garbage", has: has, tries: "sends questions of every kind with bodies that are none, and of 4 MiB", do: garbage},
	}
}

// altered is the application with a printer at a bed, and everything else as the
// engineer signed it.
func altered(t *testing.T, app register.App) register.App {
	t.Helper()
	app.Graph.Actors = append(app.Graph.Actors[:len(app.Graph.Actors):len(app.Graph.Actors)], flow.Node{ID: wardApp + ":spy", Type: "io.Print"})
	app.Graph.Links = append(app.Graph.Links[:len(app.Graph.Links):len(app.Graph.Links)],
		flow.Link{From: flow.Endpoint{Actor: wardApp + ":bed_1:check", Port: "passed"}, To: flow.Endpoint{Actor: wardApp + ":spy", Port: "token"}})
	return app
}

func collectorOf(t *testing.T, v *register.View) (flow.ActorID, flow.Placement) {
	t.Helper()
	id := flow.ActorID(wardApp + ":bed_1:collect")
	p, ok := v.Placements[id]
	if !ok {
		t.Fatalf("%s is placed nowhere", id)
	}
	return id, p
}

// apply sends a command to the leader, as the register writes them.
func (m *member) apply(t *testing.T, g *ground, kind byte, body any) string {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return m.question(t, g, g.leader(), "register.apply", append([]byte{1, kind}, b...))
}

// question asks a node, and says how that was refused. What is answered ends the
// test.
func (m *member) question(t *testing.T, g *ground, node flow.NodeID, kind string, body []byte) string {
	t.Helper()
	r, err := dialDoor(t.Context(), g.cfgs[node].Door, m.own)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	answer, err := r.ask(t.Context(), kind, body)
	if err != nil {
		return err.Error()
	}
	// The register's answers begin with what they are: 2 is a refusal.
	if how, ok := registerRefusal(answer); ok {
		return how
	}
	t.Fatalf("%s answers %q", node, answer)
	return ""
}

func commitForAnother(t *testing.T, g *ground) string {
	m := g.member()
	id, p := collectorOf(t, m.sees(t))
	step, err := flow.AppendCheckpoint(nil, flow.Checkpoint{Actor: id, Epoch: p.Epoch, State: []byte("bent")})
	if err != nil {
		t.Fatal(err)
	}
	b := []byte{1, 5}
	b = binary.AppendUvarint(b, uint64(len(p.Node)))
	b = append(b, p.Node...)
	b = binary.AppendUvarint(b, 1<<40)
	b = binary.AppendUvarint(b, 1)
	return m.question(t, g, g.leader(), "register.apply", append(b, step...))
}

// fullName is a voter with its boot, as it says itself.
func (m *member) fullName(t *testing.T, g *ground, node flow.NodeID) string {
	t.Helper()
	b, err := m.door.Ask(t.Context(), node, "register.state", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	var state struct{ Full string }
	if err := json.Unmarshal(b, &state); err != nil || state.Full == "" {
		t.Fatalf("node %s says of its log %q, %v", node, b, err)
	}
	return state.Full
}

func speakRaft(t *testing.T, g *ground) string {
	m := g.member()
	to := m.fullName(t, g, bedside)
	var how []string
	for _, from := range []string{g.enemy + "#1", m.fullName(t, g, ward), m.fullName(t, g, records)} {
		c, err := knock(t.Context(), g.cfgs[bedside].Door, shows(m.own, "wardflow-raft/1"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		head := append(binary.BigEndian.AppendUint16(nil, uint16(len(to))), to...)
		head = append(binary.BigEndian.AppendUint16(head, uint16(len(from))), from...)
		// A vote is asked for at once, in a term far above all others: hashicorp/raft's
		// rpcRequestVote is 1, and what follows is MessagePack.
		vote := append([]byte{1}, "\x86\xa4Term\xce\x7f\xff\xff\xff\xa9Candidate\xc4\x01m\xacLastLogIndex\xce\x7f\xff\xff\xff\xabLastLogTerm\xce\x7f\xff\xff\xff\xb2LeadershipTransfer\xc3\xa9RPCHeader\x81\xafProtocolVersion\x03"...)
		if _, err := c.Write(append(head, vote...)); err != nil {
			how = append(how, err.Error())
			continue
		}
		heard, err := io.ReadAll(c)
		if string(heard) != "S" {
			t.Fatalf("calling itself %s it hears %q, %v", from, heard, err)
		}
		how = append(how, fmt.Sprintf("%s is a stranger", from))
	}
	return strings.Join(how, "; ")
}

func runErrands(t *testing.T, g *ground) string {
	m := g.member()
	id, p := collectorOf(t, m.sees(t))
	var how string
	for _, do := range []string{"report", "letters", "drop", "resume"} {
		how = m.question(t, g, p.Node, "node.actor", fmt.Appendf(nil, `{"actor":%q,"do":%q,"upto":1000000}`, id, do))
	}
	return how
}

// garbage asks everything that nodes ask each other. What is answered matters
// little; that the node lives on matters.
func garbage(t *testing.T, g *ground) string {
	m := g.member()
	bodies := [][]byte{nil, []byte("{"), []byte("null"), []byte(`{"at":{}}`), {1}, {1, 1}, {1, 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, {1, 13, 0xff}, {1, 15}, {2, 1},
		[]byte(base64.StdEncoding.EncodeToString(make([]byte, 3<<20)))}
	n := 0
	for _, kind := range []string{"register.apply", "register.barrier", "register.voters", "register.ask.certificate", "register.ask.renew", "register.ask.part", "register.out", "register.handover",
		"register.state", "register.term", "register.join", "register.leave", "register.view", "node.actor", "node.report", "node.crl", "nothing", ""} {
		for _, body := range bodies {
			if kind == "register.view" && len(body) == 0 || kind == "node.report" || kind == "register.barrier" || kind == "register.ask.renew" || kind == "register.state" && len(body) < 100 {
				continue // any node may ask that
			}
			r, err := dialDoor(t.Context(), g.cfgs[ward].Door, m.own)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.ask(t.Context(), kind, body); err != nil {
				n++
			}
			r.close()
		}
	}
	return fmt.Sprintf("%d questions were refused, and the node lives on", n)
}

// registerRefusal is why the register's leader, or its machine, refuses. The
// leader's answers begin with what they are, and 2 is a refusal; the machine's
// follow after a 0 and the number of their entry, and say a fault.
func registerRefusal(answer []byte) (why string, ok bool) {
	if len(answer) == 0 {
		return "", false
	}
	if answer[0] == 2 {
		return string(answer[1:]), true
	}
	var said struct {
		Fault int
		Text  string
	}
	_, n := binary.Uvarint(answer[1:])
	if answer[0] != 0 || n <= 0 || json.Unmarshal(answer[1+n:], &said) != nil {
		return "", false
	}
	return said.Text, said.Fault != 0
}
