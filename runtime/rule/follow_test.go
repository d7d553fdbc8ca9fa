package rule

import (
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
)

// What a tracker concludes from a row of looks at the chain. Times are seconds
// on our clock; each look takes a tenth.
func TestTracker(t *testing.T) {
	t.Parallel()
	type look struct {
		asked  float64
		block  uint64
		at     int64 // the block's time, on the chain's clock
		epoch  uint64
		hash   byte
		reload bool
		why    string
	}
	for _, tt := range []struct {
		name  string
		looks []look
	}{
		{"all well", []look{{0, 5, 0, 1, 5, false, ""}, {5, 6, 5, 1, 6, false, ""}, {5.25, 6, 5, 1, 6, false, ""}, {10, 7, 10, 2, 7, false, ""}}},
		{"an old block at the start is no clock", []look{{100, 5, 0, 1, 5, false, ""}}},
		{"our clock is behind", []look{{0, 5, 3, 1, 5, false, "at least 2.9s behind"}, {1, 5, 3, 1, 5, false, ""}}},
		{"our clock is ahead, twice in a row", []look{
			{100, 5, 90, 1, 5, false, ""}, {104, 6, 94, 1, 6, false, ""}, {109, 7, 99, 1, 7, false, "at least 4s ahead"},
			{109.25, 7, 99, 1, 7, false, "at least 4s ahead"}, {114, 8, 113, 1, 8, false, ""}}},
		{"one late block is the network's", []look{{100, 5, 99, 1, 5, false, ""}, {104, 6, 94, 1, 6, false, ""}, {109, 7, 108, 1, 7, false, ""}}},
		{"nothing asked for a while proves nothing", []look{{100, 5, 99, 1, 5, false, ""}, {160, 6, 104, 1, 6, false, ""}, {161, 7, 160, 1, 7, false, ""}}},
		{"the chain went back and came on", []look{
			{0, 5, 0, 1, 5, false, ""}, {1, 4, 0, 1, 4, false, "went back from block 5 to 4"}, {2, 4, 0, 1, 4, false, "went back"}, {6, 6, 6, 1, 6, true, ""}, {11, 7, 11, 1, 7, false, ""}}},
		{"the epoch went back", []look{{0, 5, 0, 3, 5, false, ""}, {5, 6, 5, 2, 6, false, "epoch of the rules went back from 3 to 2"}, {10, 7, 10, 3, 7, true, ""}}},
		{"a final block was replaced", []look{{0, 5, 0, 1, 5, false, ""}, {1, 5, 0, 1, 9, false, "block 5 was final"}, {5, 6, 5, 1, 6, true, ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := tracker{maxSkew: 2 * time.Second}
			for i, l := range tt.looks {
				asked := time.Unix(1000, 0).Add(time.Duration(l.asked * float64(time.Second)))
				head := chain.Head{Number: l.block, Hash: chain.Hash{l.hash}, Time: time.Unix(1000+l.at, 0)}
				reload, why := tr.see(head, l.epoch, asked, asked.Add(100*time.Millisecond))
				if reload != l.reload || (why == nil) != (l.why == "") || why != nil && !strings.Contains(why.Error(), l.why) {
					t.Fatalf("look %d: reload %v, %v; want %v, %q", i+1, reload, why, l.reload, l.why)
				}
			}
		})
	}
}
