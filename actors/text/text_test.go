package text_test

import (
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	. "github.com/wardflow/wardflow/actors/casetest"
	"github.com/wardflow/wardflow/actors/text"
	"github.com/wardflow/wardflow/runtime/flow"
)

const unhandled = "no action takes exception tokens"

var failed = flow.Exception{Kind: flow.ExceptionKind, Value: "Exception"}

func TestFormat(t *testing.T) {
	format := func(name, fmt string, dict flow.Value, want string) Case {
		return Case{Name: name, Args: Args{"fmt": fmt}, In: Ports{"dict": {dict}}, Out: Ports{"text": {want}}}
	}
	d := Dict{"huey": Dict{"dewey": Dict{"louie": "gotcha!"}}, "n": nil, "t": true, "f": 1.0, "l": List{"a", 1}}
	Run(t, text.Format(), []Case{
		format("a path, and braces", `{huey.dewey.louie} \{huey.dewey.louie\}`, d, "gotcha! {huey.dewey.louie}"),
		format("Python's text", "{n} {t} {f} {l}", d, "None True 1.0 ['a', 1]"),
		format("the same hole twice", "{t}{t}", d, "TrueTrue"),
		format("one missing key", `{t} {miss} \{`, d, "{t} {miss} {"),
		format("a missing inner key", "{t} {huey.miss}", d, "{t} {huey.miss}"),
		format("no container", "{t.x} {f}", d, "{t.x} {f}"),
		format("no holes", "a { b } c {} {", Dict{" b ": 1}, "a 1 c {} {"),
		format("not filled again", "{a}{b}", Dict{"a": "{b}", "b": `\{`}, `{b}\{`),
		format("no dictionary", "{a}", 5, "{a}"),
		format("a line end ends no hole", "{a\nb} {a}", Dict{"a": 1}, "{a\nb} 1"),
		format("beyond ASCII", "å{å}å", Dict{"å": "ä"}, "åäå"),
	})
}

func TestLength(t *testing.T) {
	Run(t, text.Length(), []Case{
		{Name: "letters", In: Ports{"string": {"", "a", "åä", "\r\n"}}, Out: Ports{"length": {0, 1, 2, 2}}},
		{Name: "items", In: Ports{"string": {List{1, 2}, Dict{"a": 1}}}, Out: Ports{"length": {2, 1}}},
		{Name: "neither", In: Ports{"string": {1, "a"}}, Out: Ports{"length": {1}}, Letters: []string{"a number has no length"}},
	})
}

func TestLineJoin(t *testing.T) {
	Run(t, text.LineJoin(), []Case{
		{Name: "until the end", Args: Args{"delim": " "}, In: Ports{"line": {"One", "lines", "of", "words", flow.EOS, "two"}}, Out: Ports{"text": {"One lines of words"}}},
		{Name: "lines", In: Ports{"line": {"a", "", "b", flow.EOS, flow.EOS, "c", failed}}, Out: Ports{"text": {"a\n\nb", "", "c"}}},
		{Name: "what is no text", In: Ports{"line": {"a", 1, "b", flow.EOS}}, Out: Ports{"text": {"a\nb"}}, Letters: []string{"can't join a number to a text"}},
		{Name: "too long", In: Ports{"line": {strings.Repeat("x", 380<<10), "yyyy", flow.EOS}}, Out: Ports{"text": {strings.Repeat("x", 380<<10) + "\nyyyy"}}},
		{Name: "much too long", In: Ports{"line": {strings.Repeat("x", 380<<10), "y", strings.Repeat("x", 10<<10), flow.EOS}}, Out: Ports{"text": {strings.Repeat("x", 380<<10) + "\ny"}},
			Letters: []string{"the text would have more than 393216 bytes"}},
	})
}

