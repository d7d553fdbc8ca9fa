package register

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// This file is the register without its log: what package sim runs from a seed,
// with a log of its own. The commands and their answers are the bytes that
// travel and are kept.

// A Machine is what the entries of the log are carried out on. It is not safe
// for concurrent use.
type Machine struct {
	state *state
	view  *View
}

// NewMachine is that of a register which nothing was agreed in yet.
func NewMachine() *Machine { return &Machine{state: newState()} }

// Apply carries out the entry at that place in the log and returns the answer,
// for [ReadAnswer].
func (m *Machine) Apply(index uint64, command []byte) (answer []byte) {
	r := m.state.carryOut(index, command)
	return r.bytes()
}

// View is what is agreed now.
func (m *Machine) View() *View {
	if m.view == nil || m.view.Index != m.state.changed {
		m.view = m.state.view()
	}
	return m.view
}

// Snapshot are the bytes of everything agreed; equal states give equal bytes.
func (m *Machine) Snapshot() ([]byte, error) {
	var b bytes.Buffer
	err := m.state.writeTo(&b)
	return b.Bytes(), err
}

// Restore replaces everything by what Snapshot wrote.
func (m *Machine) Restore(snapshot []byte) error {
	s, err := readState(bytes.NewReader(snapshot))
	if err == nil {
		m.state, m.view = s, nil
	}
	return err
}

// Commands, as the methods of [Register] of the same names write them.

// PutAppCommand is [Register.PutApp].
func PutAppCommand(app App) ([]byte, error) { return encodeCommand(putApp{app}) }

// RemoveAppCommand is [Register.RemoveApp].
func RemoveAppCommand(name string) ([]byte, error) { return encodeCommand(removeApp{name}) }

// PutPlanCommand is [Register.PutPlan].
func PutPlanCommand(app string, version uint64, plan []flow.Placement) ([]byte, error) {
	return encodeCommand(putPlanAt{app, version, plan})
}

// PutAppPlanCommand is [Register.PutAppPlan].
func PutAppPlanCommand(app App, base uint64, plan []flow.Placement) ([]byte, error) {
	return encodeCommand(putAppPlan{app, base, plan})
}

// ClaimCommand is [Register.Claim]: seen is the newest epoch known, nonce tells
// a claim that is repeated from another one.
func ClaimCommand(actor flow.ActorID, node flow.NodeID, version, seen, nonce uint64) ([]byte, error) {
	return encodeCommand(claim{Actor: actor, Node: node, Version: version, Seen: seen, Nonce: nonce})
}

// ClaimAllCommand is [Register.ClaimAll] of actors of one application, with the
// epoch that the node knows of for each.
func ClaimAllCommand(actors []flow.ActorID, seen []uint64, node flow.NodeID, version, nonce uint64) ([]byte, error) {
	return encodeCommand(claimAll{Node: node, Nonce: nonce, Version: version, Actors: actors, Seen: seen})
}

// AdoptCommand is [Register.Adopt]; seq is one of the node's commits.
func AdoptCommand(node flow.NodeID, seq uint64, whole flow.Checkpoint) ([]byte, error) {
	b, err := flow.AppendCheckpoint(nil, whole)
	if err != nil {
		return nil, err
	}
	return encodeCommand(adopt{node, seq, b})
}

// CommitCommand is [Register.Commit] of the first n of the steps, as many as one
// entry of the log holds. seq rises with each Commit of the node.
func CommitCommand(node flow.NodeID, seq uint64, steps []flow.Checkpoint) (command []byte, n int, err error) {
	return packCommit(new(scratch), node, seq, steps)
}

// PutSettingCommand is [Register.PutSetting].
func PutSettingCommand(key string, value []byte) ([]byte, error) {
	return encodeCommand(putSetting{key, value})
}

// OnceCommand is command, one of PutAppCommand, RemoveAppCommand, PutPlanCommand,
// PutAppPlanCommand or PutSettingCommand, with a number drawn for the call: when
// it is agreed again, it is answered as the first time and changes nothing.
func OnceCommand(nonce uint64, command []byte) ([]byte, error) {
	c, err := decodeCommand(command)
	if err != nil {
		return nil, err
	}
	return encodeCommand(once{nonce, c})
}

// PutBlockCommand is [Register.PutBlock].
func PutBlockCommand(b Block) ([]byte, error) { return encodeCommand(putBlock{b}) }

// SyncCommand is [Register.Sync].
func SyncCommand() ([]byte, error) { return encodeCommand(syncUp{}) }

// An Answer is what a command leads to.
type Answer struct {
	Index      uint64          // the View that shows the change
	App        *App            // of PutApp
	Checkpoint flow.Checkpoint // of a claim
	Stale      []flow.ActorID  // of a commit
	// Claims are those of a claimAll, in its order: as many as there was room for.
	// The others are claimed again.
	Claims []Answer
	// Seen is, of a claim that knew an older epoch, the newest: claim again
	// with it. 0 for all else.
	Seen uint64
	Err  error // why the command was refused, as the methods of [Register] tell it
}

// ReadAnswer reads what [Machine.Apply] returned.
func ReadAnswer(b []byte) (Answer, error) {
	r, err := readResult(b)
	if err != nil {
		return Answer{}, err
	}
	return answerOf(r)
}

func answerOf(r result) (Answer, error) {
	var err error
	a := Answer{Index: r.Index, App: r.App, Stale: r.Stale, Err: r.err()}
	if len(r.Checkpoint) > 0 {
		if a.Checkpoint, _, err = flow.ReadCheckpoint(r.Checkpoint); err != nil {
			return a, fmt.Errorf("read answer: %w", err)
		}
	}
	for _, c := range r.Claims {
		one, err := answerOf(c)
		if err != nil {
			return a, err
		}
		a.Claims = append(a.Claims, one)
	}
	var seen *seenError
	if errors.As(a.Err, &seen) {
		a.Seen = seen.epoch
	}
	return a, nil
}
