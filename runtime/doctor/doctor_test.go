package doctor_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/doctor"
	"github.com/wardflow/wardflow/runtime/flow"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const ms = time.Millisecond

// What is decided of each look, from the best to the worst.
func TestDecisions(t *testing.T) {
	late := fmt.Errorf("handshake: %w", errors.New("i/o timeout"))
	for _, tt := range []struct {
		name string
		got  doctor.Finding
		want doctor.State
		says string // in Found or Mend
	}{
		{"a good file", doctor.Config("node.yaml", nil), doctor.Good, ""},
		{"no file", doctor.Config("node.yaml", fmt.Errorf("read: %w", fs.ErrNotExist)), doctor.Bad, "wardflow init"},
		{"a broken file", doctor.Config("node.yaml", errors.New("node.yaml:3: unknown key dor")), doctor.Bad, "unknown key dor"},

		{"a free port", doctor.Ports([]doctor.Port{{Key: "door", Addr: ":7400"}})[0], doctor.Good, "free"},
		{"our port", doctor.Ports([]doctor.Port{{Key: "door", Addr: ":7400", Err: errors.New("in use"), Ours: true}})[0], doctor.Good, "this node"},
		{"a taken port", doctor.Ports([]doctor.Port{{Key: "door", Addr: ":7400", Err: errors.New("address already in use")}})[0], doctor.Bad, "ss -ltnp"},

		{"a key of its own", doctor.KeyMode("key.pem", 0o600), doctor.Good, ""},
		{"a key of a group", doctor.KeyMode("key.pem", 0o640), doctor.Bad, "chmod 600 key.pem"},
		{"trust that all read", doctor.TrustMode("trust.pem", 0o644), doctor.Good, ""},
		{"trust that all write", doctor.TrustMode("trust.pem", 0o666), doctor.Bad, "chmod go-w trust.pem"},

		{"an SSD", doctor.Sync("data", times(900*time.Microsecond)), doctor.Good, "900µs"},
		{"a slow disk", doctor.Sync("data", times(30*ms)), doctor.Warning, "disk of its own"},
		{"a disk that hangs", doctor.Sync("data", times(time.Second)), doctor.Bad, "the register"},
		{"one slow sync of a hundred", doctor.Sync("data", append(times(ms), time.Second)), doctor.Good, ""},
		{"some slow syncs of a hundred", doctor.Sync("data", append(times(ms), time.Second, time.Second, time.Second)), doctor.Warning, ""},
		{"no disk", doctor.Sync("data", nil), doctor.Skipped, ""},

		{"room", doctor.Room("a", 300e9, 640e9), doctor.Good, "300 GB of 640 GB"},
		{"little room", doctor.Room("a", 1<<30, 64<<30), doctor.Warning, ""},
		{"no room", doctor.Room("a", 100<<20, 64<<30), doctor.Bad, "make room"},
		{"room, not known", doctor.Room("a", 0, 0), doctor.Skipped, ""},

		{"many files", doctor.Files("a", 60, 65536), doctor.Good, ""},
		{"no bound of files", doctor.Files("a", 60, 0), doctor.Good, ""},
		{"few files", doctor.Files("a", 60, 1024), doctor.Warning, "LimitNOFILE"},
		{"all files", doctor.Files("a", 1000, 1024), doctor.Bad, "LimitNOFILE"},

		{"memory", doctor.Memory("a", 1e9, 8<<30), doctor.Good, "1.0 GB of 8.6 GB"},
		{"little memory", doctor.Memory("a", 75<<30, 80<<30), doctor.Warning, ""},
		{"no memory", doctor.Memory("a", 79<<30, 80<<30), doctor.Bad, ""},

		{"clocks alike", doctor.Skew("a", 3*ms, ms), doctor.Good, "3ms ahead"},
		{"a clock behind", doctor.Skew("a", -400*ms, ms), doctor.Warning, "400ms behind"},
		{"a clock that is wrong", doctor.Skew("a", time.Minute, ms), doctor.Bad, "timedatectl"},
		{"a clock seen from far away", doctor.Skew("a", 300*ms, 400*ms), doctor.Good, ""},

		{"a door", doctor.Reached([]doctor.Reach{{Node: "b", Addr: "b:7400", Asked: true, RTT: ms}})[0], doctor.Good, "1ms"},
		{"nobody there", doctor.Reached([]doctor.Reach{{Addr: "b:7400", TCP: errors.New("connection refused")}})[0], doctor.Bad, "firewall"},
		{"lost packets", doctor.Reached([]doctor.Reach{{Addr: "b:7400", TLS: late, Hung: true}})[0], doctor.Bad, "MTU"},
		{"a stranger", doctor.Reached([]doctor.Reach{{Addr: "b:7400", TLS: errors.New("not of the trust domain")}})[0], doctor.Bad, "wardflow cert list"},
		{"a silent door", doctor.Reached([]doctor.Reach{{Addr: "b:7400", Silent: errors.New("nobody answers")}})[0], doctor.Warning, "nobody answers"},

		{"the chain", doctor.Chain(&control.ChainState{Ready: true, Head: 8, Age: 1})[0], doctor.Good, "block 8"},
		{"an old chain", doctor.Chain(&control.ChainState{Ready: true, Age: 30})[0], doctor.Warning, "30s"},
		{"a stale chain", doctor.Chain(&control.ChainState{Ready: true, Age: 300})[0], doctor.Bad, "5m"},
		{"no rules", doctor.Chain(&control.ChainState{Why: "the chain does not answer"})[0], doctor.Bad, "readings wait: the chain does not answer"},
		{"a pause", doctor.Chain(&control.ChainState{Ready: true, Judging: &control.Judging{Paused: true, Native: true}})[1], doctor.Warning, "wardflow rule unpause"},
		{"a contract that disagrees", doctor.Chain(&control.ChainState{Ready: true, Judging: &control.Judging{Disagreed: 2}})[1], doctor.Bad, "2 verdicts disagreed"},
		{"anchors", doctor.Checks(control.ChecksState{Size: 5, Anchored: 5}), doctor.Good, "5 checks"},
		{"no anchors", doctor.Checks(control.ChecksState{Size: 5, Anchored: 2, Problem: "nobody pays"}), doctor.Bad, "3 checks are not on the chain: nobody pays"},
	} {
		if tt.got.State != tt.want || !strings.Contains(tt.got.Found+" "+tt.got.Mend, tt.says) {
			t.Errorf("%s: %+v, want it %s and to say %q", tt.name, tt.got, tt.want, tt.says)
		}
		if needs := tt.got.State == doctor.Bad || tt.got.State == doctor.Warning; needs != (tt.got.Mend != "") {
			t.Errorf("%s is %s, and how to mend it is %q", tt.name, tt.got.State, tt.got.Mend)
		}
	}
}

