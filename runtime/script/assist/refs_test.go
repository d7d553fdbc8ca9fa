package assist_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/script/assist"
)

const ward = `include library
define BEDS = ["3", "4"]
component Bed(patient, rate=1) -> reading {
  """A patient's bed"""
  k : std.Constant(data=patient)
  k.token > .reading
}
bed_1 : Bed(patient="p1")
print : io.Print()
print.token(routing="collect-unordered")
bed_1.reading > print.token
:five 5 > /:tick "x"/ print.token
for bed in BEDS {
  ecg : Bed(patient=bed)
  ecg.reading > print.token
}
alarm : Alarm(limit=LIMIT)
print2 : std.Constant(data=[&bed_1.reading, BEDS])
rule near : current_node()
rule here : near & ~all_nodes()
group all : bed_1, print
apply all, bed_3:ecg, bed_1:k : here
test "it prints" {
  give print.token [1]
  expect bed_3:ecg.reading ["3"]
}
`

// marked puts the cursor before the nth place of a text.
func marked(t *testing.T, src, at string, n int) string {
	t.Helper()
	i := -1
	for range n {
		next := strings.Index(src[i+1:], at)
		if next < 0 {
			t.Fatalf("%q is not there %d times", at, n)
		}
		i += 1 + next
	}
	return src[:i] + "|" + src[i:]
}

func at(p assist.Place) string {
	return fmt.Sprintf("%s:%d:%d", p.File, p.Span.Start.Line, p.Span.Start.Col)
}

func TestDefinition(t *testing.T) {
	for _, tt := range []struct {
		what string
		n    int
		want string
	}{
		{"Bed(patient=\"p1\")", 1, "in.calvin:3:11"},
		{"patient=\"p1\"", 1, "in.calvin:3:15"},
		{"patient)", 1, "in.calvin:3:15"},
		{"bed_1.reading >", 1, "in.calvin:8:1"},
		{"reading > print", 1, "in.calvin:3:35"},
		{"reading\n}", 1, "in.calvin:3:35"},
		{"BEDS {", 1, "in.calvin:2:8"},
		{"bed)", 1, "in.calvin:13:5"},
		{"bed_1.reading, BEDS", 1, "in.calvin:8:1"},
		{"BEDS])", 1, "in.calvin:2:8"},
		{"Alarm(", 1, "library.calvin:2:11"},
		{"limit=", 1, "library.calvin:2:17"},
		{"LIMIT)", 1, "library.calvin:1:8"},
		{"near &", 1, "in.calvin:19:6"},
		{"all, bed", 1, "in.calvin:21:7"},
		{"ecg, bed_1", 1, "in.calvin:14:3"},
		{"k : here", 1, "in.calvin:5:3"},
		{"ecg.reading [", 1, "in.calvin:14:3"},
		{"library", 1, "library.calvin:1:1"},
		{"std.Constant", 1, ""},
		{"routing", 1, ""},
	} {
		s, offset := read(t, marked(t, ward, tt.what, tt.n))
		got := ""
		if p, ok := s.Definition(offset); ok {
			got = at(p)
		}
		if got != tt.want {
			t.Errorf("%q is defined at %q, want %q", tt.what, got, tt.want)
		}
	}
}

func TestReferences(t *testing.T) {
	for _, tt := range []struct{ what, want string }{
		{"Bed(patient=\"p1\")", "3:11 8:9 14:9"},
		{"BEDS = ", "2:8 13:12 18:45"},
		{"bed_1 :", "8:1 11:1 18:30 21:13 22:23"},
		{"bed in", "13:5 14:21 22:12 25:10"},
		{"reading {", "3:35 6:14 11:7 15:7 18:36 25:20"},
		{"near :", "19:6 20:13"},
		{"io.Print", "9:9"},
		{"nothing", ""},
	} {
		src := ward + "# nothing\n"
		s, offset := read(t, marked(t, src, tt.what, 1))
		var got []string
		for _, p := range s.References(offset) {
			got = append(got, strings.TrimPrefix(at(p), "in.calvin:"))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q stands at %v, want %s", tt.what, got, tt.want)
		}
	}
}

