package draw_test

import (
	"os"

	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/draw"
)

func ExamplePicture_Mermaid() {
	file, _ := script.Parse("count.calvin", []byte("count : std.Counter()\nprint : io.Print()\ncount.integer > print.token\n"))
	picture, err := draw.Of(file, script.TypesOf(types), draw.Options{})
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(picture.Mermaid())
	// Output:
	// flowchart LR
	//   n1["count<br/>std.Counter"]
	//   n2["print<br/>io.Print"]
	//   n1 -->|"integer &gt; token"| n2
}