func times(d time.Duration) []time.Duration {
	var all []time.Duration
	for range 100 {
		all = append(all, d)
	}
	return all
}

// The life of a certificate, as its judge sees it: a third that is left is a
// warning where the node renews it, since half would have been the time.
func TestCertificates(t *testing.T) {
	for _, tt := range []struct {
		name   string
		left   time.Duration // of 30 days
		renews bool
		failed string
		want   doctor.State
	}{
		{"fresh", 29 * 24 * time.Hour, true, "", doctor.Good},
		{"half of its life", 14 * 24 * time.Hour, true, "", doctor.Good},
		{"half of its life, and not renewed", 14 * 24 * time.Hour, true, "the CA does not answer", doctor.Warning},
		{"a third of its life", 9 * 24 * time.Hour, true, "", doctor.Warning},
		{"a third of its life, renewed by hand", 9 * 24 * time.Hour, false, "", doctor.Warning},
		{"over", -time.Hour, true, "", doctor.Bad},
		{"from the future", 31 * 24 * time.Hour, true, "", doctor.Bad},
	} {
		until := now.Add(tt.left)
		c := control.Certificate{Nodes: []flow.NodeID{"a"}, Use: control.UseNode, Name: "a", From: until.Add(-30 * 24 * time.Hour), Until: until, Failed: tt.failed}
		if tt.renews {
			c.Renews = c.From.Add(15 * 24 * time.Hour)
		}
		c.Judge(now)
		got := doctor.Certificates([]control.Certificate{c})
		if len(got) != 1 || got[0].State != tt.want || (tt.want != doctor.Good) != (got[0].Mend != "") {
			t.Errorf("%s: %+v, want one that is %s", tt.name, got, tt.want)
		}
	}
}

// A ward in which all is well has nothing that is bad; one with troubles has each
// of them, and no two findings are alike.
func TestClusterOfAWard(t *testing.T) {
	w := controltest.New(func() time.Time { return controltest.Begin })
	look := func() []doctor.Finding {
		s, err := w.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return doctor.Cluster(s, nil)
	}
	for _, f := range look() {
		if f.State == doctor.Bad {
			t.Errorf("all is well, but %+v", f)
		}
	}
	s, err := w.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.Down("bedside", "no answer for 5s")
	w.Refuse(s.Links[0].ID, "its certificate has expired")
	got := look()
	for _, want := range []struct{ check, about string }{{"node", "bedside"}, {"link", string(s.Links[0].ID)}} {
		ok := false
		for _, f := range got {
			ok = ok || f.Check == want.check && f.About == want.about && f.State == doctor.Bad
		}
		if !ok {
			t.Errorf("nothing is bad about %s %s in %+v", want.check, want.about, got)
		}
	}
	for _, f := range got {
		// That bedside is down is said once, and not by all who would talk to it.
		if f.Check == "reach" && strings.Contains(f.About, "bedside") {
			t.Errorf("%+v, and bedside is down", f)
		}
	}
}

func TestReported(t *testing.T) {
	r := doctor.Reported("v1", []doctor.Finding{{Check: "b", About: "1", State: doctor.Bad}, {Check: "a", State: doctor.Warning}, {Check: "b", About: "2"}})
	if r.Bad != 1 || r.Warnings != 1 || r.Items[1].About != "2" || r.Sentence() != "1 thing is wrong, and 1 warning" {
		t.Errorf("%+v: %s", r, r.Sentence())
	}
	if r := doctor.Reported("v1", nil); r.Items == nil || r.Sentence() != "nothing is wrong" {
		t.Errorf("%+v: %s", r, r.Sentence())
	}
}
