package register

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/agree/agreetest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What each node may have agreed on. Mallory has a good certificate and no vote.
func TestWhoMayWhat(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	var mu sync.Mutex
	var events []flow.AuditEvent
	c.tune = func(cfg *Config) {
		cfg.Own = func(node flow.NodeID, key string) bool { return key == "away/"+string(node) }
		cfg.Checked = func(key string, value []byte) (bool, error) {
			if !strings.HasPrefix(key, "crl/") {
				return false, nil
			}
			if !bytes.HasSuffix(value, []byte("signed")) {
				return false, errors.New("its signature does not hold")
			}
			return true, nil
		}
		cfg.Issued = func(der []byte) error {
			if !bytes.HasPrefix(der, []byte("issued")) {
				return errors.New("no authority of ours")
			}
			return nil
		}
		cfg.Audit = func(e flow.AuditEvent) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, e)
		}
	}
	for _, v := range c.voters {
		c.start(v.ID)
	}
	r := c.start("mallory")
	app := c.deployFor(r, map[flow.ActorID]flow.NodeID{"ward:sum": "a", "ward:log": "mallory"})
	plan := func() []flow.Placement {
		return []flow.Placement{{Actor: "ward:sum", Node: "mallory", Why: []string{"it says so"}}}
	}
	signed := func(n uint64) []byte { return RisingValue(n, []byte("signed")) }
	step := []flow.Checkpoint{stepOf("ward:sum", 1, 1, 1, 0)}
	large := append([]byte("issued"), make([]byte, maxCertificate)...)
	gone := sha256.Sum256([]byte("issued x"))
	many := make([]flow.ActorID, maxClaims+1)
	for i := range many {
		many[i] = "ward:sum"
	}
	for _, tt := range []struct {
		what string
		c    command
		peer flow.NodeID
		ok   bool
	}{
		{"sync", syncUp{}, "mallory", true},
		{"claim for itself", claim{Actor: "ward:log", Node: "mallory", Nonce: 1}, "mallory", true},
		{"claim for another", claim{Actor: "ward:sum", Node: "a", Nonce: 2}, "mallory", false},
		{"claim what is another's for itself", claim{Actor: "ward:sum", Node: "mallory", Nonce: 2}, "mallory", true}, // the machine refuses it
		{"claim all for another", claimAll{Node: "a", Nonce: 3, Actors: []flow.ActorID{"ward:sum"}, Seen: []uint64{0}}, "mallory", false},
		{"claim more than anybody does", claimAll{Node: "mallory", Nonce: 3, Actors: many, Seen: make([]uint64, len(many))}, "mallory", false},
		{"commit for another", commit{"a", 1, step}, "mallory", false},
		{"part for another", commitPart{"a", 1, 0, 2, []byte("x")}, "mallory", false},
		{"adopt for another", adopt{"a", 1, nil}, "mallory", false},
		{"deploy", putApp{app}, "mallory", false},
		{"deploy with a number", once{7, putApp{app}}, "mallory", false},
		{"deploy with a plan", putAppPlan{app, 0, plan()}, "mallory", false},
		{"plan", putPlan{"ward", 0, plan()}, "mallory", false},
		{"plan from an epoch", once{8, putPlanAt{"ward", 0, plan()}}, "mallory", false},
		{"remove an application", removeApp{"ward"}, "mallory", false},
		{"drain another", putSetting{"drain/a", []byte("{}")}, "mallory", false},
		{"say that another is away", putSetting{"away/a", []byte("{}")}, "mallory", false},
		{"say that it is away", once{9, putSetting{"away/mallory", []byte("{}")}}, "mallory", true},
		{"say much of itself", putSetting{"away/mallory", make([]byte, maxOwn+1)}, "mallory", false},
		{"a list that is signed", putSetting{"crl/1", signed(2)}, "mallory", true},
		{"a list that is not", putSetting{"crl/1", RisingValue(3, []byte("unsign'd"))}, "mallory", false},
		{"a list that is not, of a voter", putSetting{"crl/1", RisingValue(3, []byte("unsign'd"))}, "b", false},
		{"a list beyond measure", putSetting{"crl/1", append(make([]byte, maxSetting), "signed"...)}, "mallory", false},
		{"no list", putSetting{"crl/1", nil}, "mallory", false},
		{"a certificate", putCertificate{[]byte("issued x")}, "mallory", true},
		{"a forged certificate", putCertificate{[]byte("x")}, "mallory", false},
		{"a large certificate", putCertificate{large}, "mallory", false},
		{"forget certificates", forgetCertificates{[][]byte{gone[:]}}, "mallory", false},
		{"forget certificates, of a voter", forgetCertificates{[][]byte{gone[:]}}, "b", false},
		{"drain, of a voter", putSetting{"drain/a", []byte("{}")}, "b", true},
		{"plan, of a voter", putPlan{"ward", 0, []flow.Placement{{Actor: "ward:sum", Node: "a"}, {Actor: "ward:log", Node: "mallory"}}}, "b", true},
	} {
		t.Run(tt.what, func(t *testing.T) {
			body, err := encodeCommand(tt.c)
			if err != nil {
				t.Fatal(err)
			}
			answer := c.ports[c.leader()].Answerer("register.apply")
			b, err := answer(within(t), agreetest.Identity(tt.peer), body)
			if err != nil {
				t.Fatal(err)
			}
			if ok := len(b) > 0 && b[0] == 0; ok != tt.ok {
				t.Errorf("agreed = %v, want %v: %s", ok, tt.ok, b)
			}
		})
	}
	if err := c.nodes["a"].Sync(within(t)); err != nil {
		t.Fatal(err)
	}
	v := c.nodes["a"].View()
	if p := v.Placements["ward:sum"]; p.Node != "a" || p.Epoch != 0 {
		t.Errorf("placement = %+v, want it as it was", p)
	}
	if !bytes.Equal(v.Settings["crl/1"], signed(2)) || v.Settings["away/a"] != nil || v.Certificates != 1 {
		t.Errorf("settings = %q, %d certificates", v.Settings, v.Certificates)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(events) == 0 || !strings.HasSuffix(events[0].Who, "/node/mallory") || !events[0].Proven || events[0].Kind != flow.AuditRegister {
		t.Errorf("on record: %+v, want mallory's tries", events)
	}
	if !slices.ContainsFunc(events, func(e flow.AuditEvent) bool {
		return e.What == "a claim of actors" && strings.Contains(e.Why, "ward:sum")
	}) {
		t.Errorf("on record: %+v, want mallory's claim of ward:sum", events)
	}
}

