package flow

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A run is tokens of one link with rising numbers and nothing between them. It
// is written tighter than its tokens alone: the first number once, the source
// only where it changes, and times as steps from the one before.
//
//	run = first, (flags, source if 1, step if 2, trace and span if 4, value)*

const (
	runSource = 1 // another source than the token before
	runMade   = 2 // another time
	runTrace  = 4 // its way is recorded
)

// AppendRun appends the bytes of tokens ts to b, as many of them as fit in limit
// bytes but at least one, and returns how many. Their numbers are ts[0].Seq
// and rising by one; a gap is a bug and panics. A token that can't be carried
// is an error, as in [AppendToken], if it is the first, and else ends the run.
func AppendRun(b []byte, ts []Token, limit int) (out []byte, n int, err error) {
	if len(ts) == 0 {
		return b, 0, nil
	}
	start := len(b)
	out = binary.AppendUvarint(b, ts[0].Seq)
	var source ActorID
	var made int64
	for n = range ts {
		t := &ts[n]
		if t.Seq != ts[0].Seq+uint64(n) {
			panic(fmt.Sprintf("flow: token %d follows %d in a run", t.Seq, ts[0].Seq+uint64(n)-1))
		}
		before := len(out)
		out, err = appendStep(out, t, source, made)
		if n > 0 && (err != nil || len(out)-start > limit) {
			return out[:before], n, nil
		}
		if err != nil {
			return b, 0, fmt.Errorf("token %d of %s: %w", t.Seq, t.Source, err)
		}
		source = t.Source
		made, _ = nanos(t.Made) // appendStep has checked it
	}
	return out, len(ts), nil
}

// appendStep leaves b's own bytes as they are, also on an error.
func appendStep(b []byte, t *Token, source ActorID, last int64) ([]byte, error) {
	made, err := nanos(t.Made)
	if err != nil {
		return b, err
	}
	flags := byte(0)
	if t.Source != source {
		flags |= runSource
	}
	if made != last {
		flags |= runMade
	}
	if t.Trace != nil {
		flags |= runTrace
	}
	out := append(b, flags)
	if flags&runSource != 0 {
		out = appendString(out, string(t.Source))
	}
	if flags&runMade != 0 {
		out = binary.AppendVarint(out, made-last) // may wrap around; so does reading
	}
	if t.Trace != nil {
		out = append(append(out, t.Trace.ID[:]...), t.Trace.Span[:]...)
	}
	if out, err = appendValue(out, t.Value, MaxDepth); err != nil {
		return b, err
	}
	if len(out)-len(b) > MaxToken {
		return b, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(out)-len(b), MaxToken)
	}
	return out, nil
}

// readTrace reads what goes with a token whose way is recorded.
func readTrace(b []byte) (t *Trace, rest []byte, err error) {
	t = new(Trace)
	if len(b) < len(t.ID)+len(t.Span) {
		return nil, nil, errShort
	}
	copy(t.Span[:], b[copy(t.ID[:], b):])
	if !t.Valid() {
		return nil, nil, errTrace
	}
	return t, b[len(t.ID)+len(t.Span):], nil
}

var errTrace = errors.New("a trace without a name")

// ReadRun reads a run that fills all of b and appends its tokens to into, at
// most limit of them. It keeps nothing of b; short sealed values of one run
// share memory. On an error into is returned as it was.
func ReadRun(into []Token, b []byte, limit int) ([]Token, error) {
	out := into
	fail := func(err error) ([]Token, error) { return into, fmt.Errorf("read run of tokens: %w", err) }
	seq, b, err := readUvarint(b)
	if err != nil {
		return fail(err)
	}
	if len(b) == 0 {
		return fail(errShort)
	}
	var source ActorID
	var made int64
	var shared block
	for n := 0; len(b) > 0; n++ {
		if n == limit {
			return fail(fmt.Errorf("more than %d tokens", limit))
		}
		if seq+1 == 0 {
			return fail(errVarint)
		}
		start, flags := len(b), b[0]
		if b = b[1:]; flags > runSource|runMade|runTrace {
			return fail(fmt.Errorf("unknown flags %d", flags))
		}
		if flags&runSource != 0 {
			var name []byte
			if name, b, err = readBytes(b); err != nil {
				return fail(err)
			}
			if ActorID(name) == source {
				return fail(fmt.Errorf("source %s is named twice in a row", source))
			}
			source = ActorID(name)
		}
		if flags&runMade != 0 {
			var step uint64
			if step, b, err = readUvarint(b); err != nil {
				return fail(err)
			}
			if step == 0 {
				return fail(fmt.Errorf("a step of no time"))
			}
			made += int64(step>>1) ^ -int64(step&1)
		}
		t := Token{Source: source, Seq: seq, Made: instant(made)}
		if flags&runTrace != 0 {
			if t.Trace, b, err = readTrace(b); err != nil {
				return fail(err)
			}
		}
		if len(b) > 0 && b[0] == tagSealed {
			t.Value, b, err = readSealed(b[1:], &shared)
		} else {
			t.Value, b, err = readValue(b, MaxDepth)
		}
		if err != nil {
			return fail(err)
		}
		if start-len(b) > MaxToken {
			return fail(ErrTooLarge)
		}
		out = append(out, t)
		seq++
	}
	return out, nil
}

// A block is room for the sealed bytes of several tokens of a run: to allocate
// for each costs more than to read it. It is small, since a token that is kept
// keeps its block.
type block []byte

const blockSize = 1 << 10

// keep copies s into the block, or a new one; rest is how many bytes of the
// run may still want room. What is long, and where there is no block, has memory
// of its own.
func (k *block) keep(s []byte, rest int) []byte {
	if k == nil || len(s) == 0 || len(s) > blockSize/4 {
		return append(make([]byte, 0, len(s)), s...)
	}
	if cap(*k)-len(*k) < len(s) {
		*k = make([]byte, 0, min(blockSize, len(s)+rest))
	}
	from := len(*k)
	*k = append(*k, s...)
	return (*k)[from:len(*k):len(*k)]
}
