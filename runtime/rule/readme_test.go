package rule_test

import (
	"os"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/rule"
)

// The rules in README are taken as they stand there.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	for line := range strings.Lines(string(text)) {
		rest, indented := strings.CutPrefix(line, "    ")
		switch {
		case file.Len() == 0 && rest != "h1/3:\n":
			continue
		case !indented:
			rules, err := rule.Parse("README.md", []byte(file.String()))
			if err != nil || len(rules) != 1 || len(rules[0].Limits) != 3 || len(rules[0].Agreements) != 1 {
				t.Errorf("Parse = %+v, %v\n%s", rules, err, file.String())
			}
			return
		}
		file.WriteString(rest)
	}
	t.Error("README shows no rule file")
}
