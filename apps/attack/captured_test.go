package attack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// AT-capture: a stolen device's key sends that device's readings, and does nothing
// else; and when somebody notices, not even that.
func captured() []attack {
	const who = "/device/giai/0614141.111"
	const has = "a device's stolen key"
	return []attack{
		{id: "AT-capture API", has: has, tries: "reads and changes what people read and change", do: useAPI, record: []record{{ward, flow.AuditRequest, who}}},
		{id: "AT-capture door", has: has, tries: "calls at every node's door, for links, gossip and the register", do: deviceAtDoor,
			record: []record{{bedside, flow.AuditConnection, who}, {ward, flow.AuditConnection, who}, {records, flow.AuditConnection, who}}},
		{id: "AT-capture enrolment", has: has, tries: "enrols a second device, renews itself as another, asks who is registered, revokes others", do: enrolAnother,
			record: []record{{caService, flow.AuditIdentity, who}}},
		{id: "AT-capture read", has: has, tries: "reads readings where it sends its own", do: readIngest},
	}
}

// revocations take something away from the ground, so they are last.
func revocations() []attack {
	return []attack{
		{id: "AT-capture revoked device", has: "a device's stolen key, and connections that are open", tries: "goes on when its certificate is revoked", do: revokedDevice,
			record: []record{{ward, flow.AuditConnection, "/device/giai/0614141.111"}, {bedside, flow.AuditConnection, "/device/giai/0614141.111"}}},
		{id: "AT-capture revoked node", has: "a node's stolen key, and connections that are open", tries: "goes on when its certificate is revoked", do: revokedNode,
			record: []record{{ward, flow.AuditConnection, "/node/eve"}, {bedside, flow.AuditConnection, "/node/eve"}, {records, flow.AuditConnection, "/node/eve"}}},
		{id: "AT-capture revoked engineer", has: "an engineer's stolen card, and a stream of events that is open", tries: "goes on when the card is revoked", do: revokedStaff,
			record: []record{{ward, flow.AuditRequest, "/staff/eve"}}},
		{id: "AT-capture revoked link", has: "a node with a stolen sensor whose link is open", tries: "goes on when the sensor's certificate is revoked", do: revokedLink, mute: "bed_2"},
	}
}

