package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

// The scripts of verify have two helpers beside the command: "record DIR" makes
// a small store, and "flip FILE HEX" flips one byte in it.
func TestVerifyScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/verify",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"record": func(ts *testscript.TestScript, _ bool, args []string) { ts.Check(record(t, ts.MkAbs(args[0]))) },
			"flip": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(flip(ts.MkAbs(args[0]), ts.ReadFile(args[1])))
			},
		},
	})
}

// record makes a store with three windows of ten readings, the fourth of each
// refused, and one reading that waits. leaf.hex holds some bytes of one reading.
func record(t *testing.T, dir string) error {
	h := pkitest.New(t)
	w := prooftest.Ward{Patient: "p-0017", Card: h.Patient("p-0017"), Collector: h.Collector("bed-1", "h1/3/icu-3/ecg"), Judge: h.Node("bedside"),
		Devices: []flow.Signer{h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg"), h.Device("urn:epc:id:giai:0614141.5679", "h1/3/icu-3/ecg")}}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	s, err := sqlite.Open(filepath.Join(dir, "store.db"))
	if err != nil {
		return err
	}
	for i := range 3 {
		readings := w.Readings(t, 10)
		windows, refused := storetest.Window(t, &w, w.Window(t, readings, 3))
		kept := append(append([]*proof.Reading(nil), readings[:3]...), readings[4:]...)
		if err := s.Commit(context.Background(), store.Batch{Waiting: storetest.Chunks(&w, kept), Refused: refused, Windows: windows}); err != nil {
			return err
		}
		if i == 1 {
			some := hex.EncodeToString(readings[4].Bytes[120:150])
			if err := os.WriteFile(filepath.Join(dir, "leaf.hex"), []byte(some), 0o644); err != nil {
				return err
			}
		}
	}
	if err := s.Commit(context.Background(), store.Batch{Waiting: storetest.Chunks(&w, w.Readings(t, 1))}); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := pki.SaveTrust(filepath.Join(dir, "rogue.pem"), h.Rogue().Authority.Trust()); err != nil {
		return err
	}
	return pki.SaveTrust(filepath.Join(dir, "trust.pem"), h.Authority.Trust())
}

// flip changes one byte of a file, in the middle of the bytes given in hex. The
// file may hold older copies of them in unused space; those it changes too.
func flip(file, in string) error {
	old, err := hex.DecodeString(in)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	flipped := bytes.Clone(old)
	flipped[len(flipped)/2] ^= 1
	if !bytes.Contains(b, old) {
		return fmt.Errorf("%s does not hold %s", file, in)
	}
	return os.WriteFile(file, bytes.ReplaceAll(b, old, flipped), 0o644)
}
