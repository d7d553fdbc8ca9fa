package script

import "testing"

func TestLex(t *testing.T) {
	src := "# one\ndefine A = \"x\" // two\n/* three */ a : std.Sum(n=-1.5) \"open"
	want := []struct {
		text string
		kind LexKind
	}{
		{"# one", LexComment}, {"define", LexKeyword}, {"A", LexWord}, {"=", LexPunct}, {`"x"`, LexString}, {"// two", LexComment},
		{"/* three */", LexComment}, {"a", LexWord}, {":", LexPunct}, {"std", LexWord}, {".", LexPunct}, {"Sum", LexWord},
		{"(", LexPunct}, {"n", LexWord}, {"=", LexPunct}, {"-1.5", LexNumber}, {")", LexPunct}, {`"open`, LexBad},
	}
	got := Lex([]byte(src))
	if len(got) != len(want) {
		t.Fatalf("Lex gave %d lexemes, want %d: %v", len(got), len(want), got)
	}
	for i, l := range got {
		if text := src[l.Start.Offset:l.End.Offset]; text != want[i].text || l.Kind != want[i].kind {
			t.Errorf("lexeme %d is %q of kind %d, want %q of kind %d", i, text, l.Kind, want[i].text, want[i].kind)
		}
	}
}