func TestRename(t *testing.T) {
	for _, tt := range []struct{ what, to, want string }{
		{"bed in", "place", "place in BEDS"},
		{"bed in", "place", "apply all, place_3:ecg, bed_1:k"},
		{"bed in", "place", "expect place_3:ecg.reading"},
		{"bed_1 :", "first", "data=[&first.reading, BEDS]"},
		{"bed_1 :", "first", "apply all, bed_3:ecg, first:k : here"},
		{"patient,", "person", "Bed(person=bed)"},
		{"patient,", "person", "std.Constant(data=person)"},
		{"reading {", "out", "expect bed_3:ecg.out"},
		{"BEDS =", "ALL", "for bed in ALL {"},
		{"near &", "close", "rule close : current_node()"},
		{"five", "number", ":number 5 >"},
		{"all :", "every", "apply every, bed_3:ecg"},
	} {
		s, offset := read(t, marked(t, ward, tt.what, 1))
		edits, err := s.Rename(offset, tt.to, nil)
		if err != nil {
			t.Errorf("%q to %s: %v", tt.what, tt.to, err)
			continue
		}
		if got := string(assist.Apply([]byte(ward), edits["in.calvin"])); !strings.Contains(got, tt.want) {
			t.Errorf("with %q as %s the script is\n%s\nwant %q in it", tt.what, tt.to, got, tt.want)
		}
	}
}

// What is declared in a file that scripts share is renamed in all of them.
func TestRenameShared(t *testing.T) {
	s, offset := read(t, marked(t, ward, "Alarm(", 1))
	other := assist.Read("other.calvin", []byte("include library\nx : Alarm()\n"), world())
	edits, err := s.Rename(offset, "Alert", []*assist.Snapshot{other})
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"in.calvin": "17:9", "library.calvin": "2:11", "other.calvin": "2:5"} {
		if e := edits[file]; len(e) != 1 || fmt.Sprintf("%d:%d", e[0].Span.Start.Line, e[0].Span.Start.Col) != want {
			t.Errorf("in %s there are the edits %v, want one at %s", file, e, want)
		}
	}
}

// Rules name actors in strings, too.
func TestRenameInRules(t *testing.T) {
	const src = `component Bed() -> {
  ecg : std.Counter()
  ecg.integer > voidport
}
bed : Bed()
far : std.Counter()
far.integer > voidport
for w in ["a"] {
  t : std.Counter()
  u : std.Counter()
  t.integer > voidport
  u.integer > voidport
  apply u : apart(actors=["t", "far"])
}
group g : bed
rule r : near(actors=["far", "bed:ecg"])
apply far : apart(actors=["g"])
`
	for _, tt := range []struct{ what, to, want string }{
		{"far :", "away", `near(actors=["away", "bed:ecg"])`},
		{"far :", "away", `apart(actors=["t", "away"])`},
		{"ecg :", "heart", `near(actors=["far", "bed:heart"])`},
		{"bed :", "place", `near(actors=["far", "place:ecg"])`},
		{"t :", "tt", `apart(actors=["tt", "far"])`},
		{"g : bed", "all", `apply far : apart(actors=["all"])`},
	} {
		s, offset := read(t, marked(t, src, tt.what, 1))
		edits, err := s.Rename(offset, tt.to, nil)
		if err != nil {
			t.Errorf("%q to %s: %v", tt.what, tt.to, err)
			continue
		}
		if got := string(assist.Apply([]byte(src), edits["in.calvin"])); !strings.Contains(got, tt.want) {
			t.Errorf("with %q as %s the script is\n%s\nwant %q in it", tt.what, tt.to, got, tt.want)
		}
	}
}

func TestRenameRefused(t *testing.T) {
	for _, tt := range []struct{ what, to, want string }{
		{"bed_1 :", "print", "'print' is the name of the instance at in.calvin:9:1"},
		{"ecg :", "print", "'print' is the name of the instance at in.calvin:9:1"},
		{"bed_1 :", "all", "'all' is the name of the group"},
		{"bed_1 :", "bed_3", "would"},
		{"patient,", "BEDS", ""}, // parameters shadow constants, which is fine
		{"Bed(patient,", "Alarm", "'Alarm' is the name of the component at library.calvin:2:11"},
		{"bed_1 :", "1st", "can't be a name"},
		{"bed_1 :", "rule", "a word of the language"},
		{"bed_1 :", "a.b", "can't be a name"},
		{"io.Print", "io.Write", "name of the house's actors"},
		{"routing", "way", "name of the language"},
		{"token > .reading", "out", "name of the actor type std.Constant"},
		{"[1]", "x", "no name here"},
	} {
		s, offset := read(t, marked(t, ward, tt.what, 1))
		_, err := s.Rename(offset, tt.to, nil)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%q to %s: %v", tt.what, tt.to, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%q to %s: the error is %v, want %q", tt.what, tt.to, err, tt.want)
		}
	}
}
