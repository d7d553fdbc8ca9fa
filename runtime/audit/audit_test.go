package audit_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/audit"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/leaktest"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }

// A keeper is a node that keeps a record.
type keeper struct {
	t     *testing.T
	cfg   audit.Config
	own   flow.Signer
	judge audit.Judge
}

func newKeeper(t *testing.T) *keeper {
	h := pkitest.New(t)
	k := &keeper{t: t, own: h.Node("ward")}
	k.judge = h.Verifier().Identify
	k.cfg = audit.Config{Dir: t.TempDir(), Node: "ward", Signer: func() flow.Signer { return k.own }}
	return k
}

func (k *keeper) open() *audit.Log {
	k.t.Helper()
	l, err := audit.Open(k.cfg)
	if err != nil {
		k.t.Fatal(err)
	}
	return l
}

// keep writes events of different sources in one run of the node.
func (k *keeper) keep(from, n int) {
	k.t.Helper()
	l := k.open()
	for i := range n {
		if !l.Add(event(from + i)) {
			k.t.Fatalf("event %d was not taken", from+i)
		}
		if i%10 == 9 {
			flush(k.t, l)
		}
	}
	if err := l.Close(); err != nil {
		k.t.Fatal(err)
	}
}

func event(i int) flow.AuditEvent {
	return flow.AuditEvent{At: time.Date(2026, 11, 22, 0, 0, i, 0, time.UTC), Kind: flow.AuditLink, Proven: true,
		Who: fmt.Sprintf("spiffe://h1.health.example/node/n%d", i), What: "opened a link", Why: "its actor is placed elsewhere"}
}

