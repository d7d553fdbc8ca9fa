package view_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/control/merge"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The page makes the same of changes as Go does.
func TestChanges(t *testing.T) {
	needNode(t, "typescript")
	type story struct {
		Snapshot *control.Snapshot `json:"snapshot"`
		Changes  []json.RawMessage `json:"changes"`
	}
	var stories []story
	var want []control.Snapshot
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 1))
		now := controltest.Begin.Add(time.Minute)
		ward := controltest.New(func() time.Time { return now })
		at := snapshot(t, ward)
		told := story{Snapshot: at}
		for range 15 {
			now = now.Add(time.Duration(rng.IntN(9000)) * time.Millisecond)
			happen(t, rng, ward)
			next := snapshot(t, ward)
			patch, _ := merge.Append(nil, at, next)
			applied, err := merge.Apply(*at, patch)
			if err != nil {
				t.Fatal(err)
			}
			told.Changes, at = append(told.Changes, patch), &applied
			want = append(want, applied)
		}
		stories = append(stories, told)
	}
	in, err := json.Marshal(stories)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "e2e/changes.mjs")
	cmd.Stdin = bytes.NewReader(in)
	var failed strings.Builder
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, failed.String())
	}
	var got []control.Snapshot
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d snapshots, want %d", len(got), len(want))
	}
	for i := range want {
		if left, any := merge.Append(nil, &want[i], &got[i]); any {
			t.Fatalf("after change %d the page's snapshot differs by %s", i, left)
		}
		for j, a := range want[i].Actors {
			if got[i].Actors[j].ID != a.ID {
				t.Fatalf("after change %d actor %d is %s, want %s", i, j, got[i].Actors[j].ID, a.ID)
			}
		}
	}
}

func snapshot(t *testing.T, w *controltest.Ward) *control.Snapshot {
	t.Helper()
	s, err := w.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// happen does one thing to the ward.
func happen(t *testing.T, rng *rand.Rand, w *controltest.Ward) {
	by := flow.Identity{URI: "spiffe://people.h1.health.example/staff/admin"}
	name := "app" + strconv.Itoa(rng.IntN(2))
	switch rng.IntN(7) {
	case 0:
		_, _ = w.Deploy(t.Context(), by, control.Deployment{Name: name}) // without a majority nothing happens
	case 1:
		_ = w.Stop(t.Context(), by, name)
	case 2:
		w.Down("bedside", "its power went")
	case 3:
		w.Down("bedside", "")
	case 4:
		w.Spill(rng.IntN(40) - 20)
	case 5:
		w.Lack(rng.IntN(2) > 0)
	}
}

// changes.ts knows the lists that come by key or by their front as Go writes them.
func TestListsOfChanges(t *testing.T) {
	source, err := os.ReadFile("src/changes.ts")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[control.Snapshot]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		how, what, _ := strings.Cut(f.Tag.Get("merge"), "=")
		if how != "" {
			want[name] = how + " " + what
		}
	}
	got := map[string]string{}
	_, line, _ := strings.Cut(string(source), "const keys: Record<string, string> = {")
	line, _, _ = strings.Cut(line, "}")
	for _, m := range regexp.MustCompile(`(\w+): "(\w+)"`).FindAllStringSubmatch(line, -1) {
		got[m[1]] = "by " + m[2]
	}
	for _, m := range regexp.MustCompile(`new(\w+): \{ list: "(\w+)", most: (\d+) \}`).FindAllStringSubmatch(string(source), -1) {
		if !strings.EqualFold(m[1], m[2]) {
			t.Errorf("new%s is for the list %s", m[1], m[2])
		}
		got[m[2]] = "newest " + m[3]
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("changes.ts knows %v, Go writes %v", got, want)
	}
	for name, most := range map[string]int{"refusals": control.MaxRefusals, "alarms": control.MaxAlarms, "events": control.MaxEvents} {
		if want[name] != "newest "+strconv.Itoa(most) {
			t.Errorf("%s has the tag %q, and at most %d", name, want[name], most)
		}
	}
}