func TestMustache(t *testing.T) {
	fill := func(name, fmt string, want string) Case {
		d := Dict{"city": "Åre", "temp": 7.84, "whole": 1.0, "n": 87, "t": true, "f": false, "none": nil, "zero": 0, "html": `<b>&"'`,
			"l": List{1, 2.5, "x"}, "e": List{}, "o": Dict{"k": Dict{"j": 3}}, "eo": Dict{}, "beds": List{Dict{"v": 1}, Dict{"v": nil}}}
		return Case{Name: name, Args: Args{"fmt": fmt}, In: Ports{"dict": {d}}, Out: Ports{"text": {want}}}
	}
	Run(t, text.Mustache(), []Case{
		fill("values", "{{city}}: {{temp}} {{whole}} {{n}} {{t}} {{none}} {{missing}}.", "Åre: 7.84 1.0 87 True None ."),
		fill("HTML", "{{html}} {{{html}}} {{&html}}", `&lt;b&gt;&amp;&quot;' <b>&"' <b>&"'`),
		fill("paths", "{{o.k.j}} {{o.k}} {{o.x.y}}.", "3 {'j': 3} ."),
		fill("lists", "{{#l}}({{.}}){{/l}} {{{l}}}", "(1)(2.5)(x) [1, 2.5, 'x']"),
		fill("conditions", "{{#t}}a{{/t}}{{#f}}b{{/f}}{{^f}}c{{/f}}{{#none}}d{{/none}}{{^zero}}e{{/zero}}{{#e}}f{{/e}}{{#eo}}g{{/eo}}{{^eo}}h{{/eo}}{{#n}}{{.}}{{/n}}", "aceh87"),
		fill("sections", "{{#beds}}{{v}} {{city}}, {{/beds}}{{#o}}{{#k}}{{j}}{{/k}}{{/o}}", "1 Åre, None Åre, 3"),
		fill("no file is read", "{{> /etc/passwd}}{{> mustache.go}}|", "|"),
		fill("comments and delimiters", "{{! no }}{{=<% %>=}}<% n %>", "87"),
		{Name: "no dictionary", Args: Args{"fmt": "x"}, In: Ports{"dict": {1}}, Letters: []string{"can't fill a template with a number"}},
		{Name: "too large", Args: Args{"fmt": "{{#l}}{{#l}}{{#l}}0123456789{{/l}}{{/l}}{{/l}}"}, In: Ports{"dict": {Dict{"l": make(List, 100)}, Dict{"l": List{1}}}},
			Out: Ports{"text": {"0123456789"}}, Letters: []string{"the text would have more than"}},
	})
}

func TestPostfixAndPrefixString(t *testing.T) {
	Run(t, text.PostfixString(), []Case{
		{Name: "a text", Args: Args{"postfix": "P"}, In: Ports{"in": {"a", "å", ""}}, Out: Ports{"out": {"aP", "åP", "P"}}},
		{Name: "Python's text", Args: Args{"postfix": 1.0}, In: Ports{"in": {true, nil, List{"a"}}}, Out: Ports{"out": {"True1.0", "None1.0", "['a']1.0"}}},
		{Name: "exceptions", In: Ports{"in": {flow.EOS, failed, 1}}, Out: Ports{"out": {flow.EOS, flow.EOS, "1-"}}},
	})
	Run(t, text.PrefixString(), []Case{
		{Name: "a text", Args: Args{"prefix": "P"}, In: Ports{"in": {"a", "å", ""}}, Out: Ports{"out": {"Pa", "På", "P"}}},
		{Name: "Python's text", In: Ports{"in": {true, nil, 2.0}}, Out: Ports{"out": {"-True", "-None", "-2.0"}}},
		{Name: "exceptions", In: Ports{"in": {flow.EOS, failed, 1}}, Out: Ports{"out": {flow.EOS, flow.EOS, "-1"}}},
	})
}

func TestRegexMatch(t *testing.T) {
	match := func(regex string, in, match, noMatch Values) Case {
		return Case{Name: regex, Args: Args{"regex": regex}, In: Ports{"text": in}, Out: Ports{"match": match, "no_match": noMatch}}
	}
	Run(t, text.RegexMatch(), []Case{
		match(".* (FLERP).* ", Values{"This is a test FLERP please ignore", "This is a test please ignore"}, Values{"FLERP"}, Values{"This is a test please ignore"}),
		match("ab", Values{"abc", "cab"}, Values{"abc"}, Values{"cab"}),
		match("(a)(b)", Values{"abc"}, Values{"a"}, nil),
		match("(a)|b", Values{"b"}, Values{""}, nil),
		match("(?P<word>[a-z]+)!", Values{"hi!"}, Values{"hi"}, nil),
		match(`^\d+$`, Values{"12", "12\n", "12\n\n", "12a"}, Values{"12", "12\n"}, Values{"12\n\n", "12a"}),
		match(`(\d+)\Z`, Values{"12", "12\n"}, Values{"12"}, Values{"12\n"}),
		match(`\\Z`, Values{`\Z`}, Values{`\Z`}, nil),
		match("(?i)a", Values{"A"}, Values{"A"}, nil),
		match("a.c", Values{"a\nc"}, nil, Values{"a\nc"}),
		match("a|bc", Values{"bc", "xa"}, Values{"bc"}, Values{"xa"}),
		match("True|1", Values{true, 12, nil}, Values{"True", "12"}, Values{"None"}),
		match("", Values{""}, Values{""}, nil),
		{Name: "exceptions", Args: Args{"regex": "a"}, In: Ports{"text": {flow.EOS, "a"}}, Out: Ports{"match": {"a"}}, Letters: []string{unhandled}},
	})
}

