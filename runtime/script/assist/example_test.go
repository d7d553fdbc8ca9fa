package assist_test

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/script/assist"
)

func ExampleSnapshot_Complete() {
	src := "count : std.Counter()\nprint : io.Print()\ncount.integer > "
	s := assist.Read("in.calvin", []byte(src), world())
	for _, item := range s.Complete(len(src))[:1] {
		fmt.Println(item.Label, "-", item.Doc)
	}
	// Output: print.token - what is printed
}
