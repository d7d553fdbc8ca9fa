package replica_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/agree/agreetest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/store/replica"
)

// A node in good standing that holds no part of the store writes nothing into it,
// becomes no member and takes nobody's place; each try is put on record.
func TestStrangersWriteNothing(t *testing.T) {
	g := newGroup(t, t.TempDir())
	var mu sync.Mutex
	tried := map[string]bool{}
	g.tune = func(cfg *replica.Config) {
		cfg.Audit = func(e flow.AuditEvent) {
			mu.Lock()
			defer mu.Unlock()
			tried[e.What+" of "+e.Who] = e.Refused() && e.Proven
		}
	}
	g.begin("a", "b", "c")
	lead := g.leader()
	mallory := g.wire.Port("mallory")
	for _, tt := range []struct{ kind, body, why string }{
		{"apply", "anything", "not a member"},
		{"voters", `{"add":{"ID":"mallory","Addr":"mallory:7000"}}`, "only they may"},
		{"voters", `{"remove":"b"}`, "only they may"},
		{"handover", "mallory#1", "not a voter"},
		{"join", `{"group":"x"}`, "not a voter"},
		{"leave", "a", "not a voter"},
	} {
		b, err := mallory.Ask(ctx, lead, "store-ward-a."+tt.kind, []byte(tt.body))
		if answer := string(b); err == nil && !strings.Contains(answer, tt.why) || err != nil && !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s %s: %q, %v, want a refusal: %s", tt.kind, tt.body, b, err, tt.why)
		}
	}
	if got := g.members[lead].Members(); len(got) != 3 {
		t.Errorf("members = %v", got)
	}
	mu.Lock()
	defer mu.Unlock()
	who := " of " + agreetest.Identity("mallory").URI
	for _, what := range []string{"an entry for the store-ward-a", "a change of the voters of the store-ward-a", "a request to hold the log of the store-ward-a"} {
		if !tried[what+who] {
			t.Errorf("not on record: %s; there is %v", what, tried)
		}
	}
}
