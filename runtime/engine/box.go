package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The limits of a box of dead letters: it is full when it has reached one.
const (
	boxLetters = 100
	boxBytes   = 256 << 10
)

// A letter travels in a checkpoint as tokens of at most chunkBytes. One beyond
// letterBytes would make a step that no register takes.
const (
	chunkBytes  = 256 << 10
	letterBytes = 1 << 20
)

// A Letter is what is left of a firing that did not happen.
type Letter struct {
	Number uint64    // rises, with gaps; for [Engine.DropLetters]
	At     time.Time // when
	Why    string    // a sentence for people
	// Tokens are the values by port: an in-port, or an out-port that would not
	// have the value.
	Tokens map[string]flow.Value
}

// letterJSON is a letter with its values spelled out.
type letterJSON struct {
	Number uint64         `json:"number,omitempty"`
	At     time.Time      `json:"at"`
	Why    string         `json:"why"`
	Tokens map[string]any `json:"tokens"`
}

// MarshalJSON writes the values as [flow.MarshalValue] does.
func (l Letter) MarshalJSON() ([]byte, error) {
	return json.Marshal(letterJSON{l.Number, l.At, l.Why, flow.PlainArgs(l.Tokens)})
}

// UnmarshalJSON reads what MarshalJSON writes. A value that can't be read is
// left as the text that stands there.
func (l *Letter) UnmarshalJSON(b []byte) error {
	var raw struct {
		letterJSON
		Tokens map[string]json.RawMessage `json:"tokens"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*l = Letter{Number: raw.Number, At: raw.At, Why: raw.Why, Tokens: map[string]flow.Value{}}
	for port, text := range raw.Tokens {
		v, err := flow.UnmarshalValue(text)
		if err != nil {
			v = string(text)
		}
		l.Tokens[port] = v
	}
	return nil
}

// A box keeps the letters of one actor that no link takes. In checkpoints it is
// an out-link that nobody receives: its letters are tokens made and, until
// somebody takes them out, not settled. So whoever keeps checkpoints keeps
// boxes without knowing of them.
type box struct {
	actor flow.ActorID
	key   flow.LinkID

	over bool // a letter was too large; its turn's own

	mu      sync.Mutex // guards what follows
	letters []boxed    // oldest first
	bytes   int        // of letters
	made    uint64     // the last token's number
	settled uint64     // the last one taken out
	stepped uint64     // the last one that a step has
}

// A boxed letter stands in the tokens up to the number that it has.
type boxed struct {
	Letter
	tokens []flow.Token
	bytes  int
}

// restoreBox makes the box as a checkpoint left it.
func restoreBox(actor flow.ActorID, from *capsule.Start) (*box, error) {
	key := flow.BoxOf(actor)
	made, settled, held := from.Held(key)
	b := &box{actor: actor, key: key, made: made, settled: settled, stepped: made}
	var text []byte
	first := 0
	for n, t := range held {
		part, ok := t.Value.(flow.Sealed)
		if !ok || t.Seq != b.settled+1+uint64(n) || t.Seq > b.made {
			return nil, errors.New("restore its dead letters: the checkpoint is broken")
		}
		text = append(text, part.Bytes...)
		if part.Kind == kindPart {
			continue
		}
		l := Letter{}
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, fmt.Errorf("restore its dead letters: %w", err)
		}
		l.Number = t.Seq
		b.put(boxed{l, slices.Clone(held[first : n+1]), len(text)})
		text, first = nil, n+1
	}
	return b, nil
}

func (b *box) put(l boxed) {
	b.letters = append(b.letters, l)
	b.bytes += l.bytes
}

// The kinds of the sealed bytes that a letter is written in.
const (
	kindLetter = "letter"      // the letter, or its end
	kindPart   = "letter-part" // more follows
)

// Full reports that the box takes no more.
func (b *box) Full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.letters) >= boxLetters || b.bytes >= boxBytes
}

// Keep lays a letter into the box. One that is too large is not kept, and over
// says so: the firing must be undone.
func (b *box) Keep(l firing.Letter) {
	mine := Letter{At: l.At.UTC(), Why: l.Why, Tokens: make(map[string]flow.Value, len(l.Tokens))}
	for _, t := range l.Tokens {
		mine.Tokens[t.Port] = t.Token.Value
	}
	text, err := json.Marshal(mine)
	if err != nil || len(text) > letterBytes {
		b.over = true
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var tokens []flow.Token
	for part := range slices.Chunk(text, chunkBytes) {
		b.made++
		tokens = append(tokens, flow.Token{Seq: b.made, Source: b.actor, Made: l.At, Value: flow.Sealed{Kind: kindPart, Bytes: part}})
	}
	last := &tokens[len(tokens)-1]
	last.Value = flow.Sealed{Kind: kindLetter, Bytes: last.Value.(flow.Sealed).Bytes}
	mine.Number = b.made
	b.put(boxed{mine, tokens, len(text)})
}

// As the capsule's: a sending end that holds up nothing.

// Place is where the box is, with the letters since the last step, or all.
func (b *box) Place(out []flow.OutToken, all bool) (capsule.Place, []flow.OutToken) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.letters {
		if !all && l.Number <= b.stepped {
			continue
		}
		for _, t := range l.tokens {
			out = append(out, flow.OutToken{Link: b.key, Token: t})
		}
	}
	b.stepped = b.made
	return capsule.Place{Key: b.key, Made: b.made, Settled: b.settled}, out
}

// Release does nothing: letters go nowhere.
func (b *box) Release(uint64) {}

// Undo takes the letters since the last step out again.
func (b *box) Undo() {
	b.over = false
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := len(b.letters); n > 0 && b.letters[n-1].Number > b.stepped; n = len(b.letters) {
		b.bytes -= b.letters[n-1].bytes
		b.letters[n-1] = boxed{}
		b.letters = b.letters[:n-1]
	}
	b.made = b.stepped
}

// list are the newest most letters, oldest first, and how many there are.
func (b *box) list(most int) (newest []Letter, all int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.letters[max(0, len(b.letters)-most):] {
		newest = append(newest, l.Letter)
	}
	return newest, len(b.letters)
}

// drop takes the letters up to that number out; changed tells whether there
// was one.
func (b *box) drop(upto uint64) (changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.letters) > 0 && b.letters[0].Number <= upto {
		b.settled = b.letters[0].Number
		b.bytes -= b.letters[0].bytes
		b.letters = slices.Delete(b.letters, 0, 1)
		changed = true
	}
	return changed
}
