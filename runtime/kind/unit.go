package kind

import "strings"

// aliases are names that people use for units, and their UCUM codes.
var aliases = map[string]string{
	"degC": "Cel", "°C": "Cel", "degF": "[degF]", "°F": "[degF]",
	"percent": "%", "bpm": "/min", "mmHg": "mm[Hg]", "cmH2O": "cm[H2O]", "sec": "s",
}

// unit is the code of a unit in one spelling: without the alias, the remark in
// braces (UCUM, section 2.3: it means nothing) and the 1 before a stroke.
func unit(code string) string {
	if ucum, ok := aliases[code]; ok {
		return ucum
	}
	var b strings.Builder
	for rest := code; ; {
		before, after, ok := strings.Cut(rest, "{")
		b.WriteString(before)
		if !ok {
			break
		}
		_, rest, _ = strings.Cut(after, "}")
	}
	plain := b.String()
	if strings.HasPrefix(plain, "1/") {
		plain = plain[1:]
	}
	if plain == "" {
		return "1" // only a remark: a count of something
	}
	return plain
}
