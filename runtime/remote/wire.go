package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/proto/wardflowpb"
	"github.com/wardflow/wardflow/runtime/flow"
)

// This file turns generated types into ours, and packs what belongs to links
// into packets. A packet is entries, one after the other:
//
//	entry = kind, number (varint), length (varint), body
//
// The number stands for one handshake of one link on one stream; the caller
// gives it, rising from 1, so that what comes late for an ended one is known.

type entryKind byte

const (
	entryOffer   entryKind = 1 // caller: link.Offer
	entryAnswer  entryKind = 2 // callee: link.Answer
	entryConfirm entryKind = 3 // caller: the last step
	entrySealed  entryKind = 4 // either: a sealed link.Message
	entryRefuse  entryKind = 5 // either: a reason and a sentence; the number is over
)

const entryHead = 1 + 2*binary.MaxVarintLen64

type entry struct {
	kind   entryKind
	number uint64
	body   []byte
}

var errPacket = errors.New("malformed packet")

func appendEntryHead(b []byte, kind entryKind, number uint64, length int) []byte {
	b = binary.AppendUvarint(append(b, byte(kind)), number)
	return binary.AppendUvarint(b, uint64(length))
}

// readEntry reads one entry from the start of b. Its body is part of b.
func readEntry(b []byte) (e entry, rest []byte, err error) {
	if len(b) == 0 || b[0] < byte(entryOffer) || b[0] > byte(entryRefuse) {
		return entry{}, nil, errPacket
	}
	e.kind = entryKind(b[0])
	number, n := binary.Uvarint(b[1:])
	if n <= 0 || number == 0 {
		return entry{}, nil, errPacket
	}
	e.number, b = number, b[1+n:]
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(len(b)-n) {
		return entry{}, nil, errPacket
	}
	b = b[n:]
	e.body = b[:length:length]
	return e, b[length:], nil
}

// A RefusedError says that another node, or this one, will not: not later
// either, unless something changes that people decide.
type RefusedError struct {
	Node flow.NodeID // who refuses
	Why  string      // a sentence for people
	Err  error       // the reason, when it was refused here; else nil
}

// Error is one sentence.
func (e *RefusedError) Error() string { return fmt.Sprintf("%s refuses: %s", e.Node, e.Why) }

// Unwrap is the reason when it was refused here.
func (e *RefusedError) Unwrap() error { return e.Err }

// errOver reports a link that the other end has closed, or whose session another
// has replaced: it opens again unless it is closed here too.
var (
	errOver   = errors.New("the other end has closed the link")
	errSilent = errors.New("the other end does not answer")
)

const whyMost = 1000 // bytes of a sentence

const reasonOver = 100 // beyond wardflowpb's reasons: used in entries only

func refusal(err error) *wardflowpb.Refusal {
	r := &wardflowpb.Refusal{Why: err.Error()}
	if own, ok := err.(*RefusedError); ok {
		r.Why = own.Why // who refuses, the other end adds
	}
	if len(r.Why) > whyMost {
		r.Why = r.Why[:whyMost] + "…"
	}
	r.Why = strings.ToValidUTF8(r.Why, "�")
	switch {
	case errors.Is(err, flow.ErrLater):
		r.Reason = wardflowpb.Reason_REASON_LATER
	case errors.Is(err, flow.ErrStale):
		r.Reason = wardflowpb.Reason_REASON_STALE
	}
	return r
}

// refusedBy is the error that a refusal of another node stands for; nil for none.
func refusedBy(node flow.NodeID, r *wardflowpb.Refusal) error {
	if r == nil {
		return nil
	}
	return reasonError(node, byte(r.GetReason()), r.GetWhy())
}

func reasonError(node flow.NodeID, reason byte, why string) error {
	if len(why) > whyMost+len("…") {
		why = why[:whyMost] + "…"
	}
	why = strings.ToValidUTF8(why, "�")
	switch reason {
	case byte(wardflowpb.Reason_REASON_LATER):
		return fmt.Errorf("%s says %q: %w", node, why, flow.ErrLater)
	case byte(wardflowpb.Reason_REASON_STALE):
		return fmt.Errorf("%s says %q: %w", node, why, flow.ErrStale)
	case reasonOver:
		return errOver
	}
	return &RefusedError{Node: node, Why: why}
}

func appendRefuse(b []byte, err error) []byte {
	if errors.Is(err, ErrClosed) || errors.Is(err, errOver) {
		return append(b, reasonOver)
	}
	r := refusal(err)
	return append(append(b, byte(r.Reason)), r.Why...)
}

func readRefuse(b []byte, node flow.NodeID) error {
	if len(b) == 0 {
		return &RefusedError{Node: node, Why: "no reason given"}
	}
	return reasonError(node, b[0], string(b[1:]))
}