func flush(t *testing.T, l *audit.Log) {
	t.Helper()
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (k *keeper) verify() audit.Report {
	k.t.Helper()
	r, err := audit.Verify(k.cfg.Dir, k.judge)
	if err != nil {
		k.t.Fatal(err)
	}
	return r
}

func (k *keeper) read(f audit.Filter) []audit.Entry {
	k.t.Helper()
	list, err := audit.Read(k.cfg.Dir, f)
	if err != nil {
		k.t.Fatal(err)
	}
	return list
}

// What was added is there after a restart, in order, and verifies up to the end.
func TestRecord(t *testing.T) {
	k := newKeeper(t)
	k.keep(0, 30)
	k.keep(30, 30)
	list := k.read(audit.Filter{})
	if len(list) != 60 {
		t.Fatalf("%d events are in the record, want 60", len(list))
	}
	for i, e := range list {
		if *e.Event != event(i) {
			t.Fatalf("event %d is %+v, want %+v", i, *e.Event, event(i))
		}
	}
	r := k.verify()
	if r.Node != "ward" || r.Files != 1 || r.Seals != 2 || r.Last != 65 || r.Sealed != 64 || r.Torn {
		t.Errorf("the report is %+v, want 65 entries (a begin, two starts, two seals) of which the last is a seal", r)
	}
}

func TestFilter(t *testing.T) {
	k := newKeeper(t)
	l := k.open()
	for i := range 10 {
		e := event(i)
		if i%2 == 0 {
			e.Kind, e.Why = flow.AuditDeployment, ""
		}
		l.Add(e)
	}
	flush(t, l)
	for _, tt := range []struct {
		name string
		f    audit.Filter
		want int
	}{
		{"all", audit.Filter{}, 10},
		{"since", audit.Filter{Since: event(4).At}, 6},
		{"kind", audit.Filter{Kind: flow.AuditLink}, 5},
		{"who", audit.Filter{Who: "node/n3"}, 1},
		{"refused", audit.Filter{Refused: true}, 5},
		{"newest", audit.Filter{Limit: 3}, 3},
		{"none", audit.Filter{Kind: flow.AuditGossip}, 0},
	} {
		list, err := l.Read(tt.f)
		if err != nil || len(list) != tt.want {
			t.Errorf("%s: %d events and %v, want %d", tt.name, len(list), err, tt.want)
		}
		if tt.f.Limit > 0 && list[len(list)-1].Event.Who != event(9).Who {
			t.Errorf("%s: the newest is %s", tt.name, list[len(list)-1].Event.Who)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// Whatever single bit of the record is turned over, Verify finds it, and names an
// entry that is not behind the place.
func TestAnyBit(t *testing.T) {
	k := newKeeper(t)
	k.keep(0, 40)
	file := filepath.Join(k.cfg.Dir, "audit-0000000001.log")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 0))
	for range 300 {
		data := bytes.Clone(whole)
		at, bit := rng.IntN(len(data)-1), rng.IntN(8) // the very last byte ends the last line
		data[at] ^= 1 << bit
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var bad *audit.BadEntry
		if _, err := audit.Verify(k.cfg.Dir, k.judge); !errors.As(err, &bad) {
			t.Fatalf("bit %d of byte %d turned over: %v, want a bad entry", bit, at, err)
		}
		if line := 1 + bytes.Count(whole[:at], []byte("\n")); bad.Line > line || bad.Line < line-1 || bad.N != uint64(bad.Line) {
			t.Fatalf("bit %d of byte %d, in line %d: %v", bit, at, line, bad)
		}
	}
}

// Whoever rewrites lines with all hashes anew must sign, and can't.
func TestTampering(t *testing.T) {
	k := newKeeper(t)
	k.cfg.FileSize = 4000
	k.keep(0, 60)
	other := newKeeper(t) // another hospital, with a node of the same name
	other.cfg.FileSize = k.cfg.FileSize
	other.keep(0, 60)
	for _, tt := range []struct {
		name, want string
		do         func(dir string) error
	}{
		{"an entry taken out", "audit-0000000002.log:4: ", func(dir string) error {
			return edit(dir, 2, func(lines []string) []string { return append(lines[:3:3], lines[4:]...) })
		}},
		{"two entries change places", "audit-0000000002.log:4: ", func(dir string) error {
			return edit(dir, 2, func(l []string) []string { l[3], l[4] = l[4], l[3]; return l })
		}},
		{"an entry twice", "audit-0000000002.log:5: ", func(dir string) error {
			return edit(dir, 2, func(l []string) []string { return append(l[:4:4], l[3:]...) })
		}},
		{"a file taken out", "the file before it is missing", func(dir string) error { return os.Remove(filepath.Join(dir, name(2))) }},
		{"the oldest file taken out", "does not say that they are gone", func(dir string) error { return os.Remove(filepath.Join(dir, name(1))) }},
		{"the end of an old file cut off", "audit-0000000003.log:1: ", func(dir string) error {
			return edit(dir, 2, func(l []string) []string { return l[:len(l)-2] })
		}},
		{"a file of another record", "audit-0000000002.log:1: ", func(dir string) error {
			data, err := os.ReadFile(filepath.Join(other.cfg.Dir, name(2)))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, name(2)), data, 0o600))
		}},
		{"all written anew with another hospital's certificate", "the certificate of the seal", func(dir string) error {
			return errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(other.cfg.Dir)))
		}},
		{"nothing left", "holds no audit record", func(dir string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			if err := errors.Join(os.CopyFS(dir, os.DirFS(k.cfg.Dir)), tt.do(dir)); err != nil {
				t.Fatal(err)
			}
			if _, err := audit.Verify(dir, k.judge); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Verify says %v, want %q", err, tt.want)
			}
		})
	}
	k.verify()
}

func name(n int) string { return fmt.Sprintf("audit-%010d.log", n) }

func edit(dir string, file int, do func([]string) []string) error {
	path := filepath.Join(dir, name(file))
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.Join(do(strings.SplitAfter(string(data), "\n")), "")), 0o600)
}

