package exception

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// ExceptionHandler is exception.ExceptionHandler. As in Calvin the argument
// replace holds for EOS tokens, too, and both ports get something for them. A
// null token passes; Calvin loses it.
func ExceptionHandler() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "exception.ExceptionHandler",
			Doc: "Replace exception tokens, and say what they said",
			Args: []flow.ArgSpec{
				{Name: "replace", Doc: "true: by replacement; false: by an EOS token", Kind: "bool|integer", Default: false},
				{Name: "replacement", Doc: "what an exception token is replaced by"}},
			In: []flow.Port{{Name: "token", Doc: "any token, exception tokens as well"}},
			Out: []flow.Port{
				{Name: "token", Doc: "the token, or what replaces it", Kind: "like(token)|arg(replacement)|eos"},
				{Name: "status", Doc: "the reason of each exception token, EOS tokens as well"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			h := &handler{replacement: flow.EOS}
			if replacement := a.Any("replacement"); a.Bool("replace") {
				h.replacement = replacement
			}
			return h, a.Err()
		},
	}
}

// A handler holds one token, since which ports it goes to is known only then.
type handler struct {
	replacement flow.Value
	held        flow.Value
	holds       bool
}

func (h *handler) isException() bool {
	_, is := h.held.(flow.Exception)
	return is
}

func (h *handler) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"token", "status"}, Guard: func() bool { return h.holds && h.isException() }, Fire: func(f *flow.Firing) error {
			f.Give(0, h.replacement)
			f.Give(1, h.held.(flow.Exception).Value)
			h.held, h.holds = nil, false
			return nil
		}},
		{Out: []string{"token"}, Guard: func() bool { return h.holds && !h.isException() }, Fire: func(f *flow.Firing) error {
			f.Give(0, h.held)
			h.held, h.holds = nil, false
			return nil
		}},
		{In: []string{"token"}, Exceptions: true, Guard: func() bool { return !h.holds }, Fire: func(f *flow.Firing) error {
			h.held, h.holds = f.In[0].Value, true
			return nil
		}},
	}
}

func (h *handler) Save() ([]byte, error) { return value.Save(h.held, h.holds) }

func (h *handler) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &h.held, &h.holds)
}
