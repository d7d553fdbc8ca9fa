package rule

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Slopes and agreements, judged by what they say, exactly as their contracts
// do: for rules that are not on a chain yet, and to say in words what the
// contract of one that is has found.

func (s *Slope) hold(f *facts) flow.Reason { return flow.Accepted }

func (a *Agreement) hold(f *facts) flow.Reason { return flow.Accepted }

func (s *Slope) clause(why flow.Reason, f *facts) string { return fmt.Sprint(why) }

func (a *Agreement) clause(why flow.Reason, f *facts) string { return fmt.Sprint(why) }
