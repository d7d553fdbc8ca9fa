package play

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// printed is what the compiler prints of a script.
type printed struct {
	Name   string
	Valid  bool
	Actors map[string]struct {
		Type      string `json:"actor_type"`
		Args      map[string]any
		Signature string
	}
	Connections map[string][]string
	Ports       map[string][]struct {
		Port, Direction string
		Properties      map[string]any
	} `json:"port_properties"`
	Requirements map[string]any
	Issues       []struct {
		Type, Reason, Code, File string
		Line, Col                int
	}
}

// compares holds what the compiler says and prints against the claim.
func (c *claim) compares(t *testing.T, o *script.Outcome) {
	t.Helper()
	text, err := o.Deployable()
	if err != nil {
		t.Fatal(err)
	}
	var p printed
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	c.hears(t, &p, o.Issues)
	if o.Graph == nil && p.Valid || o.Graph != nil && !p.Valid {
		t.Errorf("valid is %v, the issues are %v", p.Valid, o.Issues)
	}
	for section, got := range map[string][]string{
		"actors": p.actors(), "invalid": p.actors(), "connections": p.connections(), "properties": p.properties(), "signatures": p.signatures(),
	} {
		want, ok := c.expect[section]
		if !ok {
			continue
		}
		if w := lines(want); !slices.Equal(got, w) {
			t.Errorf("%s: got\n%s\nwant\n%s", section, strings.Join(got, "\n"), strings.Join(w, "\n"))
		}
	}
	if want, ok := c.expect["requirements"]; ok {
		sameJSON(t, "requirements", p.Requirements, want)
	}
	if want, ok := c.expect["deployable.json"]; ok {
		var got map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		for _, more := range []string{"issues", "requirements"} {
			delete(got, more)
		}
		sameJSON(t, "deployable", got, want)
	}
	for _, line := range lines(c.expect["rules"]) {
		id, want, _ := strings.Cut(line, " ")
		if n, ok := o.Graph.Actor(flow.ActorID(id)); !ok || n.Rule == nil {
			t.Errorf("%s has no rule, want %s", id, want)
		} else {
			sameJSON(t, id, bare(*n.Rule), want)
		}
	}
}

// bare is a rule without its lines.
func bare(r flow.Rule) any {
	r.Line = 0
	for i := range r.Terms {
		r.Terms[i].Line = 0
	}
	return r
}

// hears compares issues, in any order. Notes are printed as warnings, as Calvin
// has them; here they are apart.
func (c *claim) hears(t *testing.T, p *printed, issues script.Issues) {
	t.Helper()
	quiet := map[string]bool{}
	for _, i := range issues {
		quiet[i.Code] = i.Severity == script.Note
	}
	var got, notes []string
	for _, i := range p.Issues {
		at := fmt.Sprintf("%d:%d", i.Line, i.Col)
		if i.File != "" {
			at = i.File + ":" + at
		}
		if quiet[i.Code] {
			notes = append(notes, fmt.Sprintf("%s %s %s", i.Code, at, i.Reason))
		} else {
			got = append(got, fmt.Sprintf("%s %s %s %s", i.Type, i.Code, at, i.Reason))
		}
	}
	compareLines(t, "issues", got, lines(c.expect["issues"]))
	if want, ok := c.expect["notes"]; ok {
		compareLines(t, "notes", notes, lines(want))
	}
}

// compareLines compares lines in which ? stands for any word, at the end for
// any words. A last line of ... lets more follow.
func compareLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	open := len(want) > 0 && want[len(want)-1] == "..."
	w := want
	if open {
		w = want[:len(want)-1]
	}
	left := slices.Clone(got)
	for _, line := range w {
		i := slices.IndexFunc(left, func(g string) bool { return fits(g, line) })
		if i < 0 {
			t.Errorf("%s: got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
			return
		}
		left = slices.Delete(left, i, i+1)
	}
	if len(left) > 0 && !open {
		t.Errorf("%s: got\n%s\nwant only\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// fits reports whether a line is as wanted.
func fits(got, want string) bool {
	g, w := strings.Fields(got), strings.Fields(want)
	for i, word := range w {
		if word == "?" && i == len(w)-1 {
			return len(g) > i
		}
		if i >= len(g) || word != "?" && word != g[i] {
			return false
		}
	}
	return len(g) == len(w)
}

func (p *printed) actors() (list []string) {
	for id, a := range p.Actors {
		args, err := json.Marshal(a.Args)
		if err != nil {
			panic(err) // it was JSON
		}
		list = append(list, fmt.Sprintf("%s %s %s", id, a.Type, spaced(args)))
	}
	slices.Sort(list)
	return list
}

func (p *printed) signatures() (list []string) {
	types := map[string]string{}
	for _, a := range p.Actors {
		types[a.Type] = a.Signature
	}
	for _, typ := range slices.Sorted(maps.Keys(types)) {
		list = append(list, typ+" "+types[typ])
	}
	return list
}

func (p *printed) connections() (list []string) {
	for from, to := range p.Connections {
		for _, in := range to {
			list = append(list, from+" > "+in)
		}
	}
	slices.Sort(list)
	return list
}

func (p *printed) properties() (list []string) {
	for id, ports := range p.Ports {
		slices.SortFunc(ports, func(a, b struct {
			Port, Direction string
			Properties      map[string]any
		}) int {
			return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Direction, b.Direction))
		})
		for _, port := range ports {
			props, err := json.Marshal(port.Properties)
			if err != nil {
				panic(err) // it was JSON
			}
			list = append(list, fmt.Sprintf("%s.%s[%s] %s", id, port.Port, port.Direction, spaced(props)))
		}
	}
	slices.Sort(list)
	return list
}

// spaced is JSON in one line with spaces after commas and colons.
func spaced(b []byte) string {
	var out strings.Builder
	quoted := false
	for i, r := range string(b) {
		out.WriteRune(r)
		if r == '"' && (i == 0 || b[i-1] != '\\') {
			quoted = !quoted
		}
		if !quoted && (r == ',' || r == ':') {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// sameJSON compares a value with JSON in which the string "?" is anything. The
// order of lists of ports and of targets is the script's, not Calvin's.
func sameJSON(t *testing.T, what string, got any, want string) {
	t.Helper()
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var g, w any
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%s: want: %v", what, err)
	}
	if g == nil {
		g = map[string]any{}
	}
	if !like(g, w) {
		t.Errorf("%s: got\n%s\nwant\n%s", what, text, want)
	}
}

// like reports whether a value is as wanted; "?" is anything.
func like(got, want any) bool {
	switch w := want.(type) {
	case string:
		return w == "?" || got == want
	case []any:
		g, ok := got.([]any)
		return ok && slices.EqualFunc(g, w, like)
	case map[string]any:
		g, ok := got.(map[string]any)
		return ok && maps.EqualFunc(g, w, like)
	case flow.Exception:
		g, ok := got.(flow.Exception)
		return ok && g.Kind == w.Kind && like(g.Value, w.Value)
	}
	return reflect.DeepEqual(got, want)
}
