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
		era    uint64
	}
	for _, tt := range []struct {
		name  string
		looks []look
	}{
		{"all well", []look{{0, 5, 0, 1, 5, false, "", 0}, {5, 6, 5, 1, 6, false, "", 0}, {5.25, 6, 5, 1, 6, false, "", 0}, {10, 7, 10, 2, 7, false, "", 0}}},
		{"an old block at the start is no clock", []look{{100, 5, 0, 1, 5, false, "", 0}}},
		{"our clock is behind", []look{{0, 5, 3, 1, 5, false, "at least 2.9s behind", 0}, {1, 5, 3, 1, 5, false, "", 0}}},
		{"our clock is ahead, twice in a row", []look{
			{100, 5, 90, 1, 5, false, "", 0}, {104, 6, 94, 1, 6, false, "", 0}, {109, 7, 99, 1, 7, false, "at least 4s ahead", 0},
			{109.25, 7, 99, 1, 7, false, "at least 4s ahead", 0}, {114, 8, 113, 1, 8, false, "", 0}}},
		{"one late block is the network's", []look{{100, 5, 99, 1, 5, false, "", 0}, {104, 6, 94, 1, 6, false, "", 0}, {109, 7, 108, 1, 7, false, "", 0}}},
		{"nothing asked for a while proves nothing", []look{{100, 5, 99, 1, 5, false, "", 0}, {160, 6, 104, 1, 6, false, "", 0}, {161, 7, 160, 1, 7, false, "", 0}}},
		{"the chain went back and came on", []look{
			{0, 5, 0, 1, 5, false, "", 0}, {1, 4, 0, 1, 4, false, "went back from block 5 to 4", 0}, {2, 4, 0, 1, 4, false, "went back", 0}, {6, 6, 6, 1, 6, true, "", 0}, {11, 7, 11, 1, 7, false, "", 0}}},
		{"the epoch went back", []look{{0, 5, 0, 3, 5, false, "", 0}, {5, 6, 5, 2, 6, false, "epoch of the rules went back from 3 to 2", 0}, {10, 7, 10, 3, 7, true, "", 0}}},
		{"a foreign chain tells that it went back", []look{{0, 5, 0, 2, 5, false, "", 0}, {1, 4, 0, 2, 4, true, "", 1}, {6, 5, 6, 3, 9, false, "", 1}}},
		{"and its rules with it", []look{{0, 5, 0, 2, 5, false, "", 0}, {1, 4, 0, 1, 4, false, "epoch of the rules went back from 2 to 1", 1}, {6, 5, 6, 2, 9, true, "", 1}}},
		{"a final block was replaced", []look{{0, 5, 0, 1, 5, false, "", 0}, {1, 5, 0, 1, 9, false, "block 5 was final", 0}, {5, 6, 5, 1, 6, true, "", 0}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := tracker{maxSkew: 2 * time.Second}
			for i, l := range tt.looks {
				asked := time.Unix(1000, 0).Add(time.Duration(l.asked * float64(time.Second)))
				head := chain.Head{Number: l.block, Hash: chain.Hash{l.hash}, Time: time.Unix(1000+l.at, 0), Era: l.era}
				reload, why := tr.see(head, l.epoch, asked, asked.Add(100*time.Millisecond))
				if reload != l.reload || (why == nil) != (l.why == "") || why != nil && !strings.Contains(why.Error(), l.why) {
					t.Fatalf("look %d: reload %v, %v; want %v, %q", i+1, reload, why, l.reload, l.why)
				}
			}
		})
	}
}