func TestSplit(t *testing.T) {
	Run(t, text.Split(), []Case{
		{Name: "words", Args: Args{"delim": " "}, In: Ports{"text": {"Five words in a list", " a  b ", ""}},
			Out: Ports{"lines": {List{"Five", "words", "in", "a", "list"}, List{"", "a", "", "b", ""}, List{""}}}},
		{Name: "any delimiter", Args: Args{"delim": 1}, In: Ports{"text": {"a1b"}}, Out: Ports{"lines": {List{"a", "b"}}}},
		{Name: "no text", Args: Args{"delim": ","}, In: Ports{"text": {5, "a"}}, Out: Ports{"lines": {List{"a"}}}, Letters: []string{"can't split a number"}},
	})
}

func TestWordCount(t *testing.T) {
	Run(t, text.WordCount(), []Case{
		{Name: "until the end, and on", In: Ports{"in": {"a", "b", "a", flow.EOS, "c", "a", flow.EOS}}, Out: Ports{"out": {Dict{"a": 2, "b": 1}, Dict{"a": 3, "b": 1, "c": 1}}}},
		{Name: "nothing", In: Ports{"in": {flow.EOS}}, Out: Ports{"out": {Dict{}}}},
		{Name: "numbers", In: Ports{"in": {1, "1", true, List{}, flow.EOS}}, Out: Ports{"out": {Dict{"1": 2, "True": 1}}}, Letters: []string{"a list is no word"}},
		{Name: "too many", In: Ports{"in": {strings.Repeat("a", 380<<10), strings.Repeat("b", 10<<10), "c", flow.EOS}}, Out: Ports{"out": {Dict{strings.Repeat("a", 380<<10): 1, "c": 1}}},
			Letters: []string{"the counts would have more than"}},
	})
}

func TestArgumentsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  flow.Type
		args Args
		want string
	}{
		"no fmt":       {text.Format(), nil, "argument fmt: is missing"},
		"no template":  {text.Mustache(), nil, "argument fmt: is missing"},
		"open section": {text.Mustache(), Args{"fmt": "{{#a}}"}, "argument fmt: line 1: Section a has no closing tag"},
		"no regex":     {text.RegexMatch(), nil, "argument regex: is missing"},
		"open group":   {text.RegexMatch(), Args{"regex": "(a"}, "argument regex: error parsing regexp: missing closing ): `(a`"},
		"look ahead":   {text.RegexMatch(), Args{"regex": "a(?=b)"}, "argument regex: error parsing regexp: invalid or unsupported Perl syntax: `(?=`"},
		"no delim":     {text.Split(), nil, "argument delim: is missing"},
		"empty delim":  {text.Split(), Args{"delim": ""}, "argument delim: is empty"},
		"delim":        {text.LineJoin(), Args{"delim": int64(1)}, "argument delim: want a string, not a number"},
	} {
		if _, err := actortest.New(tt.typ, tt.args); err == nil || err.Error() != tt.want {
			t.Errorf("%s: New gives %v, want %s", name, err, tt.want)
		}
	}
}

// Whatever a template and an expression say, making and using them ends without
// a panic.
func FuzzTemplates(f *testing.F) {
	f.Add("{a.b} \\{ {{#l}}{{.}}{{/l}}", "v", "^(a|b)$\\Z")
	f.Add("{{#l}}{{#l}}{{>p}}{{/l}}{{/l}}", "", "a**")
	f.Fuzz(func(t *testing.T, fmt, v, regex string) {
		d := Dict{"a": Dict{"b": v}, "l": List{int64(1), v}}
		for _, tt := range []struct {
			typ  flow.Type
			args Args
			port string
			in   flow.Value
		}{{text.Format(), Args{"fmt": fmt}, "dict", d}, {text.Mustache(), Args{"fmt": fmt}, "dict", d}, {text.RegexMatch(), Args{"regex": regex}, "text", v}} {
			if _, err := actortest.New(tt.typ, tt.args); err != nil || strings.Count(fmt, "#") > 8 {
				continue
			}
			b := actortest.Start(t, actortest.NewEnv(), tt.typ, tt.args)
			b.Feed(tt.port, tt.in)
			_ = b.TryRun()
		}
	})
}
