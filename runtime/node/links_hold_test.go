package node_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	linking "github.com/wardflow/wardflow/runtime/link"
)

// A link that is up may stay as long as its application has it, its actors are
// where its terms say, and the policy lets its two ends speak; a node that was
// told that the sender is elsewhere does not wait to be asked.
func TestWhichLinksMayStay(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	c.types = talking()
	const epc = "urn:epc:id:giai:0614141.5678"
	device := c.h.Device(epc, "h1/3/icu-1/ecg")
	c.save(filepath.Join("a", "identities", "monitor"), device)
	c.save(filepath.Join("b", "identities", "bed-1"), c.h.Collector("bed-1", "h1/3/icu-1/collector"))
	c.startAll()
	c.deploy("a", "app", oneBed)
	s := c.until("b", "both ends run and tokens flow", func(s *control.Snapshot) bool {
		return link(s, "app:d.reading").Tokens == 5 && actorAt(s, "app:c").State == control.Running
	})
	epoch := map[flow.ActorID]uint64{}
	for _, a := range s.Actors {
		epoch[a.ID] = a.Epoch
	}
	good := linking.Terms{Link: "app:d.reading > app:c.reading", Life: c.nodes["b"].Life("app:d.reading > app:c.reading"),
		From: linking.End{Actor: "app:d", Node: "a", Epoch: epoch["app:d"]},
		To:   linking.End{Actor: "app:c", Node: "b", Epoch: epoch["app:c"]}}
	for _, tt := range []struct {
		name string
		with func(*linking.Terms)
		peer flow.Identity
		want error // nil and deny false: it may
		deny bool
	}{
		{"as it is", func(*linking.Terms) {}, device.ID, nil, false},
		{"a sender of before", func(t *linking.Terms) { t.From.Epoch-- }, device.ID, flow.ErrStale, false},
		{"a receiver of before", func(t *linking.Terms) { t.To.Epoch-- }, device.ID, flow.ErrStale, false},
		{"a sender elsewhere", func(t *linking.Terms) { t.From.Node = "c" }, device.ID, flow.ErrStale, false},
		{"another life", func(t *linking.Terms) { t.Life++ }, device.ID, flow.ErrLater, false},
		{"a link that is no more", func(t *linking.Terms) { t.Link = "app:d.reading > app:c.other" }, device.ID, flow.ErrLater, false},
		{"a device of another room", func(*linking.Terms) {}, c.h.Device("urn:epc:id:giai:0614141.42", "h1/2/icu-9/ecg").ID, nil, true},
		{"a person", func(*linking.Terms) {}, c.h.Staff("dr-who").ID, nil, true},
	} {
		terms := good
		tt.with(&terms)
		err := c.nodes["b"].LinkHolds(terms, tt.peer)
		passes := errors.Is(err, flow.ErrStale) || errors.Is(err, flow.ErrLater)
		switch {
		case tt.want != nil && !errors.Is(err, tt.want), tt.deny && (err == nil || passes), tt.want == nil && !tt.deny && err != nil:
			t.Errorf("%s: %v, want %v (or a refusal: %v)", tt.name, err, tt.want, tt.deny)
		}
	}
}
