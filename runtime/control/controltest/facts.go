package controltest

import (
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// facts are what the i-th host has measured of itself: the clock of the ward is
// 4 ms ahead, and each host finds those that are up.
func (w *Ward) facts(i int, id flow.NodeID, load *control.NodeLoad) *control.NodeFacts {
	ahead := map[flow.NodeID]float64{"ward": 0.004}
	f := &control.NodeFacts{At: Begin, Started: Begin, Version: "test", Cores: load.Cores, CPU: load.CPUUsed, ProcessCPU: 0.11 * float64(i+1),
		Memory: load.Memory, MemoryUsed: uint64(load.MemoryUsed * float64(load.Memory)), Resident: uint64(90+40*i) << 20,
		DiskFree: 41 << 30, Disk: 64 << 30, Goroutines: 180 + 20*i, Files: 60 + 7*i, MaxFiles: 4096, Syncs: 5200, SyncSlowest: 0.004096, Skew: ahead[id]}
	for _, peer := range []flow.NodeID{"bedside", "records", "ward"} {
		switch {
		case peer == id:
		case w.down[peer] != "":
			f.Peers = append(f.Peers, control.PeerState{Node: peer, RTT: 0.0004, At: Begin, Why: "the node can't be reached"})
		default:
			f.Peers = append(f.Peers, control.PeerState{Node: peer, RTT: 0.0003 + 0.0001*float64(i), Skew: ahead[peer] - ahead[id], At: Begin.Add(10 * time.Second)})
		}
	}
	return f
}