// A seal of somebody else in the same hospital is none.
func TestSealOfAnother(t *testing.T) {
	h := pkitest.New(t)
	k := newKeeper(t)
	k.judge = h.Verifier().Identify
	k.own = h.Node("bedside")
	k.keep(0, 1)
	if _, err := audit.Verify(k.cfg.Dir, k.judge); err == nil || !strings.Contains(err.Error(), "and not by the node ward") {
		t.Errorf("Verify says %v, want that another node sealed it", err)
	}
	if _, err := audit.Verify(k.cfg.Dir, func([]*x509.Certificate, time.Time) (flow.Identity, error) {
		return flow.Identity{}, errors.New("expired")
	}); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("Verify says %v, want what the judge says", err)
	}
}

// Files are of bounded size and number, and the chain goes through them.
func TestRotation(t *testing.T) {
	k := newKeeper(t)
	k.cfg.FileSize, k.cfg.Files = 5000, 3
	for i := range 20 {
		k.keep(10*i, 10)
	}
	files, err := os.ReadDir(k.cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	// A file is ended by the batch that fills it, which is of ten events here, and a seal.
	const most = 3 * (5000 + 6000)
	if r := k.verify(); r.Files != 3 || r.First < 100 || size > most {
		t.Errorf("%d files, %d bytes, the first entry is %d: want three files with the newest, of %d bytes at most", r.Files, size, r.First, most)
	}
	if list := k.read(audit.Filter{Limit: 1}); len(list) != 1 || *list[0].Event != event(199) {
		t.Errorf("the newest event is %+v", list)
	}
}

// A crash costs at most what nobody was told is on disk, and the record goes on.
func TestCrash(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 0))
		disk := &waltest.Disk{}
		kept := 0
		for life := range 4 {
			l, err := audit.Open(audit.Config{Node: "ward", Disk: disk, FileSize: 3000})
			if err != nil {
				t.Fatalf("seed %d, life %d: %v", seed, life, err)
			}
			if n := countEvents(t, disk); n < kept {
				t.Fatalf("seed %d, life %d: %d events, and %d were on disk", seed, life, n, kept)
			}
			for i := range rng.IntN(12) {
				l.Add(event(i))
			}
			flush(t, l)
			kept = countEvents(t, disk)
			if rng.IntN(3) == 0 {
				disk.FailSyncs(1)
			}
			for i := range rng.IntN(12) {
				l.Add(event(i))
			}
			disk.Crash(rng)
			disk.FailSyncs(0)
			_ = l.Close() // the power is off
		}
		if err := verifyDisk(t, disk); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// copyOut copies a disk's files to a folder.
