package timeactors_test

import (
	"testing"

	. "github.com/wardflow/wardflow/actors/casetest"
	timeactors "github.com/wardflow/wardflow/actors/time"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The clock of a case stands at 2026-03-01 08:00:00 UTC.
func TestTime(t *testing.T) {
	Run(t, timeactors.Datetime(), []Case{{Name: "one for each token", In: Ports{"trigger": {true, flow.EOS}}, Letters: []string{"no action takes exception tokens"},
		Out: Ports{"datetime": {Dict{"century": 20, "year": 26, "month": 3, "day": 1, "hour": 8, "minute": 0, "second": 0, "timezone": nil}}}}})
	Run(t, timeactors.Timestamp(), []Case{{Name: "one for each token", In: Ports{"trigger": {true, nil}}, Out: Ports{"timestamp": {1772352000, 1772352000}}}})
}
