package agree

import (
	"fmt"
	"testing"

	"github.com/hashicorp/raft"
	wal "github.com/hashicorp/raft-wal"
)

// A follower whose last entries lose against a new leader's deletes them. The
// log must open again after that: raft-wal before v0.4.1 marked the file as
// sealed without sealing it, and a voter that restarted then never came back.
func TestTheLogOpensAfterEntriesWereTakenBack(t *testing.T) {
	dir := t.TempDir()
	entry := func(i uint64) *raft.Log {
		return &raft.Log{Index: i, Term: 1, Data: fmt.Appendf(nil, "entry %d", i)}
	}
	open := func() *wal.WAL {
		t.Helper()
		log, err := wal.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return log
	}
	log := open()
	for i := range uint64(10) {
		if err := log.StoreLog(entry(i + 1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.DeleteRange(8, 10); err != nil {
		t.Fatal(err)
	}
	if err := log.StoreLog(entry(8)); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	log = open()
	defer log.Close()
	for i := uint64(1); i <= 8; i++ {
		var got raft.Log
		if err := log.GetLog(i, &got); err != nil || string(got.Data) != string(entry(i).Data) {
			t.Errorf("entry %d after opening again: %q, %v", i, got.Data, err)
		}
	}
}
