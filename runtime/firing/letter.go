package firing

import (
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Letter is what is left of a firing that did not happen: its tokens and why.
type Letter struct {
	At     time.Time
	Why    string        // a sentence for people
	Tokens []LetterToken // as the action would have had them
}

// A LetterToken is one token of a letter, and the port it was at: an in-port,
// or an out-port that would not have it.
type LetterToken struct {
	Port  string
	Token flow.Token
}

// A Box keeps the letters that no link takes.
type Box interface {
	// Full reports that the box has reached its limit: the actor stands still.
	Full() bool
	// Keep lays a letter into the box. It is asked for room before, but a
	// firing may write more than one letter.
	Keep(Letter)
}

// Value is the letter as a token carries it:
//
//	{"actor": id, "why": sentence, "tokens": {port: value, …}}
//
// where an exception token is {"$exception": kind, "value": value}.
func (l *Letter) Value(id flow.ActorID) flow.Value {
	tokens := make(map[string]any, len(l.Tokens))
	for _, t := range l.Tokens {
		tokens[t.Port] = spelled(t.Token.Value)
	}
	return map[string]any{"actor": string(id), "why": l.Why, "tokens": tokens}
}

// spelled is a value in which exceptions are dictionaries, so that whoever
// reads letters needs to take no exception tokens.
func spelled(v flow.Value) flow.Value {
	switch v := v.(type) {
	case flow.Exception:
		return map[string]any{"$exception": v.Kind, "value": spelled(v.Value)}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = spelled(e)
		}
		return list
	case map[string]any:
		dict := make(map[string]any, len(v))
		for k, e := range v {
			dict[k] = spelled(e)
		}
		return dict
	}
	return v
}

// letterRoom reports whether a letter would find its place now.
func (a *Actions) letterRoom() (bool, error) {
	if a.letters != nil {
		return a.letters.room(), nil
	}
	if a.box.Full() {
		return false, ErrLettersFull
	}
	return true, nil
}

// refuse takes the firing's tokens and writes a letter about them. Without
// room for the letter it does nothing.
func (a *Actions) refuse(act *action, fault error, why string, now time.Time) (Result, error) {
	if ok, err := a.letterRoom(); !ok {
		return Result{}, err
	}
	l := Letter{At: now, Why: why}
	for n, i := range act.ins {
		l.Tokens = append(l.Tokens, LetterToken{i.port, a.firing.In[n]})
	}
	act.take(now)
	for _, i := range act.ins {
		i.lettered()
	}
	return Result{Fired: true, Letters: 1, Bytes: a.write(l), Fault: fault}, nil
}

// write sends a letter to the links of dead_letter, or lays it into the box:
// also one that is too large for a token, or the second of one firing. It is
// how many bytes were given to links.
func (a *Actions) write(l Letter) (bytes int) {
	v := l.Value(a.id)
	if a.given != nil {
		a.given(DeadLetter, v)
	}
	if a.letters == nil {
		a.box.Keep(l)
		return 0
	}
	to, v, bad := a.letters.sort(v)
	bytes, err := Weigh(v)
	if bad != nil || err != nil || !a.letters.room() {
		a.box.Keep(l)
		return 0
	}
	a.token = flow.Token{Value: v, Source: a.id, Made: l.At}
	return bytes * a.letters.offer(to, &a.token, bytes)
}

// brief is an error without the stack of a panic.
func brief(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
