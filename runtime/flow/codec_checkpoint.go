package flow

import (
	"encoding/binary"
	"fmt"
)

// checkpointFormat is the first byte of every encoded checkpoint. Stores and
// the register keep these bytes over an upgrade, so a new form takes a new
// number and the old one stays readable.
const checkpointFormat = 1

// AppendCheckpoint appends the bytes of c to b: the format's number, then the
// fields in their order, each map by rising link. State nil and State empty
// are told apart. A token that can't be carried is an error, as in [AppendToken].
func AppendCheckpoint(b []byte, c Checkpoint) ([]byte, error) {
	out := appendString(append(b, checkpointFormat), string(c.Actor))
	out = binary.AppendUvarint(out, c.Epoch)
	out = binary.AppendVarint(out, int64(c.Version))
	if c.State == nil {
		out = append(out, 0)
	} else {
		out = append(binary.AppendUvarint(out, uint64(len(c.State))+1), c.State...)
	}
	for _, m := range []map[LinkID]uint64{c.Taken, c.Made, c.Settled} {
		out = binary.AppendUvarint(out, uint64(len(m)))
		for _, id := range sortedKeys(make([]LinkID, 0, len(m)), m) {
			out = binary.AppendUvarint(appendString(out, string(id)), m[id])
		}
	}
	out = binary.AppendUvarint(out, uint64(len(c.Out)))
	last := LinkID("")
	for i, o := range c.Out {
		// A link's name is written once for its run of tokens.
		if i > 0 && o.Link == last {
			out = append(out, 0)
		} else {
			out = appendString(append(out, 1), string(o.Link))
		}
		last = o.Link
		var err error
		if out, err = AppendToken(out, o.Token); err != nil {
			return b, fmt.Errorf("checkpoint of %s: token %d of link %s: %w", c.Actor, o.Token.Seq, o.Link, err)
		}
	}
	return out, nil
}

// ReadCheckpoint reads one checkpoint from the start of b and returns what
// follows it. It keeps nothing of b. The maps are never nil.
func ReadCheckpoint(b []byte) (c Checkpoint, rest []byte, err error) {
	if c, rest, err = readCheckpoint(b); err != nil {
		return Checkpoint{}, nil, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, rest, nil
}

func readCheckpoint(b []byte) (c Checkpoint, rest []byte, err error) {
	if len(b) == 0 {
		return c, nil, errShort
	}
	if b[0] != checkpointFormat {
		return c, nil, fmt.Errorf("format %d is not known here: it was written by a newer wardflow", b[0])
	}
	actor, b, err := readBytes(b[1:])
	if err != nil {
		return c, nil, err
	}
	c.Actor = ActorID(actor)
	if c.Epoch, b, err = readUvarint(b); err != nil {
		return c, nil, err
	}
	zigzag, b, err := readUvarint(b)
	if err != nil {
		return c, nil, err
	}
	c.Version = int(int64(zigzag>>1) ^ -int64(zigzag&1))
	n, b, err := readUvarint(b)
	if err != nil {
		return c, nil, err
	}
	if n > 0 {
		if n-1 > uint64(len(b)) {
			return c, nil, errShort
		}
		c.State = append(make([]byte, 0, n-1), b[:n-1]...)
		b = b[n-1:]
	}
	for _, m := range []*map[LinkID]uint64{&c.Taken, &c.Made, &c.Settled} {
		if *m, b, err = readPlaces(b); err != nil {
			return c, nil, err
		}
	}
	c.Out, b, err = readOut(b)
	return c, b, err
}

func readPlaces(b []byte) (map[LinkID]uint64, []byte, error) {
	n, b, err := readCount(b, 2)
	if err != nil {
		return nil, nil, err
	}
	m, last := make(map[LinkID]uint64, n), LinkID("")
	for i := range n {
		var name []byte
		if name, b, err = readBytes(b); err != nil {
			return nil, nil, err
		}
		id := LinkID(name)
		if i > 0 && id <= last {
			return nil, nil, errOrder
		}
		last = id
		if m[id], b, err = readUvarint(b); err != nil {
			return nil, nil, err
		}
	}
	return m, b, nil
}

func readOut(b []byte) ([]OutToken, []byte, error) {
	const least = 12 // a flag and the shortest token
	n, b, err := readCount(b, least)
	if err != nil || n == 0 {
		return nil, b, err
	}
	out := make([]OutToken, n)
	for i := range out {
		if len(b) == 0 {
			return nil, nil, errShort
		}
		flag := b[0]
		b = b[1:]
		switch {
		case flag == 1:
			var name []byte
			if name, b, err = readBytes(b); err != nil {
				return nil, nil, err
			}
			out[i].Link = LinkID(name)
			if i > 0 && out[i].Link == out[i-1].Link {
				return nil, nil, fmt.Errorf("link %s is named twice in a row", out[i].Link)
			}
		case flag == 0 && i > 0:
			out[i].Link = out[i-1].Link
		default:
			return nil, nil, fmt.Errorf("unknown flag %d before a token", flag)
		}
		if out[i].Token, b, err = readToken(b); err != nil {
			return nil, nil, fmt.Errorf("token of link %s: %w", out[i].Link, err)
		}
	}
	return out, b, nil
}
