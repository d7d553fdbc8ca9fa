package control

import (
	"fmt"
	"testing"
)

// One person's taps leave room for others', and what is over makes room again.
func TestTapRoom(t *testing.T) {
	var room tapRoom
	for i := range maxTapsBy {
		if err := room.enter("ann"); err != nil {
			t.Fatalf("tap %d of ann: %v", i+1, err)
		}
	}
	if room.enter("ann") == nil {
		t.Errorf("ann has more than %d taps", maxTapsBy)
	}
	in := maxTapsBy
	for i := 0; in < maxTaps; i++ {
		if err := room.enter(fmt.Sprint("person ", i)); err != nil {
			t.Fatalf("with %d taps: %v", in, err)
		}
		in++
	}
	if room.enter("ben") == nil {
		t.Errorf("there are more than %d taps", maxTaps)
	}
	room.leave("ann")
	if err := room.enter("ben"); err != nil {
		t.Errorf("after one has left: %v", err)
	}
	if room.enter("ann") == nil {
		t.Error("ann came in where all is full")
	}
}