// An error of a node without a vote names the voters, who can be asked.
func TestRefusalNamesVoters(t *testing.T) {
	c := newCluster(t, "a")
	c.tune = func(cfg *Config) { cfg.Audit = func(flow.AuditEvent) {} }
	c.start("a")
	c.leader()
	home := c.start("home")
	_, err := home.PutApp(within(t), ward("source"))
	if refused := new(agree.RefusedError); !errors.As(err, &refused) || !strings.HasSuffix(err.Error(), "ask for: a") {
		t.Errorf("PutApp = %v, want a refusal that names a", err)
	}
}

// Parts of commits that are never finished find an end.
func TestPartsAreBounded(t *testing.T) {
	s := newState()
	r := &Register{machine: &machine{board: newBoard(), state: s}}
	part := commitPart{Node: "mallory", Parts: 100, Bytes: make([]byte, maxEntry)}
	for seq := uint64(1); ; seq++ {
		part.Seq = seq / 60
		part.Part = int(seq % 60)
		if err := r.roomFor(part); err != nil {
			if sum := int(seq) * maxEntry; sum < maxLaidBytes/2 {
				t.Errorf("refused after %d bytes: %v", sum, err)
			}
			break
		}
		if s.commitPart(part); seq > 1000 {
			t.Fatal("parts are taken without end")
		}
	}
	if err := r.roomFor(commitPart{Node: "honest", Parts: 2, Bytes: make([]byte, maxEntry)}); err != nil {
		t.Errorf("another node has no room: %v", err)
	}
}

