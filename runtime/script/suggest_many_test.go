package script

import (
	"fmt"
	"strings"
	"testing"
)

// A misspelt name is not compared with thousands, for each mistake of thousands:
// whoever may look may have a script checked, and that must not take minutes.
func TestManyNamesAreNotCompared(t *testing.T) {
	var some, many []string
	for i := range mostNames + 1 {
		many = append(many, fmt.Sprintf("sensor%d", i))
	}
	some = many[:mostNames]
	if got := closest("senzor7", some); got != "sensor7" {
		t.Errorf("among %d: %q, want sensor7", len(some), got)
	}
	if got := closest("senzor7", many); got != "" {
		t.Errorf("among %d: %q, want none", len(many), got)
	}
	if got := Nearest("senzor7", many); got != "sensor7" {
		t.Errorf("what is asked for once: %q, want sensor7", got)
	}
	long := strings.Repeat("a", mostLetters)
	if got := closest(long+"b", []string{long + "c", long}); got != "" {
		t.Errorf("a name of %d letters is compared: %.9q…", mostLetters+1, got)
	}
	if got := closest(long[1:]+"b", []string{long + "c", long}); got != long {
		t.Errorf("a name of %d letters: %.9q…, want its neighbour", mostLetters, got)
	}
}
