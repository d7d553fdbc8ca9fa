package evidence_test

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// notes is a chain that has nothing but the contract's events.
type notes struct {
	chain.Reader
	logs []chain.Log
}

func (n *notes) Logs(_ context.Context, q chain.Query) (out []chain.Log, err error) {
	for _, l := range n.logs {
		if l.Address == q.Address && l.Topics[1] == q.Topics[1][0] {
			out = append(out, l)
		}
	}
	return out, nil
}

// Head and Call answer that there are two logs, and one more.
func (n *notes) Head(context.Context) (chain.Head, error) { return chain.Head{Number: 5000}, nil }

func (n *notes) Call(_ context.Context, _ chain.Hash, _ chain.Address, data []byte) ([]byte, error) {
	contract, err := abi.JSON(strings.NewReader(build.AuditAnchorMetaData.ABI))
	if err != nil {
		return nil, err
	}
	return contract.Methods["logs"].Outputs.Pack([]common.Address{collectorLog, storageLog, {9}})
}

var collectorLog, storageLog = common.BytesToAddress([]byte("collector")), common.BytesToAddress([]byte("storage"))

// anchored adds the event of a head.
func (n *notes) anchored(t testing.TB, account common.Address, from, to uint64, root [32]byte) {
	t.Helper()
	contract, err := abi.JSON(strings.NewReader(build.AuditAnchorMetaData.ABI))
	must(t, err)
	topic := func(v uint64) chain.Hash { return common.BigToHash(new(big.Int).SetUint64(v)) }
	data := append(append([]byte{}, root[:]...), make([]byte, 96)...)
	n.logs = append(n.logs, chain.Log{Address: anchorAt, Block: uint64(10 + len(n.logs)), Data: data,
		Topics: []chain.Hash{contract.Events["Anchored"].ID, common.BytesToHash(account[:]), topic(from), topic(to)}})
}

// A conspiracy is a collector's and a storage's node, which have all the keys:
// the devices can't sign, and the patient's card lies in the reader.
type conspiracy struct {
	ward     *prooftest.Ward
	device   flow.Signer
	readings []*proof.Reading
	trust    proof.Trust
	store    string // file
	folders  []evidence.Folder
	chain    *notes
}

// newConspiracy is an honest record of ten readings, and the logs of who judged
// them; those of the last two are not anchored yet.
func newConspiracy(t *testing.T) *conspiracy {
	t.Helper()
	h := pkitest.New(t)
	dev, collector := h.Device(monitor, group), h.Collector("c-1", "h1/3/icu-3/collector")
	c := &conspiracy{device: dev, trust: h.Verifier(), store: filepath.Join(t.TempDir(), "store.db"), chain: &notes{}}
	c.ward = &prooftest.Ward{Patient: "p-1", Card: h.Patient("p-1"), Collector: collector, Judge: h.Node("ward"),
		Devices: []flow.Signer{dev, collector}, Trust: h.Verifier()}
	c.ward.Begin("e-1")
	for i := range 10 {
		c.readings = append(c.readings, c.vouch(t, uint64(i+1), int64(60+i)))
	}
	c.keep(t, c.readings)
	c.log(t, proof.AtCollector, collectorLog)
	c.log(t, proof.AtStorage, storageLog)
	return c
}

func (c *conspiracy) vouch(t *testing.T, seq uint64, value int64) *proof.Reading {
	t.Helper()
	at := c.ward.Now().Add(time.Duration(seq) * time.Second)
	made := flow.Reading{Device: c.device.ID.EPC, Stream: "hr", Seq: seq, Kind: "8867-4", Unit: "/min", At: at, Scale: 1_000_000, Samples: []int64{value}}
	sealed, err := proof.Vouch(c.ward.Collector, at, []proof.Vouched{{Reading: &made, Device: c.device.ID.Leaf}})
	must(t, err)
	r, err := proof.OpenReading(sealed[0])
	must(t, err)
	return r
}

// keep makes the store anew, of one window over the first eight, and two that wait.
func (c *conspiracy) keep(t *testing.T, readings []*proof.Reading) {
	t.Helper()
	must(t, os.RemoveAll(c.store))
	st, err := sqlite.Open(c.store)
	must(t, err)
	c.ward.Begin("e-1")
	n := min(8, len(readings))
	windows, _ := storetest.Window(t, c.ward, c.ward.Window(t, readings[:n]))
	must(t, st.Commit(t.Context(), store.Batch{Waiting: storetest.Chunks(c.ward, readings), Windows: windows}))
	must(t, st.Close())
}

