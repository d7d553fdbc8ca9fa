package policy_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
)

func mustNew(t testing.TB, own string) *policy.Policy {
	t.Helper()
	p, err := policy.New(own)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// actor is one whose certificate is of a role, in a group.
func actor(name, typ string, role flow.Role, group string) policy.Actor {
	return policy.Actor{ID: flow.ActorID("ward:" + name), Type: typ, Node: "bedside",
		Who: flow.Identity{URI: fmt.Sprintf("spiffe://h1.health.example/%s/%s", role, name), Role: role, Name: name, Group: group}}
}

var (
	ecg       = actor("ecg", "sensor.Player", flow.RoleDevice, "h1/3/icu-3/ecg")
	ecgAway   = actor("ecg9", "sensor.Player", flow.RoleDevice, "h1/2/icu-9/ecg")
	collector = actor("bed1", "ward.Collector", flow.RoleCollector, "h1/3/icu-3/collector")
	check     = actor("check", "ward.RuleCheck", flow.RoleNode, "h1/3/icu-3/node")
	sum       = actor("sum", "std.Sum", flow.RoleNode, "")
	storing   = actor("records", "ward.Store", flow.RoleStorage, "")
	nurse     = actor("nurse", "std.Sum", flow.RoleStaff, "")
	patient   = actor("p-1", "std.Sum", flow.RolePatient, "")
)

// spoolOf is an actor's spool: it speaks with the same certificate.
func spoolOf(a policy.Actor) policy.Actor {
	a.ID += "~out~7f3a91"
	a.Spool = true
	return a
}

// What the built-in rules let through, and what they say of the rest, both when
// both certificates are known and by the script alone.
func TestBuiltInLinks(t *testing.T) {
	p := mustNew(t, "")
	for _, tt := range []struct {
		name     string
		from, to policy.Actor
		ownSpool bool
		refuse   string // in the reason; "": it may
		foreseen bool   // refused by the script alone
	}{
		{"device to the collector of its room", ecg, collector, false, "", false},
		{"device to another room", ecgAway, collector, false, `principal.place is "h1/2/icu-9", resource.place is "h1/3/icu-3"`, false},
		{"device to itself", ecg, actor("ecg", "sensor.Player", flow.RoleDevice, "h1/3/icu-3/ecg"), false, "", false},
		{"device to its spool", ecg, spoolOf(ecg), true, "", false},
		{"device's spool to the collector", spoolOf(ecg), collector, false, "", false},
		{"device to another device", ecg, ecgAway, false, "a device takes no tokens", false},
		{"device to storage", ecg, storing, false, "a device may speak to a collector only: put a ward.Collector between", true},
		{"device to a rule check", ecg, check, false, "a device may speak to a collector only", true},
		{"device to an actor", ecg, sum, false, "put a ward.Collector between", true},
		{"collector to a rule check", collector, check, false, "", false},
		{"collector's spool to a rule check", spoolOf(collector), check, false, "", false},
		{"collector to storage", collector, storing, false, "past the rules: put a ward.RuleCheck between", true},
		{"collector to an actor", collector, sum, false, `resource.type is "std.Sum": put a ward.RuleCheck between`, true},
		{"intake to its collector", actor("bed1", "ward.Intake", flow.RoleCollector, "h1/3/icu-3/collector"), collector, false, "", false},
		{"collector to another", collector, actor("bed2", "ward.Collector", flow.RoleCollector, "h1/3/icu-3/collector"), false, "principal.uri", false},
		{"rule check to storage", check, storing, false, "", false},
		{"rule check's spool to storage", spoolOf(check), storing, false, "", false},
		{"rule check to an actor", check, sum, false, "", false},
		{"actor to actor", sum, check, false, "", false},
		{"actor to storage", sum, storing, false, `principal.type is "std.Sum": put a ward.RuleCheck between`, true},
		{"actor to collector", sum, collector, false, "no rule of the policy permits it", true},
		{"storage to actor", storing, sum, false, "no rule of the policy permits it", true},
		{"anything to a device", check, ecg, false, "a device takes no tokens", true},
		{"a person's certificate", nurse, sum, false, "speaks for no actor", true},
		{"to a person's certificate", sum, patient, false, "speaks for no actor", true},
		{"a device without a room to a collector without", actor("x", "", flow.RoleDevice, ""), actor("y", "", flow.RoleCollector, ""), false, "principal.place", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := policy.Link{From: tt.from, To: tt.to, FromPort: "out", ToPort: "in", OwnSpool: tt.ownSpool}
			for range 2 { // the second is remembered
				d := p.Link(l)
				if d.Allowed != (tt.refuse == "") || tt.refuse != "" && !strings.Contains(d.Why(), tt.refuse) {
					t.Fatalf("Link = %v because %q, want it refused because of %q", d.Allowed, d.Why(), tt.refuse)
				}
			}
			l.From.Who = flow.Identity{Role: tt.from.Who.Role}
			l.To.Who = flow.Identity{Role: tt.to.Who.Role}
			d := p.Foresee(l)
			if d.Allowed == tt.foreseen {
				t.Fatalf("Foresee = %v because %q, want %v", d.Allowed, d.Why(), !tt.foreseen)
			}
			if !d.Allowed && len(d.Why()) < 20 {
				t.Errorf("Foresee says only %q", d.Why())
			}
		})
	}
}

