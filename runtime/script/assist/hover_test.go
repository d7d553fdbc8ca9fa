package assist_test

import (
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/script"
)

func TestHover(t *testing.T) {
	for _, tt := range []struct {
		what  string
		wants []string // all in the note; none: no note
	}{
		{"std.Constant", []string{"std.Constant(data, dump=false)", "Give a token again and again", "argument `data`: the token", "out-port `token`"}},
		{"bed_1 :", []string{"bed_1 : Bed", "A patient's bed"}},
		{"BEDS =", []string{`define BEDS = ["3", "4"]`}},
		{"LIMIT", []string{"define LIMIT = 38.5"}},
		{"Bed(patient,", []string{"component Bed(patient, rate=1) -> reading", "A patient's bed"}},
		{"rate=1", []string{"rate = 1", "Parameter of component `Bed`"}},
		{"data=patient", []string{"The argument `data` of `std.Constant`: the token", "must be given"}},
		{"token(routing", []string{"The in-port `token` of `io.Print`: what is printed"}},
		{"routing", []string{"How tokens are shared out", `"collect-unordered"`, `"round-robin"`}},
		{"reading > print", []string{"The out-port `reading` of component `Bed`"}},
		{"bed)", []string{"for bed in BEDS"}},
		{"current_node", []string{"The node that the script is deployed on"}},
		{"near &", []string{"rule near : current_node()"}},
		{"all, bed", []string{"group all : bed_1, print"}},
		{"for bed", []string{"Makes what is in braces once for each element"}},
		{"test \"", []string{"in virtual time"}},
		{"give print", []string{"Tokens for an in-port"}},
		{"define", []string{"A constant"}},
		{"5 > /", nil},
		{"\"p1\"", nil},
	} {
		s, offset := read(t, marked(t, ward, tt.what, 1))
		n, ok := s.Hover(offset)
		if ok != (tt.wants != nil) {
			t.Errorf("%q: a note is %q, %v", tt.what, n.Text, ok)
		}
		for _, want := range tt.wants {
			if !strings.Contains(n.Text, want) {
				t.Errorf("%q: the note is\n%s\nwant %q in it", tt.what, n.Text, want)
			}
		}
	}
}

// A mistake is explained where it is.
func TestHoverMistake(t *testing.T) {
	for _, src := range []string{"c : st|d.Countr()\n", "|c : std.Counter()\n"} {
		s, offset := read(t, src)
		issue := s.Issues()[0]
		if n, ok := s.Hover(offset); !ok || !strings.Contains(n.Text, "**"+issue.Code+"** ") {
			t.Errorf("%q: the note is %q, want the explanation of %s in it", src, n.Text, issue.Code)
		}
	}
}

// In a statement that is half written the words tell what is meant.
func TestHoverBroken(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"c : std.Counter()\nc.inte|ger >\n", "the next number"},
		{"c : std.Counter()\n|c.integer >\n", "c : std.Counter"},
		{"c : std.Cou|nter(\n", "Count 1, 2, 3"},
		{"define X = 1\nk : std.Constant(data=X|\n", "define X = 1"},
	} {
		s, offset := read(t, tt.src)
		if n, ok := s.Hover(offset); !ok || !strings.Contains(n.Text, tt.want) {
			t.Errorf("%q: the note is %q, want %q in it", tt.src, n.Text, tt.want)
		}
	}
}

// A word that is one of the language in its place is a name in others.
func TestHoverNames(t *testing.T) {
	s, offset := read(t, "once : std.Counter()\non|ce.integer > voidport\n")
	if n, ok := s.Hover(offset); !ok || !strings.Contains(n.Text, "once : std.Counter") {
		t.Errorf("the note is %q, want the actor", n.Text)
	}
}

// Whatever the language has, there is something to say of it.
func TestHoverWords(t *testing.T) {
	var texts []string
	for _, p := range script.Predicates() {
		texts = append(texts, "rule r : |"+p.Name+"()")
	}
	for _, p := range script.Properties() {
		texts = append(texts, "c : std.Counter()\nc.integer(|"+p.Name+"=1)")
	}
	for _, text := range texts {
		s, offset := read(t, text)
		if n, _ := s.Hover(offset); len(strings.Split(strings.TrimSpace(n.Text), "\n")) < 4 {
			t.Errorf("%q: the note is %q, want a sentence on it", text, n.Text)
		}
	}
}
