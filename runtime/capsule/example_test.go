package capsule_test

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A sender gives a token. It may be sent once the step that covers it is kept.
func ExampleCapsule() {
	begin := capsule.Read(flow.Checkpoint{}) // anew
	out, _ := begin.Out("bed:ecg.out > bed:store.in", capsule.Key("bed:ecg.out > bed:store.in", 1), 8)
	c := capsule.New(capsule.Config{Actor: "bed:ecg", Epoch: 1, Out: []capsule.OutEnd{&out}, Start: begin})

	out.Offer(flow.Token{Value: int64(72)})
	if c.Begin() {
		step := c.Step([]byte("state"))
		fmt.Println(len(step.Out), "token in the step,", out.Released(), "released")
		c.Landed() // the register has kept it
		c.Land()
	}
	fmt.Println(out.Released(), "released")
	// Output:
	// 1 token in the step, 0 released
	// 1 released
}