// What is foreseen as refused is refused whatever the certificates say.
func TestForeseeRefusesNothingThatMayBe(t *testing.T) {
	p := mustNew(t, `
@id("own") permit (principal, action == Action::"link", resource) when { principal.room == "icu-3" && resource.type like "std.*" };
@id("not") forbid (principal, action == Action::"link", resource) when { principal.name == "m" || resource.node == "cellar" };`)
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 0))
		l := policy.Link{From: anyActor(rng), To: anyActor(rng), OwnSpool: rng.IntN(4) == 0, FromPort: "a", ToPort: "b"}
		vague := l
		vague.From.Who, vague.To.Who = flow.Identity{Role: l.From.Who.Role}, flow.Identity{Role: l.To.Who.Role}
		if d := p.Link(l); d.Allowed && !p.Foresee(vague).Allowed {
			t.Fatalf("seed %d: %+v may be because %q, but was foreseen as refused because %q", seed, l, d.Why(), p.Foresee(vague).Why())
		}
	}
}

func anyActor(rng *rand.Rand) policy.Actor {
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	a := actor(pick("m", "n"), pick("std.Sum", "ward.RuleCheck", "ward.Store"),
		flow.Role(pick("device", "collector", "storage", "node", "staff", "patient", "")), pick("", "h1/3/icu-3/ecg", "h1/2/icu-9/ecg"))
	a.Node = flow.NodeID(pick("bedside", "cellar"))
	return a
}

// Without a rule that permits nothing may be, one that forbids wins over all,
// and a prohibition that can't be judged holds.
func TestDefaultDenyAndForbidWins(t *testing.T) {
	open := `@id("open") permit (principal, action, resource);`
	builtIn, opened := mustNew(t, ""), mustNew(t, open)
	shut := mustNew(t, open+`@id("shut") forbid (principal, action == Action::"link", resource);`)
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 0))
		l := policy.Link{From: anyActor(rng), To: anyActor(rng)}
		base := builtIn.Link(l)
		if base.Allowed != (len(base.Because) > 0 && permits(builtIn, base.Because)) {
			t.Fatalf("seed %d: %v because of %+v", seed, base.Allowed, base.Because)
		}
		forbidden := len(base.Because) > 0 && !base.Allowed
		if d := opened.Link(l); d.Allowed == forbidden {
			t.Errorf("seed %d: with everything permitted %v, though a built-in rule forbids it: %v", seed, d.Allowed, forbidden)
		}
		if d := shut.Link(l); d.Allowed {
			t.Errorf("seed %d: allowed though it is forbidden", seed)
		}
	}
	broken := mustNew(t, open+`@id("odd") @says("sums are small") forbid (principal is Actor, action == Action::"link", resource) when { 9223372036854775807 + 1 > 0 };`)
	d := broken.Link(policy.Link{From: sum, To: check})
	if d.Allowed || !strings.Contains(d.Why(), "can't be judged") {
		t.Errorf("a prohibition that fails: %v because %q", d.Allowed, d.Why())
	}
	if d := broken.Foresee(policy.Link{From: sum, To: check}); d.Allowed {
		t.Error("a prohibition that fails was foreseen as passable")
	}
}