// log writes the log of one place: each reading accepted, and one that was refused.
func (c *conspiracy) log(t *testing.T, place proof.Place, account common.Address) {
	t.Helper()
	dir := t.TempDir()
	l, err := tlog.Open(tlog.Config{Dir: dir})
	must(t, err)
	for i, r := range c.readings {
		if i == 8 {
			_, err := l.Sync()
			must(t, err)
			root, err := l.Root(l.Size())
			must(t, err)
			c.chain.anchored(t, account, 0, l.Size(), root)
		}
		check := proof.Check{Leaf: r.Leaf, Device: r.Device, Stream: r.Stream, Seq: r.Seq, Place: place, Actor: "ward:check", At: r.At.Add(time.Second), Manager: managerAt,
			Verdict: flow.Verdict{Block: 5}}
		c.add(t, l, check)
		if i == 3 {
			check.Leaf[0]++
			check.Verdict.Reason = flow.OutOfSequence
			c.add(t, l, check)
		}
	}
	_, err = l.Sync()
	must(t, err)
	must(t, l.Close())
	c.folders = append(c.folders, evidence.Folder{Dir: dir, Account: account})
}

// A log that was begun anew, with a new account, has no old anchors.
func TestCollateLate(t *testing.T) {
	t.Parallel()
	c := newConspiracy(t)
	for i := range c.chain.logs {
		c.chain.logs[i].Block += 4000
	}
	if out := c.collate(t); !out.OK() || out.Late != 16 || !strings.Contains(out.FirstLate, "was anchored in block 401") {
		t.Errorf("late anchors: %+v", out)
	}
}

func (c *conspiracy) add(t *testing.T, l *tlog.Log, check proof.Check) {
	t.Helper()
	b, err := check.Encode()
	must(t, err)
	_, err = l.Append(b)
	must(t, err)
}

// collate is what `wardflow verify` does: the record by itself, then against the logs.
func (c *conspiracy) collate(t *testing.T) *evidence.Collation {
	t.Helper()
	st, err := sqlite.OpenReadOnly(c.store)
	must(t, err)
	defer st.Close()
	report, err := proof.Verify(t.Context(), st, c.trust, "")
	must(t, err)
	if !report.OK() {
		t.Errorf("the record does not even hold by itself: %s", report.First)
	}
	out, err := evidence.Collate(t.Context(), st, c.folders, anchor.Contract{Chain: c.chain, Address: anchorAt})
	must(t, err)
	return out
}

func TestCollate(t *testing.T) {
	t.Parallel()
	c := newConspiracy(t)
	out := c.collate(t)
	if !out.OK() || out.Readings != 10 || out.Judged != 8 || out.Early != 2 || len(out.Logs) != 2 || len(out.Others) != 1 || out.Late != 0 {
		t.Errorf("an honest record: %+v", out)
	}
}

// AT-collusion: who has all keys makes a record that holds by itself. The logs
// that were anchored before say otherwise.
func TestCollusion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, c *conspiracy)
		want string
	}{
		{"a reading is rewritten", func(t *testing.T, c *conspiracy) {
			forged := append([]*proof.Reading{}, c.readings...)
			forged[4] = c.vouch(t, 5, 99)
			c.keep(t, forged)
		}, "reading 5 of hr of device"},
		{"a reading is taken out", func(t *testing.T, c *conspiracy) {
			c.keep(t, append(append([]*proof.Reading{}, c.readings[:4]...), c.readings[5:]...))
		}, "reading 5 of hr of device"},
		{"a reading is rewritten, and checks of it slipped into both logs", func(t *testing.T, c *conspiracy) {
			forged := append([]*proof.Reading{}, c.readings...)
			forged[4] = c.vouch(t, 5, 99)
			c.keep(t, forged)
			for i, f := range c.folders {
				l, err := tlog.Open(tlog.Config{Dir: f.Dir})
				must(t, err)
				from := l.Size()
				c.add(t, l, proof.Check{Leaf: forged[4].Leaf, Device: forged[4].Device, Stream: "hr", Seq: 5, Place: proof.Place(i + 1), At: forged[4].At.Add(time.Hour)})
				_, err = l.Sync()
				must(t, err)
				root, err := l.Root(l.Size())
				must(t, err)
				c.chain.anchored(t, f.Account, 9, from+1, root)
				must(t, l.Close())
			}
		}, "what is stored is not that, or it was taken out"},
		{"the logs are rewritten too", func(t *testing.T, c *conspiracy) {
			c.readings[4] = c.vouch(t, 5, 99)
			c.keep(t, c.readings)
			were, logs := c.folders, c.chain.logs
			c.folders = nil
			for place, f := range were {
				c.log(t, proof.Place(place+1), f.Account)
			}
			c.chain.logs = logs // the chain has taken the heads as they were
		}, "one of these is not as it was anchored"},
		{"a log is cut off", func(t *testing.T, c *conspiracy) {
			c.folders[0].Dir = t.TempDir()
			l, err := tlog.Open(tlog.Config{Dir: c.folders[0].Dir})
			must(t, err)
			must(t, l.Close())
		}, "the checks are missing"},
		{"a reading is slipped in", func(t *testing.T, c *conspiracy) {
			c.keep(t, append(c.readings[:10:10], c.vouch(t, 11, 70)))
		}, "no log has accepted what is stored"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newConspiracy(t)
			tt.do(t, c)
			out := c.collate(t)
			if out.OK() || !strings.Contains(fmt.Sprint(out.First), tt.want) {
				t.Errorf("found %d bad, the first %q, want %q in it", out.Bad, out.First, tt.want)
			}
		})
	}
}
