package attack

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// AT-dos: who floods a node costs it little, and the honest ones less.
func exhausting() []attack {
	return []attack{
		{id: "AT-dos handshakes and a mad device", has: "one address, certificates of another root, and a device's key", long: true,
			tries: "makes 200 handshakes a second at the door, the API and the port for devices, and sends 50 times a device's rate", do: flood,
			record: []record{{ward, flow.AuditConnection, ""}}},
		{id: "AT-dos slow", has: "one address", tries: "opens connections and says nothing", do: slowLoris},
	}
}

const (
	honestEvery = 50 * time.Millisecond
	honestFor   = 8 * time.Second
	floodRate   = 200 // handshakes a second
)

// honest sends readings at an even pace, and gives back how long each took.
func (g *ground) honest(t *testing.T, d *device, at string) (waits []time.Duration) {
	t.Helper()
	tick := time.NewTicker(honestEvery)
	defer tick.Stop()
	for end := time.Now().Add(honestFor); time.Now().Before(end); <-tick.C {
		began := time.Now()
		d.mustSend(at, temperature(next(), "36.6"))
		waits = append(waits, time.Since(began))
	}
	slices.Sort(waits)
	return waits
}

func p99(waits []time.Duration) time.Duration { return waits[len(waits)*99/100] }

func flood(t *testing.T, g *ground) string {
	at := g.intakeAt()
	d := newDevice(t, g.outside)
	g.honest(t, d, at) // warm
	calm := g.honest(t, d, at)
	ctx, stop := context.WithCancel(t.Context())
	var floods sync.WaitGroup
	made, refused := make([]int, 3), make([]int, 3)
	enemy := g.rogue.Node("enemy")
	for i, to := range []string{g.cfgs[ward].Door, g.cfgs[ward].Control, at} {
		floods.Go(func() { made[i], refused[i] = handshakes(ctx, to, floodRate/3, shows(enemy, "h2")) })
	}
	mad := newDevice(t, g.stolen())
	taken, told := 0, 0
	floods.Go(func() {
		// A device may bring 100 readings a second, on average; this one has 5,000.
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for seq := uint64(0); ctx.Err() == nil; <-tick.C {
			batch := make([]reading, 100)
			for i := range batch {
				batch[i] = reading{Stream: "mad", Seq: seq + uint64(i) + 1, Kind: "8310-5", Unit: "Cel", At: now(), Value: "36.6"}
			}
			b, err := json.Marshal(batch)
			if err != nil {
				panic(err)
			}
			switch s, err := mad.post(at, "/v1/readings", "application/json", b); {
			case err != nil:
			case s.Status == 429 || s.Status == 503:
				told++
			default:
				taken += len(batch)
				seq += uint64(len(batch))
			}
		}
	})
	under := g.honest(t, d, at)
	stop()
	floods.Wait()
	ratio := float64(p99(under)) / float64(p99(calm))
	return fmt.Sprintf("of %v handshakes (door, API, ingest) in %v %v were refused; the mad device was told %d times to wait and brought %d readings; "+
		"the API speaks with strangers, and tells them nothing; an honest device's p99 went from %v to %v, %.1f times (median %v to %v); attackers and nodes share this host's processors",
		made, honestFor, refused, told, taken, p99(calm).Round(100*time.Microsecond), p99(under).Round(100*time.Microsecond), ratio,
		calm[len(calm)/2].Round(100*time.Microsecond), under[len(under)/2].Round(100*time.Microsecond))
}

// slowLoris holds connections open that say nothing, or one byte of a TLS record.
func slowLoris(t *testing.T, g *ground) string {
	var held []interface{ Close() error }
	defer func() {
		for _, c := range held {
			c.Close()
		}
	}()
	closed := 0
	for _, to := range []string{g.cfgs[ward].Door, g.cfgs[ward].Control, g.intakeAt()} {
		for range 150 {
			c, err := dialRaw(t.Context(), to)
			if err != nil {
				closed++
				continue
			}
			_, _ = c.Write([]byte{22})
			held = append(held, c)
		}
	}
	d := newDevice(t, g.outside) // a new connection, while they are there
	began := time.Now()
	d.mustSend(g.intakeAt(), temperature(next(), "36.6"))
	took := time.Since(began)
	if _, err := g.clientOf(ward, g.staff).Snapshot(t.Context()); err != nil {
		t.Fatalf("an engineer can't look while strangers hold connections: %v", err)
	}
	return fmt.Sprintf("%d silent connections (%d more were closed at once): a new device was answered after %v", len(held), closed, took.Round(time.Millisecond))
}
