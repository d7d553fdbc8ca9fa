package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/wardflow/wardflow/runtime/control/merge"
)

// maxEvent is how long one event of a stream may be, in bytes.
const maxEvent = 64 << 20

// Watch calls see with each snapshot of the node's stream until see returns
// false or ctx is done. It does not reconnect. Snapshots share what did not change
// from one to the next: see may keep them, and changes nothing in them. While the
// node can't take one, nothing comes.
func (c *Client) Watch(ctx context.Context, see func(*Snapshot) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	resp, err := c.send(ctx, http.MethodGet, "/events?changes", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var snap Snapshot
	for in := (&eventReader{in: bufio.NewReader(resp.Body)}); ; {
		name, data, err := in.next()
		if err != nil {
			return fmt.Errorf("watch %s: %w", c.base, c.reached(ctx, err))
		}
		switch name {
		case "snapshot":
			fresh := Snapshot{}
			err = json.Unmarshal(data, &fresh)
			snap = fresh
		case "changes":
			snap, err = merge.Apply(snap, data)
		case "bye":
			return fmt.Errorf("watch %s: %w", c.base, ErrUnreachable)
		default:
			continue
		}
		if err != nil {
			return fmt.Errorf("read a snapshot: %w", err)
		}
		if now := snap; !see(&now) {
			return nil
		}
	}
}

// An eventReader reads Server-Sent Events as an [eventWriter] writes them.
type eventReader struct {
	in   *bufio.Reader
	line []byte
}

var errLongEvent = errors.New("an event is too long")

// next is the next event's name and data, which is overwritten by the one after.
func (r *eventReader) next() (name string, data []byte, err error) {
	for {
		line, err := r.read()
		if err != nil {
			return "", nil, err
		}
		field, value, _ := bytes.Cut(line, []byte(": "))
		switch string(field) {
		case "event":
			name = string(value)
		case "data":
			return name, value, nil
		}
	}
}

// read is the next line without its end.
func (r *eventReader) read() ([]byte, error) {
	r.line = r.line[:0]
	for {
		piece, err := r.in.ReadSlice('\n')
		r.line = append(r.line, piece...)
		switch {
		case len(r.line) > maxEvent:
			return nil, errLongEvent
		case err == nil:
			return bytes.TrimRight(r.line, "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			if errors.Is(err, io.EOF) && len(r.line) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}
