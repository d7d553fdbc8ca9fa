package policy_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/policy"
)

func TestDeedsInWords(t *testing.T) {
	for want, d := range map[string]policy.Deed{
		"read the audit record":   {Do: policy.ActionAudit},
		"change the policy":       {Do: policy.ActionPolicy},
		"deploy application ward": {Do: policy.ActionDeploy, App: "ward"},
		"drain node bedside":      {Do: policy.ActionDrain, Node: "bedside"},
	} {
		if got := d.String(); got != want {
			t.Errorf("%+v is %q, want %q", d, got, want)
		}
	}
}