func permits(p *policy.Policy, because []policy.Because) bool {
	for _, r := range p.Rules() {
		if r.ID == because[0].ID {
			return r.Permits
		}
	}
	return false
}

func TestPeople(t *testing.T) {
	p := mustNew(t, `
@id("pharmacy") @says("Ann may deploy the pharmacy's applications")
permit (principal == Staff::"ann", action in [Action::"deploy", Action::"stop"], resource is App) when { resource.name like "pharmacy*" };
@id("technicians") permit (principal, action in Action::"operate", resource) when { principal is Staff && principal.name like "tech-*" };
@id("not-the-store") @says("nobody drains the node of records") forbid (principal, action in [Action::"drain", Action::"leave"], resource == Node::"records");
`)
	staff := func(name string) flow.Identity {
		return flow.Identity{Role: flow.RoleStaff, Name: name, URI: "spiffe://people.h1/staff/" + name}
	}
	for _, tt := range []struct {
		who  flow.Identity
		deed policy.Deed
		may  bool
		why  string
	}{
		{staff("bo"), policy.Deed{Do: policy.ActionSee}, true, ""},
		{staff("bo"), policy.Deed{Do: policy.ActionCheck, App: "x"}, true, ""},
		{staff("bo"), policy.Deed{Do: policy.ActionDeploy, App: "pharmacy"}, false, `Staff::"ann"`},
		{staff("bo"), policy.Deed{Do: policy.ActionPolicy}, false, "no rule"},
		{staff("ann"), policy.Deed{Do: policy.ActionDeploy, App: "pharmacy-2"}, true, "Ann may deploy"},
		{staff("ann"), policy.Deed{Do: policy.ActionDeploy, App: "ward"}, false, `resource.name is "ward"`},
		{staff("tech-1"), policy.Deed{Do: policy.ActionMove, Actor: "ward:bed1:check"}, true, ""},
		{staff("tech-1"), policy.Deed{Do: policy.ActionDrain, Node: "ward"}, true, ""},
		{staff("tech-1"), policy.Deed{Do: policy.ActionDrain, Node: "records"}, false, "nobody drains the node of records"},
		{staff("tech-1"), policy.Deed{Do: policy.ActionDeploy, App: "ward"}, false, ""},
		{staff("tech-1"), policy.Deed{Do: "format"}, false, "no action"},
		{flow.Identity{Role: policy.RoleViewer}, policy.Deed{Do: policy.ActionSee}, true, ""},
		{flow.Identity{Role: policy.RoleViewer}, policy.Deed{Do: policy.ActionLogin}, false, ""},
		{flow.Identity{Role: flow.RoleNode, Name: "ward"}, policy.Deed{Do: policy.ActionSee}, false, "a node asks nothing"},
		{flow.Identity{Role: flow.RoleDevice, Name: "ann"}, policy.Deed{Do: policy.ActionDeploy, App: "pharmacy"}, false, ""},
		{flow.Identity{}, policy.Deed{Do: policy.ActionSee}, false, "a stranger"},
	} {
		if d := p.May(tt.who, tt.deed); d.Allowed != tt.may || !strings.Contains(d.Why(), tt.why) {
			t.Errorf("%s %q: %s: %v because %q; want %v because of %q", tt.who.Role, tt.who.Name, tt.deed, d.Allowed, d.Why(), tt.may, tt.why)
		}
	}
}

// A text that does not read says where and what to write.
func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no end", "permit (principal, action, resource)", "1:"},
		{"a misspelt word", "\n\nallow (principal, action, resource);", "3:7: "},
		{"a stray sign", "permit (principal, action, resource)\n  when { § };", "2:"},
		{"an attribute that is not there", `permit (principal is Actor, action == Action::"link", resource) when { principal.rooom == "x" };`, "1:1: "},
		{"an action that is not there", "\npermit (principal, action == Action::\"lnik\", resource);", "2:1: "},
		{"an entity type that is not there", `permit (principal is Robot, action, resource);`, "1:1: "},
		{"a name twice", `@id("staff-look") permit (principal, action == Action::"see", resource);`, `"staff-look" is there already`},
		{"too long", strings.Repeat(" ", policy.MaxText+1), "at most 65536"},
		{"too deep", "permit (principal, action, resource) when {" + strings.Repeat("(", 100), "nested deeper"},
		{"too many ifs", "permit (principal, action, resource) when {" + strings.Repeat("if true then true else ", 600) + "true};", `times "if"`},
	} {
		_, err := policy.New(tt.text)
		if at := new(policy.Error); !errors.As(err, &at) || at.Line < 1 || at.Col < 1 || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: New = %v, want an Error with %q", tt.name, err, tt.want)
		}
	}
}

