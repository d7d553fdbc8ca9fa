package link

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

var messages = []Message{
	{Kind: KindOpen, Made: 300, Settled: 7},
	{Kind: KindOpened, Taken: 8, Credit: 1 << 40},
	{Kind: KindFrame, Frame: Frame{Link: "l", First: 9, Tokens: []flow.Token{{Seq: 9, Source: "a:b", Value: int64(1)}, {Seq: 10, Source: "a:b", Value: flow.EOS}}}},
	{Kind: KindCredit, Credit: 1},
	{Kind: KindSettled, Settled: 1<<64 - 1},
	{Kind: KindRefuse, Why: "the actor has moved"},
}

func TestMessageRoundTrip(t *testing.T) {
	for _, want := range messages {
		b, n, err := AppendMessage(nil, &want, 1<<16)
		if err != nil || n != len(want.Frame.Tokens) {
			t.Fatalf("AppendMessage(%v) = %d tokens, %v", want, n, err)
		}
		var got Message
		if err := ReadMessage(b, "l", &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("ReadMessage = %v, %v; want %v", got, err, want)
		}
	}
}

func TestMessageIsCut(t *testing.T) {
	m := Message{Kind: KindFrame, Frame: Frame{Link: "l", First: 1, Tokens: []flow.Token{
		{Seq: 1, Value: strings.Repeat("x", 100)}, {Seq: 2, Value: strings.Repeat("y", 100)}}}}
	if _, n, err := AppendMessage(nil, &m, 150); n != 1 || err != nil {
		t.Fatalf("AppendMessage within 150 bytes = %d tokens, %v; want 1", n, err)
	}
	if _, n, err := AppendMessage(nil, &m, 10); n != 1 || err != nil {
		t.Fatalf("AppendMessage within 10 bytes = %d tokens, %v; want 1, whatever its length", n, err)
	}
}

// What can be read is written again as the same bytes.
func FuzzReadMessage(f *testing.F) {
	for _, m := range messages {
		b, _, _ := AppendMessage(nil, &m, 1<<16)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var m Message
		if ReadMessage(in, "l", &m) != nil {
			return
		}
		out, n, err := AppendMessage(nil, &m, len(in))
		if err != nil || n != len(m.Frame.Tokens) || !bytes.Equal(out, in) {
			t.Fatalf("read %x, wrote %x, %v", in, out, err)
		}
	})
}
