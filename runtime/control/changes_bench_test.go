package control_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/control/merge"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// busy is a hospital of 247 actors and 260 links, and the same 200 ms later, when
// every counter has moved.
func busy(b *testing.B) (before, after *control.Snapshot) {
	now := controltest.Begin.Add(time.Hour)
	w := controltest.New(func() time.Time { return now })
	for i := range 12 {
		if _, err := w.Deploy(context.Background(), flow.Identity{}, control.Deployment{Name: fmt.Sprintf("ward%d", i)}); err != nil {
			b.Fatal(err)
		}
	}
	var err error
	if before, err = w.Snapshot(context.Background()); err != nil {
		b.Fatal(err)
	}
	now = now.Add(200 * time.Millisecond)
	if after, err = w.Snapshot(context.Background()); err != nil {
		b.Fatal(err)
	}
	for i := range after.Links {
		after.Links[i].Tokens++
		after.Links[i].Bytes += 300
	}
	return before, after
}

// What an update costs the node, for all viewers of one right together: five a
// second of it are to be less than one in a hundred of a core, 2 ms each.
func BenchmarkChanges(b *testing.B) {
	before, after := busy(b)
	var patch []byte
	b.ReportAllocs()
	for b.Loop() {
		patch, _ = merge.Append(patch[:0], before, after)
	}
	b.ReportMetric(float64(len(patch)), "bytes/update")
	b.ReportMetric(float64(len(after.Actors)), "actors")
}

func BenchmarkWholeSnapshot(b *testing.B) {
	_, after := busy(b)
	var data []byte
	for b.Loop() {
		data, _ = json.Marshal(after)
	}
	b.ReportMetric(float64(len(data)), "bytes/update")
}

// A replay shows made snapshots in turn, and costs nothing itself.
type replay struct {
	control.Backend
	turn atomic.Int64
	all  []*control.Snapshot
}

func (r *replay) Snapshot(context.Context) (*control.Snapshot, error) {
	return r.all[int(r.turn.Add(1))%len(r.all)], nil
}

// What a viewer costs a node that shows 247 actors and 260 links five times a second,
// every counter having moved: the processor's time of all that this process does,
// so with what the viewer itself needs to decrypt and split the stream. One in a
// hundred of a core is 10 ms/s.
func BenchmarkViewer(b *testing.B) {
	h := pkitest.New(b)
	own, admin := h.Node("ward"), h.Staff("admin")
	before, after := busy(b)
	s, err := control.Serve(control.Config{
		Backend: &replay{Backend: controltest.New(nil), all: []*control.Snapshot{before, after}},
		May:     controltest.May, Own: func() flow.Signer { return own }, Every: 200 * time.Millisecond,
		Verify: func(chain []*x509.Certificate) (flow.Identity, error) {
			return h.Verifier().Identify(chain, time.Now())
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	conf := pki.ClientTLS(func() flow.Signer { return admin }, h.Verifier(), pki.Only(flow.RoleNode), "h2", "http/1.1")
	conf.NextProtos = append(conf.NextProtos, control.ClientProto)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}}
	resp, err := c.Get("https://" + s.Addr().String() + "/api/v1/events?changes")
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	in, piece := resp.Body, make([]byte, 64<<10)
	events, bytes := 0, 0
	read := func(until int) {
		for events < until {
			n, err := in.Read(piece)
			if err != nil {
				b.Fatal(err)
			}
			bytes += n
			events += strings.Count(string(piece[:n]), "\n\n")
		}
	}
	read(3) // hello, a snapshot, the first changes
	events, bytes = 0, 0
	busyBefore, began := processor(b), time.Now()
	b.ResetTimer()
	read(b.N)
	spent := processor(b) - busyBefore
	b.ReportMetric(float64(spent.Milliseconds())/time.Since(began).Seconds(), "cpu-ms/s")
	b.ReportMetric(float64(bytes)/float64(events), "bytes/update")
}

// processor is the time that this process has had of the processors.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
