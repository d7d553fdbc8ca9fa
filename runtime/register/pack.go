package register

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
)

// A large application, with its plan, is more than a question to the leader may
// hold. Written as JSON it says much the same again and again, so it is
// compressed.

const (
	packFrom = 64 << 10 // bytes of a command from which on it is compressed
	packMost = 64 << 20 // bytes that a compressed command may grow to
)

func pack(command []byte) ([]byte, error) {
	var b bytes.Buffer
	b.Write([]byte{commandFormat, kindPacked})
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(command); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// unpack gives the command that was packed, which is not packed again.
func unpack(b []byte) ([]byte, error) {
	r := io.LimitReader(flate.NewReader(bytes.NewReader(b[2:])), packMost+1)
	out, err := io.ReadAll(r)
	switch {
	case err != nil:
		return nil, fmt.Errorf("unpack: %w", err)
	case len(out) > packMost:
		return nil, fmt.Errorf("unpacked it is more than %d bytes", packMost)
	case len(out) < 2 || out[0] != commandFormat || out[1] == kindPacked:
		return nil, errors.New("what is packed is no command")
	}
	return out, nil
}
