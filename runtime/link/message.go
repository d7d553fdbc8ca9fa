package link

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Frame is tokens that travel together: numbers First, First+1 and so on.
type Frame struct {
	Link   flow.LinkID
	First  uint64
	Tokens []flow.Token
}

// A Kind says what a message is about.
type Kind byte

// The kinds of messages, and who says them.
const (
	KindOpen    Kind = 1 // sender: where are you? Made and Settled say where it is
	KindOpened  Kind = 2 // receiver: here: Taken and Credit
	KindFrame   Kind = 3 // sender: Frame
	KindCredit  Kind = 4 // receiver: there is room up to Credit
	KindSettled Kind = 5 // receiver: up to Settled it took effect for good
	KindRefuse  Kind = 6 // either: the link is over, and Why
)

// A Message is what one end says to the other. Numbers are cumulative, so of
// two messages of a kind other than Frame the later one replaces the earlier.
type Message struct {
	Kind    Kind
	Made    uint64 // Open
	Settled uint64 // Open, Settled
	Taken   uint64 // Opened
	Credit  uint64 // Opened, Credit
	Frame   Frame  // Frame
	Why     string // Refuse: a sentence for people
}

// The limits of one message.
const (
	MaxFrame = 1024 // tokens in a frame
	maxWhy   = 1024 // bytes of a reason
)

// AppendMessage appends the bytes of m to b: its kind, then its fields in
// order. The link's name is not among them: the connection's key stands for
// it. A frame is cut at limit bytes, but has at least one token; n is how many
// are written. On an error b comes back as it was.
func AppendMessage(b []byte, m *Message, limit int) (out []byte, n int, err error) {
	out = append(b, byte(m.Kind))
	switch m.Kind {
	case KindOpen:
		out = binary.AppendUvarint(binary.AppendUvarint(out, m.Made), m.Settled)
	case KindOpened:
		out = binary.AppendUvarint(binary.AppendUvarint(out, m.Taken), m.Credit)
	case KindFrame:
		if len(m.Frame.Tokens) == 0 || m.Frame.Tokens[0].Seq != m.Frame.First {
			return b, 0, fmt.Errorf("link %s: a frame of %d tokens does not start at its number %d", m.Frame.Link, len(m.Frame.Tokens), m.Frame.First)
		}
		ts := m.Frame.Tokens
		if out, n, err = flow.AppendRun(out, ts[:min(len(ts), MaxFrame)], limit); err != nil {
			return b, 0, fmt.Errorf("link %s: %w", m.Frame.Link, err)
		}
	case KindCredit:
		out = binary.AppendUvarint(out, m.Credit)
	case KindSettled:
		out = binary.AppendUvarint(out, m.Settled)
	case KindRefuse:
		out = append(out, m.Why[:min(len(m.Why), maxWhy)]...)
	default:
		return b, 0, fmt.Errorf("link message of unknown kind %d", m.Kind)
	}
	return out, n, nil
}

var errMessage = errors.New("malformed link message")

// ReadMessage reads the message that fills b into m, as one of that link. It
// keeps nothing of b; the room of m.Frame.Tokens is used again.
func ReadMessage(b []byte, link flow.LinkID, m *Message) error {
	tokens := m.Frame.Tokens[:0]
	*m = Message{Frame: Frame{Tokens: tokens}}
	if len(b) == 0 {
		return errMessage
	}
	m.Kind, b = Kind(b[0]), b[1:]
	switch m.Kind {
	case KindOpen:
		return readNumbers(b, &m.Made, &m.Settled)
	case KindOpened:
		return readNumbers(b, &m.Taken, &m.Credit)
	case KindCredit:
		return readNumbers(b, &m.Credit)
	case KindSettled:
		return readNumbers(b, &m.Settled)
	case KindRefuse:
		if len(b) > maxWhy {
			return errMessage
		}
		m.Why = string(b)
		return nil
	case KindFrame:
		tokens, err := flow.ReadRun(tokens, b, MaxFrame)
		if err != nil {
			return fmt.Errorf("%w: %w", errMessage, err)
		}
		m.Frame = Frame{Link: link, First: tokens[0].Seq, Tokens: tokens}
		return nil
	}
	return fmt.Errorf("%w: unknown kind %d", errMessage, m.Kind)
}

// readNumbers reads varints in their shortest form that fill b.
func readNumbers(b []byte, to ...*uint64) error {
	for _, p := range to {
		u, n := binary.Uvarint(b)
		if n <= 0 || n > 1 && b[n-1] == 0 {
			return errMessage
		}
		*p, b = u, b[n:]
	}
	if len(b) > 0 {
		return errMessage
	}
	return nil
}