func useAPI(t *testing.T, g *ground) string {
	d := newDevice(t, g.stolen())
	var how string
	for _, r := range []struct{ method, path, body string }{
		{"GET", "/api/v1/status", ""}, {"GET", "/api/v1/apps/ward", ""}, {"GET", "/api/v1/audit", ""}, {"GET", "/api/v1/events", ""}, {"GET", "/api/v1/refusals", ""},
		{"POST", "/api/v1/apps", `{"name":"spy","script":"x"}`}, {"DELETE", "/api/v1/apps/ward", ""}, {"POST", "/api/v1/actors/ward:bed_1:collect/report", "{}"},
		{"POST", "/api/v1/actors/ward:bed_1:collect/move", `{"node":"bedside"}`}, {"GET", "/api/v1/register/backup", ""}, {"POST", "/api/v1/logins", "{}"},
		{"POST", "/api/v1/gossip/rotate", "{}"}, {"POST", "/api/v1/revocations", "x"}, {"PUT", "/api/v1/policy", "permit(principal, action, resource);"}, {"POST", "/chain/rpc", "{}"}} {
		req, err := http.NewRequestWithContext(t.Context(), r.method, "https://"+g.cfgs[ward].Control+r.path, strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := d.http.Do(req)
		if err != nil {
			how = err.Error()
			continue
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusUnauthorized && (resp.StatusCode != http.StatusNotFound || r.path != "/chain/rpc") {
			t.Fatalf("%s %s is answered %s", r.method, r.path, resp.Status)
		}
		how = r.method + " " + r.path + ": " + resp.Status
	}
	return how
}

func deviceAtDoor(t *testing.T, g *ground) string {
	var how string
	for _, n := range nodeNames {
		for _, proto := range []string{"h2", gossipProto, "wardflow-raft/1"} {
			if how = refusedTLS(t.Context(), g.cfgs[n].Door, shows(g.stolen(), proto), http2); how == "" {
				t.Fatalf("%s speaks %s with a device", n, proto)
			}
		}
	}
	return how
}

func enrolAnother(t *testing.T, g *ground) string {
	d := newDevice(t, g.stolen())
	at := strings.TrimPrefix(g.caAt, "https://")
	var how []string
	for path, body := range map[string]any{
		"/v1/tokens":    map[string]any{"role": "device", "epc": "urn:epc:id:giai:0614141.666", "group": rooms[0] + "/temp"},
		"/v1/revoke":    map[string]any{"who": "node/ward"},
		"/v1/reinstate": map[string]any{"who": "node/ward"},
		"/v1/enroll":    map[string]any{"token": strings.Repeat("A", 43), "csr": []byte("x")},
		"/v1/renew":     map[string]any{"csr": []byte("x")},
		"/v1/web":       map[string]any{"csr": []byte("x")},
	} {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.post(at, path, "application/json", b)
		if err != nil {
			how = append(how, path+": "+err.Error())
			continue
		}
		if nothing := path == "/v1/web" && s.Detail == `{"chain":""}`+"\n"; (s.Status < 400 || s.Status >= 500) && !nothing {
			t.Fatalf("%s is answered %d %s", path, s.Status, s.Detail)
		}
		how = append(how, fmt.Sprintf("%s: %d", path, s.Status))
	}
	if status, body, err := d.get(at, "/v1/holders"); err == nil && status < 400 {
		t.Fatalf("a device is told who is registered: %d %.200s", status, body)
	}
	return strings.Join(how, ", ")
}

func readIngest(t *testing.T, g *ground) string {
	d := newDevice(t, g.stolen())
	var how string
	for _, path := range []string{"/v1/readings", "/", "/api/v1/status", "/v1/readings/1", "/../etc/passwd", "/debug/pprof/", "/metrics"} {
		status, body, err := d.get(g.intakeAt(), path)
		if err == nil && status < 400 {
			t.Fatalf("GET %s is answered %d %.200s", path, status, body)
		}
		how = fmt.Sprintf("GET %s: %d %v", path, status, err)
	}
	return how
}

// revoke revokes somebody at the CA service, and unless it is to find its own
// way, brings the list to one node.
func (g *ground) revoke(who string, push bool) time.Time {
	g.t.Helper()
	_, lists, err := g.office.Revoke(who, pki.KeyCompromise, enroll.Caller{Who: engineer, Proven: true}, time.Now())
	if err != nil {
		g.t.Fatal(err)
	}
	at := time.Now()
	if push {
		for _, l := range lists {
			if _, err := g.client(records).Revoke(g.t.Context(), l); err != nil {
				g.t.Fatal(err)
			}
		}
	}
	return at
}

// promised is how soon a revocation must be felt everywhere: by -long within five
// seconds, else however busy this machine is.
func promised() time.Duration {
	if *long {
		return 5 * time.Second
	}
	return time.Minute
}

// within calls done until it says how, at most so long after at; that is how long
// it took.
func (g *ground) inTime(at time.Time, what string, done func() bool) time.Duration {
	g.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		if time.Since(at) > promised() {
			g.t.Fatalf("%s: not within %v", what, promised())
		}
		<-tick.C
	}
	return time.Since(at)
}

func revokedDevice(t *testing.T, g *ground) string {
	who := g.stolen()
	d := newDevice(t, who)
	at := g.intakeAt()
	d.mustSend(at, reading{Stream: "stolen", Seq: 1, Kind: "8310-5", Unit: "Cel", At: now(), Value: "36.6"})
	open, err := knock(t.Context(), at, shows(who, "http/1.1"))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	broker, err := knock(t.Context(), g.cfgs[ward].Ingest.MQTT, shows(who))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	cut := make(chan time.Time, 2)
	for _, c := range []interface{ Read([]byte) (int, error) }{open, broker} {
		go func() {
			b := make([]byte, 4096)
			for {
				if _, err := c.Read(b); err != nil {
					cut <- time.Now()
					return
				}
			}
		}()
	}
	began := g.revoke(who.ID.URI, true)
	for range 2 {
		select {
		case <-cut:
		case <-time.After(promised()):
			t.Fatalf("a connection of the device is open %v after its certificate was revoked", promised())
		}
	}
	took := time.Since(began)
	all := g.inTime(began, "every node refuses the device", func() bool {
		for _, n := range []flow.NodeID{bedside, ward} {
			if refusedHTTPS(t, g.cfgs[n].Ingest.HTTPS, "/v1/readings", certOf(who)) == "" || refusedTLS(t.Context(), g.cfgs[n].Ingest.MQTT, shows(who), mqttConnect) == "" {
				return false
			}
		}
		return true
	})
	if s, err := d.send(at, reading{Stream: "stolen", Seq: 2, Kind: "8310-5", Unit: "Cel", At: now(), Value: "36.6"}); err == nil && s.Status < 400 {
		t.Fatalf("a reading of the revoked device was accepted: %v", s)
	}
	holders, err := g.office.Holders(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range holders {
		if h.URI == who.ID.URI && h.State != enroll.Revoked {
			t.Errorf("the registry says that it is %s", h.State)
		}
	}
	return fmt.Sprintf("its open connections were cut after %v, and every node refuses it after %v", took.Round(time.Millisecond), all.Round(time.Millisecond))
}

func revokedNode(t *testing.T, g *ground) string {
	who := g.enrol(enroll.Invitation{Role: flow.RoleNode, Name: "eve"})
	cut := make(chan error, len(nodeNames))
	for _, n := range nodeNames {
		r, err := dialDoor(t.Context(), g.cfgs[n].Door, who)
		if err != nil {
			t.Fatal(err)
		}
		defer r.close()
		st := r.links(t.Context())
		defer st.close()
		if err := st.put(); err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				if _, err := r.ask(context.WithoutCancel(t.Context()), "register.state", []byte("{}")); err != nil {
					cut <- err
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}()
	}
	began := g.revoke(who.ID.URI, false) // the nodes hear of it from the CA service, or from each other
	for range nodeNames {
		select {
		case <-cut:
		case <-time.After(time.Until(began.Add(promised()))):
			t.Fatalf("a node still answers the revoked one after %v", promised())
		}
	}
	took := time.Since(began)
	for _, n := range nodeNames {
		for _, proto := range []string{"h2", gossipProto, "wardflow-raft/1"} {
			if refusedTLS(t.Context(), g.cfgs[n].Door, shows(who, proto), http2) == "" {
				t.Fatalf("%s speaks %s with the revoked node", n, proto)
			}
		}
	}
	return fmt.Sprintf("all nodes had cut its connections after %v, and take no new ones", took.Round(time.Millisecond))
}

func revokedStaff(t *testing.T, g *ground) string {
	who := g.enrol(enroll.Invitation{Role: flow.RoleStaff, Name: "eve"})
	c := g.clientOf(ward, who)
	defer c.Close()
	if _, err := c.Snapshot(t.Context()); err != nil {
		t.Fatalf("a member of staff may not even look: %v", err)
	}
	ended := make(chan error, 1)
	seen := make(chan struct{}, 1)
	go func() {
		ended <- c.Watch(context.WithoutCancel(t.Context()), func(*control.Snapshot) bool {
			select {
			case seen <- struct{}{}:
			default:
			}
			return true
		})
	}()
	select {
	case <-seen:
	case err := <-ended:
		t.Fatalf("the stream of events ends: %v", err)
	}
	began := g.revoke(who.ID.URI, true)
	select {
	case <-ended:
	case <-time.After(promised()):
		t.Fatalf("the stream of events goes on %v after the card was revoked", promised())
	}
	took := time.Since(began)
	if why := refusedHTTPS(t, g.cfgs[ward].Control, "/api/v1/status", certOf(who)); why == "" {
		t.Fatal("the revoked card opens a new connection")
	}
	return fmt.Sprintf("the stream was cut after %v", took.Round(time.Millisecond))
}

// revokedLink takes the sensor of bed 2, which runs on a node, and so the link
// from it.
func revokedLink(t *testing.T, g *ground) string {
	s, err := pki.LoadSigner(g.file("bedside", "identities", "bed-2-hr"))
	if err != nil {
		t.Fatal(err)
	}
	began := g.revoke(s.ID.URI, true)
	took := g.inTime(began, "the link of the sensor is cut", func() bool {
		for _, l := range g.view().Links {
			if l.From.Actor == g.actor("bed_2_hr") {
				return !l.Up
			}
		}
		return false
	})
	before := len(g.view().Links)
	return fmt.Sprintf("the link was cut after %v (of %d)", took.Round(time.Millisecond), before)
}

func contains(text, part string) bool { return bytes.Contains([]byte(text), []byte(part)) }
