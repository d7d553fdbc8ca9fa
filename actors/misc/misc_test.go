package misc_test

import (
	"testing"

	. "github.com/wardflow/wardflow/actors/casetest"
	"github.com/wardflow/wardflow/actors/misc"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestExplicitStateExample(t *testing.T) {
	Run(t, misc.ExplicitStateExample(), []Case{
		{Name: "text", In: Ports{"token": {"a", "b", 1, nil, flow.EOS}}, Out: Ports{"token": {"((( a )))", "((( b )))", "((( 1 )))", "((( None )))"}}, Letters: []string{"no action takes exception tokens"}},
	})
}