func copyOut(t *testing.T, disk *waltest.Disk) string {
	t.Helper()
	dir := t.TempDir()
	names, err := disk.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := disk.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		size, err := f.Size()
		if err != nil {
			t.Fatal(err)
		}
		data := make([]byte, size)
		if _, err := f.ReadAt(data, 0); err != nil && size > 0 {
			t.Fatal(err)
		}
		if err := errors.Join(f.Close(), os.WriteFile(filepath.Join(dir, name), data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func countEvents(t *testing.T, disk *waltest.Disk) int {
	t.Helper()
	list, err := audit.Read(copyOut(t, disk), audit.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func verifyDisk(t *testing.T, disk *waltest.Disk) error {
	t.Helper()
	l, err := audit.Open(audit.Config{Node: "ward", Disk: disk})
	if err != nil {
		return err
	}
	if err := l.Close(); err != nil {
		return err
	}
	_, err = audit.Verify(copyOut(t, disk), nil)
	return err
}

// While the disk is full events are counted, and nobody waits.
func TestFullDisk(t *testing.T) {
	disk := &waltest.Disk{}
	l, err := audit.Open(audit.Config{Node: "ward", Disk: disk})
	if err != nil {
		t.Fatal(err)
	}
	disk.Limit(disk.Used() + 10)
	for i := range 7 {
		l.Add(event(i))
		if err := l.Flush(t.Context()); i == 0 && err == nil {
			t.Fatal("a full disk took an event")
		}
	}
	disk.Limit(0)
	l.Add(event(8))
	flush(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := audit.Verify(copyOut(t, disk), nil)
	if err != nil || r.Lost != 7 {
		t.Errorf("%d events are said to be lost (%v), want 7", r.Lost, err)
	}
}

// Somebody who changes what is sealed, while the node is down, is found out by
// the node itself, and the record goes on.
func TestOpenChanged(t *testing.T) {
	k := newKeeper(t)
	k.keep(0, 20)
	if err := edit(k.cfg.Dir, 1, func(l []string) []string {
		l[9] = strings.Replace(l[9], "elsewhere", "somewhere", 1)
		return l
	}); err != nil {
		t.Fatal(err)
	}
	k.keep(20, 5)
	var bad *audit.BadEntry
	if _, err := audit.Verify(k.cfg.Dir, k.judge); !errors.As(err, &bad) || bad.N != 10 {
		t.Errorf("Verify says %v, want that entry 10 was changed", err)
	}
	if n := len(k.read(audit.Filter{Since: event(20).At})); n != 5 {
		t.Errorf("%d events since are in the record, want 5", n)
	}
}

// A source that is refused over and over fills no disk, drives nobody else's
// events away, and its number is known.
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &waltest.Disk{}
		l, err := audit.Open(audit.Config{Node: "ward", Disk: disk})
		if err != nil {
			t.Fatal(err)
		}
		flood := flow.AuditEvent{Kind: flow.AuditConnection, What: "opened a connection", Why: "self-signed"}
		alone := 0
		for i := range 100_000 {
			flood.From, flood.Who = fmt.Sprintf("10.0.0.9:%d", i%60000), fmt.Sprintf("claims to be %d", i)
			if l.Add(flood) {
				alone++
			}
		}
		if !l.Add(event(1)) {
			t.Error("another's event was not taken")
		}
		time.Sleep(time.Minute)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		list, err := audit.Read(copyOut(t, disk), audit.Filter{Kind: flow.AuditConnection})
		if err != nil {
			t.Fatal(err)
		}
		all := 0
		for _, e := range list {
			all += max(1, int(e.More))
		}
		if alone > 200 || len(list) > 210 || all != 100_000 {
			t.Errorf("%d events stand by themselves, %d lines for %d of 100000", alone, len(list), all)
		}
	})
}

// Many sources are not told apart without end.
func TestManySources(t *testing.T) {
	disk := &waltest.Disk{}
	l, err := audit.Open(audit.Config{Node: "ward", Disk: disk})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50_000 {
		l.Add(flow.AuditEvent{Kind: flow.AuditConnection, From: fmt.Sprintf("10.%d.%d.9:1", i/200, i%200), What: "opened a connection", Why: "self-signed"})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := audit.Verify(copyOut(t, disk), nil)
	if err != nil || r.Last > 2000 {
		t.Errorf("%d entries (%v), want about as many as sources are told apart", r.Last, err)
	}
}

// Long texts are cut.
func TestLongText(t *testing.T) {
	k := newKeeper(t)
	l := k.open()
	long := strings.Repeat("ä", 1<<20) + "\xff"
	l.Add(flow.AuditEvent{Kind: flow.AuditKind(long), Who: long, From: long, What: long, Why: long, Actor: flow.ActorID(long), Link: flow.LinkID(long)})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	k.verify()
	if list := k.read(audit.Filter{}); len(list) != 1 || len(list[0].Event.Why) > 1100 {
		t.Errorf("%d events", len(list))
	}
}

// BenchmarkAdd is what an event costs whoever sees it.
func BenchmarkAdd(b *testing.B) {
	l, err := audit.Open(audit.Config{Dir: b.TempDir(), Node: "ward"})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	e := event(0)
	for b.Loop() {
		l.Add(e)
	}
}
