package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/doctor"
)

// Warnings leave the exit code at 0, so that a timer on a host fails for what is
// bad alone.
func TestDoctorFailsForWhatIsBad(t *testing.T) {
	for _, tt := range []struct {
		state doctor.State
		says  string
		fails bool
	}{
		{doctor.Good, "1 check is good: --all shows it\nnothing is wrong\n", false},
		{doctor.Skipped, "skipped  disk  data: found\nnothing is wrong\n", false},
		{doctor.Warning, "warning  disk  data: found\n               mend: do\n1 warning, nothing that stops anything yet\n", false},
		{doctor.Bad, "bad      disk  data: found\n               mend: do\n", true},
	} {
		cmd := doctorCommand()
		var b bytes.Buffer
		cmd.SetOut(&b)
		f := doctor.Finding{Check: "disk", About: "data", State: tt.state, Found: "found"}
		if tt.state == doctor.Warning || tt.state == doctor.Bad {
			f.Mend = "do"
		}
		err := diagnose(cmd, "table", false, []doctor.Finding{f})
		if (err != nil) != tt.fails || strings.TrimSpace(b.String()) != strings.TrimSpace(tt.says) {
			t.Errorf("%s: %v, and\n%s, want\n%s", tt.state, err, b.String(), tt.says)
		}
	}
}
