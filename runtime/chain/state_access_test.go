package chain

import (
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
)

// What has been accessed is what go-ethereum's own state says, whatever frames
// begin and revert.
func TestAccessState(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 0))
		plain, light := emptyState(t), newAccessState(emptyState(t), nil)
		var frames, lightFrames []int
		addr := func() Address { return Address{byte(rng.IntN(4))} }
		slot := func() Hash { return Hash{byte(rng.IntN(60))} }
		for range 600 {
			switch a, s := addr(), slot(); rng.IntN(8) {
			case 0:
				frames, lightFrames = append(frames, plain.Snapshot()), append(lightFrames, light.Snapshot())
			case 1:
				if n := len(frames); n > 0 && rng.IntN(2) == 0 {
					i := rng.IntN(n)
					plain.RevertToSnapshot(frames[i])
					light.RevertToSnapshot(lightFrames[i])
					frames, lightFrames = frames[:i], lightFrames[:i]
				}
			case 2:
				plain.AddAddressToAccessList(a)
				light.AddAddressToAccessList(a)
			default:
				plain.AddAddressToAccessList(a) // as a frame at a has it
				light.AddAddressToAccessList(a)
				plain.AddSlotToAccessList(a, s)
				light.AddSlotToAccessList(a, s)
			}
			for range 4 {
				a, s := addr(), slot()
				_, want := plain.SlotInAccessList(a, s)
				if _, got := light.SlotInAccessList(a, s); got != want {
					t.Fatalf("seed %d: slot %x of %x: %v, want %v", seed, s[0], a[0], got, want)
				}
				if got, want := light.AddressInAccessList(a), plain.AddressInAccessList(a); got != want {
					t.Fatalf("seed %d: account %x: %v, want %v", seed, a[0], got, want)
				}
			}
		}
	}
}

func emptyState(t *testing.T) *state.StateDB {
	t.Helper()
	db, err := state.New(types.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	return db
}
