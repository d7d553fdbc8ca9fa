package text

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/cbroglie/mustache"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Mustache is text.Mustache. A template has no partials: {{> name}} is empty,
// and no file is ever read.
func Mustache() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.Mustache",
			Doc: "Fill a Mustache template with items of a dictionary\n" +
				"It has no partials. The text of what is none is that of std.Stringify.",
			Args: []flow.ArgSpec{{Name: "fmt", Doc: "the template; {{key}} escapes HTML, {{{key}}} does not", Kind: "string", Required: true}},
			In:   []flow.Port{{Name: "dict", Doc: "a dictionary", Kind: "dict"}},
			Out:  []flow.Port{{Name: "text", Doc: "the text", Kind: "string"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			t, err := mustache.ParseStringPartials(a.Text("fmt"), &mustache.StaticProvider{})
			if err != nil {
				a.Refuse("fmt", "%v", err)
				return nil, a.Err()
			}
			t.Escape(func(s string) string {
				return strings.ReplaceAll(strings.ReplaceAll(html.EscapeString(s), "&#34;", "&quot;"), "&#39;", "'")
			})
			return template{t}, a.Err()
		},
	}
}

type template struct{ of *mustache.Template }

func (t template) Actions() []flow.Action {
	return []flow.Action{{In: []string{"dict"}, Out: []string{"text"}, Fire: func(f *flow.Firing) error {
		d, ok := f.In[0].Value.(map[string]any)
		if !ok {
			return fmt.Errorf("can't fill a template with %s: want a dictionary", value.Kind(f.In[0].Value))
		}
		var out bounded
		if err := t.of.FRender(&out, spoken(d)); err != nil {
			return err
		}
		f.Give(0, out.String())
		return nil
	}}}
}

// bounded is a text that stops where it becomes too large for a token.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > flow.MaxToken {
		return 0, fmt.Errorf("%w: the text would have more than %d bytes", flow.ErrUnfit, flow.MaxToken)
	}
	return b.Builder.Write(p)
}

var _ io.Writer = (*bounded)(nil)

// The library writes values as Go does, so it is given kinds that know Python's
// text. It takes the zero value of each as false.
type (
	float  float64
	truth  bool
	nobody struct{}
	other  struct{ v flow.Value }
	list   []any
	dict   map[string]any
)

func (f float) String() string { return python.Text(float64(f)) }
func (t truth) String() string { return python.Text(bool(t)) }
func (nobody) String() string  { return "None" }
func (o other) String() string { return python.Text(o.v) }
func (l list) String() string  { return repr(l) }
func (d dict) String() string  { return repr(d) }

func spoken(v flow.Value) any {
	switch v := v.(type) {
	case nil:
		return nobody{}
	case bool:
		return truth(v)
	case float64:
		return float(v)
	case string, int64:
		return v
	case []any:
		l := make(list, len(v))
		for i, e := range v {
			l[i] = spoken(e)
		}
		return l
	case map[string]any:
		if len(v) == 0 {
			return dict(nil)
		}
		d := make(dict, len(v))
		for k, e := range v {
			d[k] = spoken(e)
		}
		return d
	}
	return other{v}
}

// repr is the Python text of what spoken has made.
func repr(v any) string { return python.Repr(heard(v)) }

func heard(v any) flow.Value {
	switch v := v.(type) {
	case nobody:
		return nil
	case truth:
		return bool(v)
	case float:
		return float64(v)
	case other:
		return v.v
	case list:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = heard(e)
		}
		return l
	case dict:
		d := make(map[string]any, len(v))
		for k, e := range v {
			d[k] = heard(e)
		}
		return d
	}
	return v
}