func TestRulesHaveWordsForPeople(t *testing.T) {
	for _, r := range mustNew(t, "").Rules() {
		if r.ID == "" || strings.HasPrefix(r.ID, "rule-") || r.Says == "" || r.Own || r.Line == 0 {
			t.Errorf("built-in rule %+v has no name or says nothing", r)
		}
	}
	own := mustNew(t, `permit (principal, action == Action::"see", resource);`).Rules()
	if last := own[len(own)-1]; !last.Own || last.ID != "rule-1" || !last.Permits {
		t.Errorf("own rule %+v", last)
	}
}

// The same question has the same answer, whichever goroutine asks.
func TestDeterministic(t *testing.T) {
	p, q := mustNew(t, ""), mustNew(t, "")
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		l := policy.Link{From: anyActor(rng), To: anyActor(rng)}
		a, b := p.Link(l), q.Link(l)
		if a.Why() != b.Why() || a.Allowed != b.Allowed || !slices.Equal(a.Because, b.Because) || !slices.Equal(a.Near, b.Near) {
			t.Fatalf("seed %d: %+v and %+v", seed, a, b)
		}
	}
}

// Whatever text is read: it answers, refuses what the built-in rules forbid, and
// does so again from the same text.
func FuzzNew(f *testing.F) {
	f.Add(policy.BuiltIn())
	f.Add(`permit (principal, action, resource);`)
	f.Add(`@id("a") @says("b") forbid (principal in Staff::"x", action in [Action::"see"], resource is App) when { resource.name like "w*" } unless { context.actor == "" };`)
	f.Add(`permit (principal, action, resource) when { if principal has name then principal.name == "a" else [1, {a: decimal("1.0")}].contains(ip("1.2.3.4")) };`)
	f.Add(`permit (principal, action, resource) when { -(-9223372036854775807) * 3 > 1 && !!!true };`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := policy.New(text)
		if err != nil {
			if at := new(policy.Error); !errors.As(err, &at) || at.Line < 1 {
				t.Fatalf("New(%q) = %v, which has no place", text, err)
			}
			return
		}
		link := policy.Link{From: ecg, To: storing}
		if p.Link(link).Allowed || p.Foresee(link).Allowed {
			t.Fatalf("New(%q) lets a device speak to storage", text)
		}
		for _, a := range []policy.Actor{collector, sum} {
			l := policy.Link{From: a, To: check}
			if got := p.Link(l); got.Allowed && !p.Foresee(policy.Link{From: a, To: check}).Allowed {
				t.Fatalf("New(%q): allowed and not foreseen: %s", text, got.Why())
			}
		}
		p.May(flow.Identity{Role: flow.RoleStaff, Name: "x"}, policy.Deed{Do: policy.ActionDeploy, App: "ward"})
	})
}

func ExamplePolicy_Link() {
	p, _ := policy.New("")
	d := p.Link(policy.Link{From: ecg, To: storing})
	fmt.Println(d.Allowed, d.Why())
	// Output: false a device may speak to a collector only: put a ward.Collector between
}

func BenchmarkLink(b *testing.B) {
	p := mustNew(b, "")
	l := policy.Link{From: ecg, To: collector, FromPort: "reading", ToPort: "reading"}
	b.Run("cached", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Link(l)
		}
	})
	b.Run("fresh", func(b *testing.B) {
		b.ReportAllocs()
		ports := make([]string, 10000)
		for i := range ports {
			ports[i] = fmt.Sprint("p", i)
		}
		for i := 0; b.Loop(); i++ {
			l.FromPort = ports[i%len(ports)]
			p.Link(l)
		}
	})
	b.Run("staff", func(b *testing.B) {
		who := flow.Identity{Role: flow.RoleStaff, Name: "ann"}
		for b.Loop() {
			p.May(who, policy.Deed{Do: policy.ActionDeploy, App: "ward"})
		}
	})
}
