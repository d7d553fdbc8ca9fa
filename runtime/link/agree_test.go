package link_test

import (
	"errors"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// An old activation is told that it is old, one that is not known yet to try
// again, and whoever says something else is refused for good.
func TestTermsAgree(t *testing.T) {
	known := link.Terms{Link: "w:a.out > w:b.in", Life: 7, From: link.End{Actor: "w:a", Node: "bedside", Epoch: 3}, To: link.End{Actor: "w:b", Node: "desk", Epoch: 5}}
	if err := known.Agree(known); err != nil {
		t.Errorf("the same terms: %v", err)
	}
	for _, tt := range []struct {
		name   string
		differ func(*link.Terms)
		want   error // nil: any that is neither of the two
	}{
		{"an old sender", func(s *link.Terms) { s.From.Epoch = 2 }, flow.ErrStale},
		{"an old receiver is meant", func(s *link.Terms) { s.To.Epoch = 4 }, flow.ErrStale},
		{"an old sender on another node", func(s *link.Terms) { s.From.Epoch, s.From.Node = 2, "records" }, flow.ErrStale},
		{"a newer sender", func(s *link.Terms) { s.From.Epoch = 4 }, flow.ErrLater},
		{"a newer receiver on another node", func(s *link.Terms) { s.To.Epoch, s.To.Node = 6, "records" }, flow.ErrLater},
		{"an earlier link of the name", func(s *link.Terms) { s.Life = 6 }, flow.ErrStale},
		{"a later link of the name", func(s *link.Terms) { s.Life = 8 }, flow.ErrLater},
		{"a later link of the name, from an old sender", func(s *link.Terms) { s.Life, s.From.Epoch = 8, 2 }, flow.ErrLater},
		{"the sender is elsewhere", func(s *link.Terms) { s.From.Node = "records" }, nil},
		{"the receiver is elsewhere", func(s *link.Terms) { s.To.Node = "records" }, nil},
		{"another link", func(s *link.Terms) { s.Link = "w:a.out > w:b.other" }, nil},
		{"another actor", func(s *link.Terms) { s.From.Actor = "w:c" }, nil},
	} {
		said := known
		tt.differ(&said)
		err := said.Agree(known)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) ||
			tt.want == nil && (errors.Is(err, flow.ErrStale) || errors.Is(err, flow.ErrLater)) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
