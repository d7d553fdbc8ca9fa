package lsp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// maxMessage is how many bytes one message may have. A text is sent as one.
const maxMessage = 64 << 20

// maxHeader is how many bytes the lines before a message may have.
const maxHeader = 8 << 10

// A frames is a channel of jrpc2: messages with a Content-Length before each.
// The library's own believes any length and takes one charset only.
type frames struct {
	r     *bufio.Reader
	knows func(method string) bool // there is something to do about a notification
	ended bool                     // exit has come: nothing is read after it

	mu   sync.Mutex // guards all below
	w    io.Writer
	open bool       // a request has no answer yet
	shut bool       // nobody waits for answers any more
	done *sync.Cond // open has become false, or shut true
}

func newFrames(r io.Reader, w io.Writer, knows func(method string) bool) *frames {
	f := &frames{r: bufio.NewReader(r), w: w, knows: knows}
	f.done = sync.NewCond(&f.mu)
	return f
}

// Recv reads the next message that there is something to do about. After exit
// it is at the end. A message has to wait until all requests before it have been
// answered: what is asked is then answered for the text as it was, and the
// library, which leaves alone what waits when the end comes, has nothing waiting.
func (f *frames) Recv() (msg []byte, err error) {
	for !f.ended {
		msg, ok, err := f.next()
		if !ok && err == nil {
			continue
		}
		f.settle(numbered(msg))
		return msg, err
	}
	f.settle(false)
	return nil, io.EOF
}

// numbered reports whether a message that tidy or the library wrote has an ID:
// is a request or the answer to one.
func numbered(msg []byte) bool { return bytes.HasPrefix(msg, []byte(`{"jsonrpc":"2.0","id":`)) }

// next reads one message; it is not ok where there is nothing to do about it.
func (f *frames) next() (msg []byte, ok bool, err error) {
	n, err := f.header()
	if err != nil {
		return nil, false, err
	}
	// Memory grows with what really comes, not with what is announced.
	var b bytes.Buffer
	if _, err := io.CopyN(&b, f.r, n); err != nil {
		return nil, false, fmt.Errorf("a message of %d bytes ends early: %w", n, err)
	}
	return f.tidy(b.Bytes())
}

// settle waits until the request before has been answered; next is whether
// another follows.
func (f *frames) settle(next bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.open && !f.shut {
		f.done.Wait()
	}
	f.open = next
}

// header reads the lines before a message and returns its length.
func (f *frames) header() (int64, error) {
	n, read := int64(-1), 0
	for {
		line, err := f.r.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 && read == 0 {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("header of a message: %w", err)
		}
		if read += len(line); read > maxHeader {
			return 0, errors.New("header of a message: too long")
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			if n < 0 {
				return 0, errors.New("header of a message: no Content-Length")
			}
			return n, nil
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return 0, fmt.Errorf("header of a message: %q is no field", text)
		}
		if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			continue
		}
		if n, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil || n < 0 || n > maxMessage {
			return 0, fmt.Errorf("header of a message: Content-Length %q: want at most %d", strings.TrimSpace(value), maxMessage)
		}
	}
}

// Send writes one message of the library.
func (f *frames) Send(msg []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if numbered(msg) {
		f.open = false
		f.done.Broadcast()
	}
	return f.write(msg)
}

// write writes one message. The lock is held.
func (f *frames) write(msg []byte) error {
	if _, err := fmt.Fprintf(f.w, "Content-Length: %d\r\n\r\n", len(msg)); err != nil {
		return err
	}
	_, err := f.w.Write(msg)
	return err
}

// Close ends the wait for answers. The streams are closed by who opened them.
func (f *frames) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shut = true
	f.done.Broadcast()
	return nil
}
