package remote

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/wardflow/wardflow/proto/wardflowpb"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

func TestRefusalsKeepTheirReason(t *testing.T) {
	for _, err := range []error{
		fmt.Errorf("x: %w", flow.ErrLater), fmt.Errorf("x: %w", flow.ErrStale), errors.New("never"),
		errors.New(strings.Repeat("ö", 2*whyMost)), errors.New("\xff\xfe"),
	} {
		for way, got := range map[string]error{
			"reply": refusedBy("desk", refusal(err)),
			"entry": readRefuse(appendRefuse(nil, err), "desk"),
		} {
			if errors.Is(got, flow.ErrLater) != errors.Is(err, flow.ErrLater) || errors.Is(got, flow.ErrStale) != errors.Is(err, flow.ErrStale) {
				t.Errorf("%s: %v became %v", way, err, got)
			}
			if r := new(RefusedError); errors.As(got, &r) == (errors.Is(err, flow.ErrLater) || errors.Is(err, flow.ErrStale)) {
				t.Errorf("%s: %v became %T", way, err, got)
			}
			if len(got.Error()) > 3*whyMost {
				t.Errorf("%s: a reason of %d bytes", way, len(got.Error()))
			}
		}
		if b, merr := proto.Marshal(refusal(err)); merr != nil || len(b) == 0 {
			t.Errorf("refusal of %q can't be sent: %v", err, merr)
		}
	}
	if refusedBy("desk", nil) != nil {
		t.Error("no refusal became one")
	}
	if err := readRefuse(appendRefuse(nil, ErrClosed), "desk"); !errors.Is(err, errOver) {
		t.Errorf("a closed link became %v", err)
	}
}

// Entries that can be read are written again as what reads the same.
func FuzzReadEntry(f *testing.F) {
	f.Add(appendEntryHead(nil, entrySealed, 300, 0))
	f.Add(append(appendEntryHead(nil, entryOffer, 1, 3), "abcdef"...))
	f.Fuzz(func(t *testing.T, in []byte) {
		e, rest, err := readEntry(in)
		if err != nil {
			return
		}
		b := append(appendEntryHead(nil, e.kind, e.number, len(e.body)), e.body...)
		again, more, err := readEntry(append(b, rest...))
		if err != nil || again.kind != e.kind || again.number != e.number || !bytes.Equal(again.body, e.body) || !bytes.Equal(more, rest) {
			t.Fatalf("read %v, then %v, %v", e, again, err)
		}
	})
}

// Whatever bytes another node sends as questions and refusals, they become
// ours or an error.
func FuzzGenerated(f *testing.F) {
	b, _ := proto.Marshal(&wardflowpb.Reply{Refused: &wardflowpb.Refusal{Reason: 1, Why: "x"}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, in []byte) {
		var reply wardflowpb.Reply
		if proto.Unmarshal(in, &reply) == nil {
			if err := refusedBy("desk", reply.GetRefused()); (err == nil) != (reply.GetRefused() == nil) {
				t.Fatalf("%v became %v", reply.GetRefused(), err)
			}
		}
		if readRefuse(in, "desk") == nil {
			t.Fatalf("refusal %x became none", in)
		}
	})
}

// nobody has no ends: what a stranger can reach without one.
type nobody struct{}

func (nobody) Accept(flow.LinkID) (LinkEnd, error) { return LinkEnd{}, errors.New("no") }
func (nobody) Judge(flow.LinkID, link.End, []*x509.Certificate) (flow.Identity, error) {
	return flow.Identity{}, errors.New("no")
}
func (nobody) Up(flow.LinkID, flow.Identity, func(link.Message) bool) error { panic("up") }
func (nobody) Message(flow.LinkID, link.Message) error                      { panic("message") }
func (nobody) Ready(flow.LinkID)                                            { panic("ready") }
func (nobody) Holds(link.Terms, flow.Identity) error                        { return nil }
func (nobody) Down(flow.LinkID, error)                                      {}

// Whatever packet a node sends on a new stream, no link comes up and nothing panics.
func FuzzPacket(f *testing.F) {
	f.Add(append(appendEntryHead(nil, entryOffer, 1, 3), "abc"...))
	f.Add(appendEntryHead(nil, entryConfirm, 1, 0))
	d := &Door{cfg: Config{Self: "desk", Now: time.Now, Log: slog.New(slog.DiscardHandler)}, log: slog.New(slog.DiscardHandler),
		links: make(map[flow.LinkID]*track), carried: nobody{}}
	f.Fuzz(func(t *testing.T, in []byte) {
		st := &stream{door: d, conn: &Conn{}, node: "evil", exporter: make([]byte, link.ExporterLen), out: newOutbox(),
			done: make(chan struct{}), sessions: make(map[uint64]*session)}
		var m link.Message
		st.packet(in, &m)
		if len(st.sessions) > 0 {
			t.Fatalf("%d sessions from %x", len(st.sessions), in)
		}
	})
}
