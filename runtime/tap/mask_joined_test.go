package tap_test

import (
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tap"
)

// Where short numbers may stand in a text, a long one in pieces may not: it may be
// somebody's telephone, record, card or day of birth.
func TestNumbersInPiecesAreHidden(t *testing.T) {
	m := tap.NewMask(make([]byte, tap.KeySize), nil)
	for _, key := range []string{"value", "clause"} {
		for _, who := range []string{"0612-3456-789", "1234 5678 9012", "1956-03-07", "07/03/1956", "7/3/56", "1234_5678", "12:34:56:78", "1234,5678,9012", "12, 34, 56", "value 1234 - 5678", "0201/3456"} {
			if s := tap.Show("out", map[string]flow.Value{key: who}, m, nil); !s.Masked || strings.Contains(string(s.JSON), who) {
				t.Errorf("%s %q is shown: %s", key, who, s.JSON)
			}
		}
		for _, what := range []string{"120/80", "182 /min outside 40 … 140", "value over 38.5 Cel", "36.5, 38.5", "72"} {
			if s := tap.Show("out", map[string]flow.Value{key: what}, m, nil); s.Masked {
				t.Errorf("%s %q is hidden, and was measured: %s", key, what, s.JSON)
			}
		}
	}
	if s := tap.Show("out", flow.Exception{Kind: "ExceptionToken", Value: "0612-3456-789"}, m, nil); !s.Masked || strings.Contains(string(s.JSON), "0612") {
		t.Errorf("in an exception it is shown: %s", s.JSON)
	}
}
