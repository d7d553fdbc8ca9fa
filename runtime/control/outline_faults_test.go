package control

import (
	"encoding/json"
	"strings"
	"testing"
)

// What a failed firing said, which may name a patient, is for who may see refusals;
// what else keeps an actor from running is for all, and the whole stays as it was.
func TestFaultsAreOutlined(t *testing.T) {
	const said = "close window 3 of patient p-17: it holds no reading"
	whole := &Snapshot{
		Actors: []ActorState{{ID: "ward:sign", State: Faulted, Errors: 2, LastError: said}, {ID: "ward:new", State: Shadow, LastError: "no node has the type x"}},
		Apps:   []App{{Name: "ward", Why: "ward:sign is faulted: " + said}},
		Events: []Event{{Kind: ActorFault, Text: "ward:sign faulted: " + said}, {Kind: NodeDown, Text: "bed-1: down"}},
	}
	before, _ := json.Marshal(whole) // it encodes
	data, err := json.Marshal(outlined(whole))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, hidden := range []string{"p-17", "window 3"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is in %s", hidden, text)
		}
	}
	for _, stays := range []string{"no node has the type x", "ward:sign is faulted: " + unsaid, `"ward:sign faulted"`, "bed-1: down"} {
		if !strings.Contains(text, stays) {
			t.Errorf("%q is not in %s", stays, text)
		}
	}
	steps := []WhyStep{{What: "it runs", Why: "on bed-1, epoch 2: faulted: " + said}}
	if got := outlinedSteps(steps, whole.Actors); strings.Contains(got[0].Why, "p-17") || !strings.Contains(steps[0].Why, said) {
		t.Errorf("why a link does not flow: %+v of %+v", got, steps)
	}
	if after, _ := json.Marshal(whole); string(after) != string(before) {
		t.Errorf("the whole became %s", after)
	}
}
