package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

const crashDir, crashPatient = "WARDFLOW_CRASH_DIR", "WARDFLOW_CRASH_PATIENT"

// A process that writes is killed at some point, again and again on the same
// file. What it said was committed is there, and readings, windows and
// checkpoint are those of one moment: the odd steps store four readings, the
// even ones their window.
func TestKilled(t *testing.T) {
	if os.Getenv(crashDir) != "" {
		t.Skip("this is the process that is killed")
	}
	dir := t.TempDir()
	for loop := range 3 {
		patient := fmt.Sprintf("p-%d", loop)
		acked := killAfter(t, dir, patient, 11+23*loop)
		s := open(t, filepath.Join(dir, "store.db"))
		c, err := s.Newest(context.Background(), flow.ActorID("ward:"+patient))
		if err != nil {
			t.Fatal(err)
		}
		step := int(c.Taken["l"])
		if step < acked {
			t.Errorf("loop %d: step %d was acknowledged, the store is at %d", loop, acked, step)
		}
		trust, err := pki.LoadTrust(filepath.Join(dir, patient+".pem"))
		if err != nil {
			t.Fatal(err)
		}
		report, err := proof.Verify(context.Background(), s, pki.NewVerifier(trust), patient)
		if err != nil || !report.OK() {
			t.Fatalf("loop %d: %+v, %v", loop, report.First, err)
		}
		p := report.Patients[0]
		if p.Windows != step/2 || p.Readings != 4*(step/2) || p.Waiting != 4*(step%2) {
			t.Errorf("loop %d: at step %d there are %d windows, %d readings, %d waiting", loop, step, p.Windows, p.Readings, p.Waiting)
		}
		if err := s.Check(context.Background()); err != nil {
			t.Errorf("loop %d: %v", loop, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// killAfter starts a process that writes, kills it once it has acknowledged n
// steps, and returns the last step it acknowledged.
func killAfter(t *testing.T, dir, patient string, n int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWriter$", "-test.v")
	cmd.Env = append(os.Environ(), crashDir+"="+dir, crashPatient+"="+patient)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		ack, ok := strings.CutPrefix(lines.Text(), "committed ")
		if !ok {
			continue
		}
		if last, err = strconv.Atoi(ack); err != nil {
			t.Fatal(err)
		}
		if last == n {
			if err := cmd.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || last < n {
		t.Fatalf("the writer ended by itself after step %d: %v", last, err)
	}
	return last
}

// TestKilledWriter is the process that is killed.
func TestKilledWriter(t *testing.T) {
	dir, patient := os.Getenv(crashDir), os.Getenv(crashPatient)
	if dir == "" {
		t.Skip("TestKilled runs this in another process")
	}
	h := pkitest.New(t)
	if err := pki.SaveTrust(filepath.Join(dir, patient+".pem"), h.Authority.Trust()); err != nil {
		t.Fatal(err)
	}
	w := newWard(h, patient)
	loop, err := strconv.Atoi(strings.TrimPrefix(patient, "p-"))
	if err != nil {
		t.Fatal(err)
	}
	w.Devices = []flow.Signer{h.Device(fmt.Sprintf("urn:epc:id:giai:0614141.%d", 5000+loop), group)}
	s, err := sqlite.Open(filepath.Join(dir, "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(step int) flow.Checkpoint {
		return flow.Checkpoint{Actor: flow.ActorID("ward:" + patient), Epoch: 1, Taken: map[flow.LinkID]uint64{"l": uint64(step)}}
	}
	commit := func(step int, b store.Batch) {
		b.Checkpoint = at(step)
		if err := s.Commit(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		fmt.Println("committed", step)
	}
	for step := 1; step < 100_000; step += 2 {
		readings := w.Readings(t, 4)
		commit(step, store.Batch{Waiting: storetest.Chunks(w, readings)})
		windows, _ := storetest.Window(t, w, w.Window(t, readings))
		commit(step+1, store.Batch{Windows: windows})
	}
}
