package policy_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
)

// What tokens hold is seen by whom the hospital's own rules name, for the
// applications that they name, and by nobody who came by a one-time link,
// whatever the hospital permits.
func TestWhoTaps(t *testing.T) {
	nurse := flow.Identity{URI: "spiffe://people.h1.health.example/staff/nurse", Role: flow.RoleStaff, Name: "nurse"}
	viewer := flow.Identity{Role: policy.RoleViewer}
	own := mustNew(t, `permit (principal, action == Action::"tap", resource is App) when { resource.name == "ward" };`)
	ward := policy.Deed{Do: policy.ActionTap, Actor: "ward:bed1:collector"}
	for _, tt := range []struct {
		name string
		p    *policy.Policy
		who  flow.Identity
		deed policy.Deed
		may  bool
	}{
		{"staff by the built-in rules", mustNew(t, ""), nurse, ward, false},
		{"staff by a rule", own, nurse, ward, true},
		{"another application", own, nurse, policy.Deed{Do: policy.ActionTap, Actor: "night:a"}, false},
		{"of whom takes a rule of its own", own, nurse, policy.Deed{Do: policy.ActionPatients, Actor: "ward:bed1:collector"}, false},
		{"a viewer, for whom a rule is", own, viewer, ward, false},
	} {
		if d := tt.p.May(tt.who, tt.deed); d.Allowed != tt.may {
			t.Errorf("%s: allowed %v: %s", tt.name, d.Allowed, d.Why())
		}
	}
}

func TestDeedsInWords(t *testing.T) {
	for want, d := range map[string]policy.Deed{
		"read the audit record":                             {Do: policy.ActionAudit},
		"change the policy":                                 {Do: policy.ActionPolicy},
		"deploy application ward":                           {Do: policy.ActionDeploy, App: "ward"},
		"drain node bedside":                                {Do: policy.ActionDrain, Node: "bedside"},
		"tap ward:bed1:collector":                           {Do: policy.ActionTap, Actor: "ward:bed1:collector"},
		"see of whom the tokens of ward:bed1:collector are": {Do: policy.ActionPatients, Actor: "ward:bed1:collector"},
	} {
		if got := d.String(); got != want {
			t.Errorf("%+v is %q, want %q", d, got, want)
		}
	}
}
