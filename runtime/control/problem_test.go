package control

import (
	"errors"
	"fmt"
	"testing"
)

// A problem says once of which kind it is, by its type: however many nodes have said
// so as well, people read what is wrong.
func TestProblemsSayTheirKindOnce(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("actor ward:a is not scaled by hand: %w", ErrConflict), "actor ward:a is not scaled by hand"},
		{fmt.Errorf("%w: the node is put out", ErrConflict), "the node is put out"},
		{fmt.Errorf("drive x: %w", fmt.Errorf("%w: no fault %q: %w", ErrInvalid, "y", ErrInvalid)), `drive x: no fault "y"`},
		{ErrConflict, "conflicts with what is there"},
		{fmt.Errorf("%w: both: %w", ErrConflict, errors.New("not what is wanted")), "both: not what is wanted"},
	} {
		p, ok := problemOf(tt.err)
		if !ok || p.Detail != tt.want || !errors.Is(p, ErrConflict) && !errors.Is(p, ErrInvalid) {
			t.Errorf("problem of %q: %q, %v; want %q", tt.err, p.Detail, p.Unwrap(), tt.want)
		}
	}
}
