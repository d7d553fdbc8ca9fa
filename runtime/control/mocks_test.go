package control_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
)

// Who may look sees which mocks there are, and how they are; what they say is for
// those who may drive them, since actors may have written there what is of a
// patient.
func TestMocksAreOutlined(t *testing.T) {
	b := newBench(t, func(c *control.Config) {
		c.May = func(who control.Caller, a control.Ask) error {
			if a.Do == "mock" && (who.ID.Name != "admin" || a.Node != "ward") {
				return fmt.Errorf("%w: as this test has it", control.ErrDenied)
			}
			return controltest.May(who, a)
		}
	})
	for _, who := range []string{"admin", "nurse"} {
		c := b.client(b.h.Staff(who), b.h.Verifier())
		all, err := c.Mocks(t.Context())
		if err != nil || len(all) < 5 {
			t.Fatalf("%s sees %d mocks, %v", who, len(all), err)
		}
		for _, m := range all {
			hidden := who == "nurse" || m.Node != "ward"
			if m.Hidden != hidden || hidden && (m.Value != nil || m.Written != nil) {
				t.Errorf("%s sees %s of %s: %+v, want hidden %v", who, m.Name, m.Node, m, hidden)
			}
			if m.Doc == "" || m.Faults == nil || m.Actors == nil {
				t.Errorf("%s does not see what %s is: %+v", who, m.Name, m)
			}
		}
		if _, err := c.DriveMock(t.Context(), "bedside", "bed-1-temp", control.Drive{Set: json.RawMessage("39")}); !errors.Is(err, control.ErrDenied) {
			t.Errorf("%s drives a mock of a node that he may not: %v", who, err)
		}
	}
	if did := b.ward.Did(); len(did) > 0 {
		t.Errorf("the ward was told %q", did)
	}
}

// A drive is one thing, of a mock that is there.
func TestDriveMock(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	m, err := c.DriveMock(t.Context(), "bedside", "bed-1-temp", control.Drive{Set: json.RawMessage("39.4")})
	if err != nil || string(m.Value) != "39.4" || !m.Held || m.By != adminURI {
		t.Errorf("set: %+v, %v", m, err)
	}
	for name, tt := range map[string]struct {
		node, mock, body string
		status           int
		says             string
	}{
		"nothing":         {"bedside", "bed-1-temp", `{}`, 400, "a drive does 0 things: want exactly one of"},
		"two things":      {"bedside", "bed-1-temp", `{"set":1,"clear":true}`, 400, "a drive does 2 things"},
		"a longer name":   {"bedside", "bed-1-temp", `{"play":{"name":"` + strings.Repeat("x", 201) + `","values":[1]}}`, 400, "201 bytes"},
		"an unknown key":  {"bedside", "bed-1-temp", `{"boom":1}`, 400, "boom"},
		"no such mock":    {"bedside", "bed-9-temp", `{"set":1}`, 404, "bed-9-temp"},
		"a real device":   {"ward", "io.pressure", `{"set":1}`, 409, "is no mock"},
		"beyond it":       {"bedside", "bed-1-temp", `{"set":1000}`, 400, "is not within 25 and 45"},
		"no fault of its": {"ward", "io.light", `{"fault":{"kind":"drift"}}`, 400, "can't have this fault"},
	} {
		status, _, body := b.do(b.browser(b.h.Staff("admin")), http.MethodPost, "/api/v1/mocks/"+tt.node+"/"+tt.mock, tt.body)
		if status != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d %s, want %d with %q", name, status, body, tt.status, tt.says)
		}
	}
	if did := b.ward.Did(); !slices.Equal(did, []string{"drive bed-1-temp of bedside by " + adminURI}) {
		t.Errorf("the ward was told %q", did)
	}
}
