package controltest

import (
	"math"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The chain as the two hosts that judge read it, their logs of checks, and what the
// store has raised.

// Alarm has the store raise an alarm of that kind about the first patient, or with
// over end the newest of it that goes on.
func (w *Ward) Alarm(kind flow.AlarmKind, over bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now().UTC()
	if over {
		for i := range w.alarms {
			if w.alarms[i].Kind == kind && w.alarms[i].Until.IsZero() {
				w.alarms[i].Until = now
				return
			}
		}
		return
	}
	texts := map[flow.AlarmKind]string{
		flow.AlarmGap:     "numbers 412 to 418 never came, and 419 has",
		flow.AlarmSilence: "nothing has come for 30 s",
		flow.AlarmLate:    "a reading came 94 s after it was taken",
	}
	a := control.Alarm{Actor: "ward:store", Alarm: flow.Alarm{At: now, Kind: kind, Who: domain + "collector/bed1",
		Device: "3414257BF400000000001F4A", Stream: "hr", Text: texts[kind]}}
	w.alarms = append([]control.Alarm{a}, w.alarms...)
}

// Unready has records read a chain that stands still, or again one that does not.
func (w *Ward) Unready(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unready = on
}

func (w *Ward) chains(t float64) []control.ChainState {
	made := 1204 + uint64(t)
	ward := control.ChainState{ID: 5151, Node: "ward", Seen: "ward", Head: made, Finalized: made - 1, Age: 0.4 + 0.3*math.Sin(t), Manager: manager, Epoch: 7, Ready: true,
		Judging: &control.Judging{Rules: 1, Native: true, Accepted: 1800 * uint64(t), Refused: uint64(t) / 7, Checked: uint64(t)/7 + uint64(t)*2}}
	records := ward
	records.Seen, records.Judging = "records", &control.Judging{Rules: 1, Native: true, Later: 3}
	if w.unready {
		records.Finalized, records.Age, records.Ready, records.Why = made-212, 212.4, false, "the newest block is 3m32s old, more than 10s: readings wait"
	}
	return []control.ChainState{records, ward}
}

func (w *Ward) checks(now time.Time, t float64) []control.ChecksState {
	size := uint64(1800*t) + uint64(t)/7
	ward := control.ChecksState{Node: "ward", Log: "0x8ba1f109551bD432803012645Ac136ddd64DBA72", Contract: manager, Chain: 5151, Size: size, Anchored: size - min(size, 212),
		Block: 1200 + uint64(t), At: now.Add(-2 * time.Second), Since: now.Add(-900 * time.Millisecond), Sending: int(t/7) % 2}
	records := control.ChecksState{Node: "records", Log: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Contract: manager, Chain: 5151}
	if w.unready {
		records.Size, records.Since, records.Problem = 40, now.Add(-212*time.Second), "the chain does not answer: dial 10.1.3.12:7443: connection refused"
	}
	return []control.ChecksState{records, ward}
}
