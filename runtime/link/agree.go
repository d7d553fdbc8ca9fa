package link

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Agree compares what a sender says with what the receiver's node knows, which
// is from the register. One of the two may have heard less of it than the
// other. A sender that is behind gets [flow.ErrStale], and one that is ahead
// [flow.ErrLater]: it offers again. Anything else refuses the link.
func (said Terms) Agree(known Terms) error {
	switch {
	case said.Link != known.Link || said.From.Actor != known.From.Actor || said.To.Actor != known.To.Actor:
		return fmt.Errorf("link %s is not the one that is known here", said.Link)
	case said.Life < known.Life:
		return fmt.Errorf("link %s has been made anew: %w", said.Link, flow.ErrStale)
	case said.Life > known.Life:
		return fmt.Errorf("link %s has not been made anew here yet: %w", said.Link, flow.ErrLater)
	case said.From.Epoch < known.From.Epoch:
		return fmt.Errorf("actor %s has epoch %d: %w", said.From.Actor, known.From.Epoch, flow.ErrStale)
	case said.To.Epoch < known.To.Epoch:
		return fmt.Errorf("actor %s has epoch %d: %w", said.To.Actor, known.To.Epoch, flow.ErrStale)
	case said.From.Epoch > known.From.Epoch || said.To.Epoch > known.To.Epoch:
		return fmt.Errorf("these epochs are not known here yet: %w", flow.ErrLater)
	case said.From.Node != known.From.Node:
		return fmt.Errorf("actor %s does not run on node %s", said.From.Actor, said.From.Node)
	case said.To.Node != known.To.Node:
		return fmt.Errorf("actor %s does not run on node %s", said.To.Actor, said.To.Node)
	}
	return nil
}
