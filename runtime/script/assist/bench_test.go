package assist_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/script/assist"
)

// large is a script of 10,000 actors.
func large() string {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "count_%d : std.Counter()\nprint_%d : io.Print()\ncount_%d.integer > print_%d.token\n", i, i, i, i)
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	src := []byte(large())
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		assist.Read("in.calvin", src, world())
	}
}

func BenchmarkComplete(b *testing.B) {
	src := large() + "count_1."
	s := assist.Read("in.calvin", []byte(src), world())
	for b.Loop() {
		s.Complete(len(src))
	}
}

func BenchmarkCompletePorts(b *testing.B) {
	src := large() + "count_1.integer > "
	s := assist.Read("in.calvin", []byte(src), world())
	for b.Loop() {
		s.Complete(len(src))
	}
}

func BenchmarkIssues(b *testing.B) {
	s := assist.Read("in.calvin", []byte(large()), world())
	for b.Loop() {
		s.Issues()
	}
}

func BenchmarkTokens(b *testing.B) {
	s := assist.Read("in.calvin", []byte(large()), world())
	for b.Loop() {
		s.Tokens()
	}
}