// A setting whose number rises keeps the newest value, in whatever order they
// come, and is never taken away.
func TestRising(t *testing.T) {
	m := NewMachine()
	put := func(index uint64, value []byte) error {
		b, err := PutSettingCommand("crl/1", value)
		if err != nil {
			t.Fatal(err)
		}
		a, err := ReadAnswer(m.Apply(index, b))
		if err != nil {
			t.Fatal(err)
		}
		return a.Err
	}
	for i, n := range []uint64{2, 3, 1, 3, 2, 5, 4} {
		if err := put(uint64(i+1), RisingValue(n, fmt.Append(nil, "list ", n, " of ", i))); err != nil {
			t.Error(err)
		}
	}
	if put(10, nil) == nil || put(11, []byte("short")) == nil {
		t.Error("a list was taken away, or put without a number")
	}
	n, body, err := ReadRising(m.View().Settings["crl/1"])
	if n != 5 || string(body) != "list 5 of 5" || err != nil {
		t.Errorf("the newest = %d %q, %v, want list 5 of 5", n, body, err)
	}
	if _, _, err := ReadRising(nil); err == nil {
		t.Error("no value has a number")
	}
}

// A command of a stranger is refused or read, whatever it is; what is read and
// may not be sent changes nothing.
func FuzzMay(f *testing.F) {
	for _, c := range []command{syncUp{}, claim{Actor: "a:b", Node: "n"}, putSetting{"k", nil}, once{1, removeApp{"a"}}, commitPart{"n", 1, 0, 1, nil}, putBlock{Block{Body: []byte{1}}}} {
		b, err := encodeCommand(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	c := newCluster(f, "a")
	c.tune = func(cfg *Config) { cfg.Audit, cfg.Own = func(flow.AuditEvent) {}, nil }
	r := c.start("a")
	f.Fuzz(func(t *testing.T, b []byte) {
		before := r.View().Index
		err := r.may(agreetest.Identity("mallory"), b)
		if c, bad := decodeCommand(b); bad == nil && err == nil {
			if k := c.kind(); k == kindPutApp || k == kindRemoveApp || k == kindPutPlan || k == kindPutAppPlan || k == kindPutPlanAt || k == kindPutSetting || k == kindPutBlock {
				t.Errorf("command of kind %d of a node without a vote is let through: %x", k, b)
			}
		}
		if r.View().Index != before {
			t.Error("judging changed something")
		}
	})
}

// What a voter answers to a node without log is read or refused.
func FuzzViewAnswer(f *testing.F) {
	v := &View{Index: 3, Settings: map[string][]byte{"k": []byte("v")}}
	packed, err := packView(v)
	if err != nil {
		f.Fatal(err)
	}
	b, err := json.Marshal(viewAnswer{packed, 3, 0, len(packed)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"view":"AAAA","index":1,"offset":-1,"size":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var a viewAnswer
		if json.Unmarshal(b, &a) != nil {
			return
		}
		var ft fetch
		if _, err := ft.take(a); err == nil && len(ft.bytes) > len(b) {
			t.Errorf("%d bytes kept of an answer of %d", len(ft.bytes), len(b))
		}
	})
}

// An offset beyond any View is answered with the View's beginning.
func TestViewAskOfNonsense(t *testing.T) {
	c := newCluster(t, "a")
	r := c.start("a")
	deploy(t, r, map[flow.ActorID]flow.NodeID{"ward:sum": "a"})
	index := r.View().Index
	for _, offset := range []uint64{1 << 63, 1<<64 - 1, 1 << 40} {
		for range 2 { // packed, then found
			b, err := r.answerView(within(t), agreetest.Identity("mallory"), binary.AppendUvarint(binary.AppendUvarint(binary.AppendUvarint(nil, 0), index), offset))
			var a viewAnswer
			if err != nil || json.Unmarshal(b, &a) != nil || a.Offset != 0 || a.Index != index {
				t.Errorf("offset %d: %.80s, %v", offset, b, err)
			}
		}
	}
}
