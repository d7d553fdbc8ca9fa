package trial

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// What the actor trial.Device and the device that it stands for say to each
// other: questions with one answer each, and on a connection of their own, after
// one question, readings without end. All are a byte, a number and bytes:
//
//	message = kind, number (varint), length (varint), bytes
type message struct {
	kind   byte
	number uint64
	body   []byte
}

const (
	askFence   = 'F' // name = body, number = epoch; answer: the newest checkpoint
	askCommit  = 'C' // body = checkpoint
	askStream  = 'S' // name = body, number = the last reading that the actor has
	sayDone    = 'd' // body = checkpoint, or nothing
	sayStale   = 's' // a newer activation has fenced
	sayReading = 'r' // number = the reading's, body = as it is signed
	sayWrong   = 'w' // body = a sentence
)

const wireMost = 64 << 20 // bytes of a message

type wired struct {
	net.Conn
	in  *bufio.Reader
	out []byte
}

func newWired(c net.Conn) *wired { return &wired{Conn: c, in: bufio.NewReaderSize(c, 64<<10)} }

func (w *wired) send(m message) error {
	w.out = append(w.out[:0], m.kind)
	w.out = binary.AppendUvarint(w.out, m.number)
	w.out = binary.AppendUvarint(w.out, uint64(len(m.body)))
	_, err := w.Write(append(w.out, m.body...))
	return err
}

func (w *wired) receive() (m message, err error) {
	if m.kind, err = w.in.ReadByte(); err != nil {
		return m, err
	}
	if m.number, err = binary.ReadUvarint(w.in); err != nil {
		return m, err
	}
	n, err := binary.ReadUvarint(w.in)
	if err != nil {
		return m, err
	}
	if n > wireMost {
		return m, errors.New("a message is too long")
	}
	m.body = make([]byte, n)
	_, err = io.ReadFull(w.in, m.body)
	return m, err
}

func wrong(err error) message { return message{kind: sayWrong, body: fmt.Append(nil, err)} }
