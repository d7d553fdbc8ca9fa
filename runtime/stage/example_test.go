package stage_test

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

func ExampleStage_Run() {
	s, err := stage.New(stage.Config{Types: types(), Watch: []flow.Endpoint{at("sum.out")},
		Graph: &flow.Graph{
			Actors: []flow.Node{node("minutes", "every", args{"seconds": int64(60)}), node("sum", "sum", nil)},
			Links:  []flow.Link{link("minutes.out", "sum.in")}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	end := s.Run(context.Background(), s.Now().Add(5*time.Minute), nil)
	fmt.Println(s.Given(at("sum.out")), end)
	// Output: [1 3 6 10 15] its time is up
}
