// Package storetest is what every store of readings must pass.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, ward, func(t *testing.T, dir string) store.Store { … })
//	}
package storetest

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
)

// Run tests a kind of store. open opens the store kept in dir, or makes it;

// ward makes a new ward for each test, of a patient with the given pseudonym

// and at least two devices of its own.

func Run(t *testing.T, ward func(t *testing.T, patient string) *prooftest.Ward, open func(t *testing.T, dir string) store.Store) {
	for _, tt := range []struct {
		name string
		test func(*bench)
	}{
		{"a reading waits, then is recorded", testRecord},
		{"a window comes with its leaves", testTogether},
		{"a batch is stored whole or not at all", testWhole},
		{"replays are refused", testReplay},
		{"windows follow one another", testChain},
		{"a window in quarantine counts for its chain", testLinks},
		{"a window takes the place of a copy in quarantine", testPlace},
		{"each leaf is accounted for", testLeaves},
		{"an older epoch is refused", testStale},
		{"a fence ends older epochs", testFence},
		{"a checkpoint keeps what is unsettled", testStep},
		{"queries", testQueries},
		{"single readings", testKept},
		{"refusals and quarantine", testRefusals},
		{"commits of many goroutines", testMany},
		{"a closed store", testClosed},
		{"a record verifies", testVerify},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := &bench{T: t, dir: t.TempDir(), open: open, makeWard: ward}
			b.store = open(t, b.dir)
			defer func() {
				if err := b.store.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			}()
			tt.test(b)
		})
	}
}

// A bench is one test with its store.

type bench struct {
	*testing.T
	dir      string
	open     func(*testing.T, string) store.Store
	makeWard func(*testing.T, string) *prooftest.Ward
	store    store.Store
}

func (b *bench) ward(patient string) *prooftest.Ward { b.Helper(); return b.makeWard(b.T, patient) }

// reopen closes the store and opens it again: what a restart does.

func (b *bench) reopen() {
	b.Helper()
	if err := b.store.Close(); err != nil {
		b.Fatal(err)
	}
	b.store = b.open(b.T, b.dir)
}

func (b *bench) commit(batch store.Batch) {
	b.Helper()
	if err := b.store.Commit(context.Background(), batch); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) refuse(batch store.Batch, want error) {
	b.Helper()
	if err := b.store.Commit(context.Background(), batch); !errors.Is(err, want) {
		b.Errorf("commit: %v, want %v", err, want)
	}
}

func (b *bench) counts(want store.Counts) {
	b.Helper()
	got, err := b.store.Counts(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	got.Bytes = 0
	if want.Refused == nil {
		want.Refused = map[flow.Reason]int{}
	}
	if !reflect.DeepEqual(got, want) {
		b.Errorf("counts %+v, want %+v", got, want)
	}
}

// Chunks makes what a store takes of accepted readings.

func Chunks(w *prooftest.Ward, readings []*proof.Reading) []store.Chunk {
	out := make([]store.Chunk, len(readings))
	for i, r := range readings {
		out[i] = store.Chunk{Patient: w.Patient, Reading: r, Verdict: prooftest.Accepted}
	}
	return out
}

// Window makes what a store takes of a window, with its refusals.

func Window(tb testing.TB, w *prooftest.Ward, win *proof.Window) ([]store.Window, []store.Refusal) {
	tb.Helper()
	refused, err := store.RefusalsOf(win)
	if err != nil {
		tb.Fatal(err)
	}
	return []store.Window{{Window: win, Stored: w.Now()}}, refused
}

func without(readings []*proof.Reading, i int) []*proof.Reading {
	return append(append([]*proof.Reading(nil), readings[:i]...), readings[i+1:]...)
}

func all[T any](b *bench, seq iter.Seq2[T, error]) []T {
	b.Helper()
	var out []T
	for v, err := range seq {
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

var ctx = context.Background()
