package rule

import _ "embed"

//go:embed ward.yaml
var wardYAML []byte

// Default is the rules of the demo's ward, from the file ward.yaml beside this.
func Default() []Rule {
	rules, err := Parse("ward.yaml", wardYAML)
	if err != nil {
		panic("rule: " + err.Error()) // it is ours, and a test reads it
	}
	return rules
}

// DefaultYAML is the text of the same, to begin one's own with.
func DefaultYAML() []byte { return wardYAML }
