package assist_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/script/assist"
)

// After arguments as long as a script may be no name of a type is put together of
// them, word by word: that took minutes, and gigabytes that were thrown away.
func TestCompleteAfterALongList(t *testing.T) {
	text := "a : std.Constant(data=[" + strings.Repeat("1,", 20_000) + "1])"
	s := assist.Read("x.calvin", []byte(text), world())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s.Complete(len(text))
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 100<<20 {
		t.Errorf("completing after a list of 20 000 numbers took %d MiB, want little", took>>20)
	}
}
