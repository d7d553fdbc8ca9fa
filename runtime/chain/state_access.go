package chain

import (
	"github.com/ethereum/go-ethereum/core/state"
)

// accessState is a StateDB with a lighter list of what a call has accessed. By
// it the first access costs more gas than the next (EIP-2929), and a frame that
// reverts has accessed nothing. StateDB keeps maps in maps for it and a journal
// of changes, which is a fifth of what a check costs; a check accesses some
// twenty slots, so a short list that is searched from its end does as well.
type accessState struct {
	*state.StateDB
	warm   []access         // in the order of the first access
	index  map[access]int   // of all in warm, once they are many
	frames []frame          // of the frames under way
	base   map[Address]bool // what costs less from the beginning
}

// An access is that to a slot, or with a zero slot and whole to an account.
type access struct {
	slot    Hash
	address Address
	whole   bool
}

// A frame is how much was accessed when one began.
type frame struct{ snapshot, warm int }

// fewAccesses are searched one by one.
const fewAccesses = 64

func newAccessState(db *state.StateDB, base []Address) *accessState {
	a := &accessState{StateDB: db, base: map[Address]bool{}}
	for _, b := range base {
		a.base[b] = true
	}
	return a
}

// forget ends a call: the next has accessed nothing.
func (a *accessState) forget() {
	a.warm, a.frames = a.warm[:0], a.frames[:0]
	clear(a.index)
}

func (a *accessState) accessed(k access) bool {
	if len(a.warm) > fewAccesses {
		_, ok := a.index[k]
		return ok
	}
	for i := len(a.warm) - 1; i >= 0; i-- {
		if a.warm[i] == k {
			return true
		}
	}
	return false
}

func (a *accessState) access(k access) {
	if a.accessed(k) {
		return
	}
	a.warm = append(a.warm, k)
	switch {
	case len(a.warm) == fewAccesses+1:
		if a.index == nil {
			a.index = map[access]int{}
		}
		for i, k := range a.warm {
			a.index[k] = i
		}
	case len(a.warm) > fewAccesses:
		a.index[k] = len(a.warm) - 1
	}
}

// Snapshot implements go-ethereum's vm.StateDB, as what follows.
func (a *accessState) Snapshot() int {
	id := a.StateDB.Snapshot()
	a.frames = append(a.frames, frame{id, len(a.warm)})
	return id
}

// RevertToSnapshot takes back what was accessed since, too.
func (a *accessState) RevertToSnapshot(id int) {
	a.StateDB.RevertToSnapshot(id)
	for i := len(a.frames) - 1; i >= 0; i-- {
		m := a.frames[i]
		if m.snapshot < id {
			break
		}
		a.cut(m.warm)
		a.frames = a.frames[:i]
	}
}

// cut forgets all accesses but the first n.
func (a *accessState) cut(n int) {
	if len(a.warm) > fewAccesses {
		for _, k := range a.warm[n:] {
			delete(a.index, k)
		}
	}
	if n <= fewAccesses {
		clear(a.index)
	}
	a.warm = a.warm[:n]
}

// AddressInAccessList implements vm.StateDB.
func (a *accessState) AddressInAccessList(addr Address) bool {
	return a.base[addr] || a.accessed(access{address: addr, whole: true})
}

// SlotInAccessList implements vm.StateDB.
func (a *accessState) SlotInAccessList(addr Address, slot Hash) (bool, bool) {
	// Whoever asks looks at the second answer only.
	return true, a.accessed(access{address: addr, slot: slot})
}

// AddAddressToAccessList implements vm.StateDB.
func (a *accessState) AddAddressToAccessList(addr Address) {
	if !a.base[addr] {
		a.access(access{address: addr, whole: true})
	}
}

// AddSlotToAccessList implements vm.StateDB.
func (a *accessState) AddSlotToAccessList(addr Address, slot Hash) {
	a.access(access{address: addr, slot: slot})
}
