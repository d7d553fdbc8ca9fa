package mqtt

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/time/rate"

	device "github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A topic that looks like somebody's name proves nothing.
func TestTopicProvesNothing(t *testing.T) {
	var events []flow.AuditEvent
	f := &Follower{told: rate.NewLimiter(rate.Inf, 1), cfg: FollowConfig{Audit: func(e flow.AuditEvent) { events = append(events, e) }}}
	f.sort([]device.Message{{Topic: "spiffe://h1.health.example/node/a", Payload: []byte("x")}})
	if len(events) != 1 || events[0].Proven || events[0].Who != "spiffe://h1.health.example/node/a" {
		t.Errorf("events %+v, want one with the topic, unproven", events)
	}
}

// A sealed reading of a device that may not come here is not taken.
func TestFollowAllows(t *testing.T) {
	h := pkitest.New(t)
	monitor := h.Device(monitorURN, group)
	f := &Follower{known: newKnown(h.Verifier()), cfg: FollowConfig{Verifier: h.Verifier(), Core: &knows{from: monitor}}}
	s, err := proof.SealReading(monitor, &flow.Reading{Device: monitor.ID.EPC, Stream: "hr", Seq: 1, Kind: "8867-4", Unit: "/min", At: time.Now(), Scale: 1_000_000, Samples: []int64{72}})
	if err != nil {
		t.Fatal(err)
	}
	item, _, err := proof.SealedItem(s.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.signer(item); err != nil {
		t.Fatal(err)
	}
	not := errors.New("not of this hospital")
	f.cfg.Allow = func(id flow.Identity) error { return not }
	if _, err := f.signer(item); !errors.Is(err, not) {
		t.Errorf("a device that may not come: %v, want %v", err, not)
	}
}

// knows is a core that knows who has sealed everything.
type knows struct {
	Sealing
	from flow.Signer
}

func (k *knows) Signer(ingest.Item) (ingest.Sender, error) { return ingest.Sender{ID: k.from.ID}, nil }
