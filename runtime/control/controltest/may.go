package controltest

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// May lets staff do everything, and viewers look; nobody else may do anything.
func May(who control.Caller, a control.Ask) error {
	if who.Role == flow.RoleStaff || who.Role == control.RoleViewer && a.Do == "see" {
		return nil
	}
	return fmt.Errorf("%w: a %s may not %s", control.ErrDenied, who.Role, a.Do)
}
