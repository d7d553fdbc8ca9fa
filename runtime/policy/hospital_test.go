package policy_test

import (
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
)

// What comes from another hospital is let in by no built-in rule, and by a rule
// of the hospital's own that says so.
func TestLinksWithinOneHospital(t *testing.T) {
	away := func(a policy.Actor) policy.Actor {
		a.Who.URI = strings.Replace(a.Who.URI, "h1.", "h2.", 1)
		return a
	}
	p := mustNew(t, "")
	for name, l := range map[string]policy.Link{
		"device to collector": {From: away(ecg), To: collector},
		"collector to check":  {From: away(collector), To: check},
		"check to storage":    {From: away(check), To: storing},
		"actor to actor":      {From: away(sum), To: check},
	} {
		if d := p.Link(l); d.Allowed || !strings.Contains(d.Why(), "hospital") {
			t.Errorf("%s of another hospital: %v, %s", name, d.Allowed, d.Why())
		}
		if d := p.Foresee(l); !d.Allowed {
			t.Errorf("%s by the script, which says no hospital: %s", name, d.Why())
		}
	}
	own := mustNew(t, `@id("guests") @says("monitors on loan may speak")
permit (principal is Actor, action == Action::"link", resource is Actor)
when { principal.role == "device" && resource.role == "collector" && principal.hospital == "h2.health.example" };`)
	if d := own.Link(policy.Link{From: away(ecg), To: collector}); !d.Allowed {
		t.Errorf("a device that a rule lets in: %s", d.Why())
	}
}

// Refused readings are for whom a rule names: neither for viewers nor for all staff.
func TestRefusalsAreNotForAll(t *testing.T) {
	p, deed := mustNew(t, ""), policy.Deed{Do: policy.ActionRefusals}
	ann := flow.Identity{Role: flow.RoleStaff, Name: "ann", URI: "spiffe://people.h1.health.example/staff/ann"}
	for _, who := range []flow.Identity{ann, {Role: policy.RoleViewer}} {
		if p.May(who, deed).Allowed {
			t.Errorf("a %s may see refused readings", who.Role)
		}
	}
	if d := mustNew(t, `permit (principal == Staff::"ann", action == Action::"refusals", resource);`).May(ann, deed); !d.Allowed {
		t.Errorf("ann, whom a rule names, may not: %s", d.Why())
	}
}
