package rule

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An Event is something that happened to the rules, as the contract recorded it.
type Event struct {
	Block     uint64          `json:"block"`
	At        time.Time       `json:"at"` // the block's time
	Epoch     uint64          `json:"epoch,omitempty"`
	What      string          `json:"what"`
	Group     string          `json:"group,omitempty"`
	Device    string          `json:"device,omitempty"` // EPC
	Version   uint64          `json:"version,omitempty"`
	Proposal  string          `json:"proposal,omitempty"` // "": it needed none
	By        chain.Address   `json:"by"`                 // key of who proposed or did it; zero: it came with the manager
	Approvers []chain.Address `json:"approvers,omitempty"`

	rule bool // it is about the rule of Group or Device
}

// History is what happened to the rules, the oldest first. It is read from the
// contract's events.
func (d *Desk) History(ctx context.Context) ([]Event, error) {
	logs, err := d.Chain.Logs(ctx, chain.Query{Address: d.Manager})
	if err != nil {
		return nil, fmt.Errorf("read the rules' history: %w", err)
	}
	h := &historian{by: map[chain.Hash]chain.Address{}, approvers: map[chain.Hash][]chain.Address{}}
	for _, l := range logs {
		if err := h.read(l); err != nil {
			return nil, fmt.Errorf("read the rules' history: block %d: %w", l.Block, err)
		}
	}
	times := map[uint64]time.Time{}
	for i := range h.events {
		at, ok := times[h.events[i].Block]
		if !ok {
			head, err := d.Chain.Header(ctx, h.events[i].Block)
			if err != nil {
				return nil, fmt.Errorf("read the rules' history: block %d: %w", h.events[i].Block, err)
			}
			at = head.Time
			times[h.events[i].Block] = at
		}
		h.events[i].At = at
	}
	return h.events, nil
}

// About are the events about the rule of a group or a device.
func About(all []Event, group, device string) []Event {
	return slices.DeleteFunc(slices.Clone(all), func(e Event) bool {
		return !e.rule || e.Group != group || e.Device != device
	})
}

// A historian reads events in order: who proposed and who approved comes before
// what came of it.
type historian struct {
	by        map[chain.Hash]chain.Address
	approvers map[chain.Hash][]chain.Address
	events    []Event
}

// topicOf is the first topic of an event.
func topicOf(name string) chain.Hash {
	abi := managerABI().GetABI()
	return abi.Events[name].ID
}

func (h *historian) read(in chain.Log) error {
	if len(in.Topics) == 0 {
		return nil
	}
	l := &types.Log{Address: in.Address, Topics: in.Topics, Data: in.Data, BlockNumber: in.Block}
	switch in.Topics[0] {
	case topicOf("Proposed"):
		e, err := managerABI().UnpackProposedEvent(l)
		if err != nil {
			return err
		}
		h.by[e.Id] = e.By
		h.add(in.Block, e.Id, Event{What: fmt.Sprintf("proposal %s, changes: %d", ShortID(e.Id), len(e.Changes))})
	case topicOf("Approved"):
		e, err := managerABI().UnpackApprovedEvent(l)
		if err != nil {
			return err
		}
		if !slices.Contains(h.approvers[e.Id], e.By) {
			h.approvers[e.Id] = append(h.approvers[e.Id], e.By)
		}
	case topicOf("Cancelled"):
		e, err := managerABI().UnpackCancelledEvent(l)
		if err != nil {
			return err
		}
		h.events = append(h.events, Event{Block: in.Block, What: "cancelled proposal " + ShortID(e.Id), Proposal: "", By: e.By})
	case topicOf("Stopped"):
		e, err := managerABI().UnpackStoppedEvent(l)
		if err != nil {
			return err
		}
		h.events = append(h.events, Event{Block: in.Block, Epoch: e.Epoch, What: "paused: readings wait", By: e.By})
	default:
		return h.readChange(in, l)
	}
	return nil
}

// readChange reads what a proposal did.
func (h *historian) readChange(in chain.Log, l *types.Log) error {
	switch in.Topics[0] {
	case topicOf("EntrySet"):
		e, err := managerABI().UnpackEntrySetEvent(l)
		if err != nil {
			return err
		}
		r := Rule{Group: e.Group, Device: deviceName(e.Device)}
		h.add(in.Block, e.Proposal, Event{Epoch: e.Epoch, Version: e.Version, Group: r.Group, Device: r.Device, rule: true,
			What: fmt.Sprintf("set the rule of %s, version %d, %s: %s", namedScope(&r), e.Version, flow.Mode(e.Mode), contractsOf(e.Parts))})
	case topicOf("EntryRetired"):
		e, err := managerABI().UnpackEntryRetiredEvent(l)
		if err != nil {
			return err
		}
		r := Rule{Group: e.Group, Device: deviceName(e.Device)}
		h.add(in.Block, e.Proposal, Event{Epoch: e.Epoch, Version: e.Version, Group: r.Group, Device: r.Device, rule: true,
			What: fmt.Sprintf("retired the rule of %s, version %d", namedScope(&r), e.Version)})
	case topicOf("Resumed"):
		e, err := managerABI().UnpackResumedEvent(l)
		if err != nil {
			return err
		}
		h.add(in.Block, e.Proposal, Event{Epoch: e.Epoch, What: "judged by the rules again"})
	case topicOf("Succeeded"):
		e, err := managerABI().UnpackSucceededEvent(l)
		if err != nil {
			return err
		}
		h.add(in.Block, e.Proposal, Event{What: "announced the manager " + e.Successor.Hex()})
	case topicOf("RoleGranted"):
		e, err := managerABI().UnpackRoleGrantedEvent(l)
		if err != nil {
			return err
		}
		h.events = append(h.events, Event{Block: in.Block, What: fmt.Sprintf("let key %s be %s", e.Account, roleName(e.Role))})
	case topicOf("RoleRevoked"):
		e, err := managerABI().UnpackRoleRevokedEvent(l)
		if err != nil {
			return err
		}
		h.events = append(h.events, Event{Block: in.Block, What: fmt.Sprintf("let key %s be %s no more", e.Account, roleName(e.Role))})
	}
	return nil
}

// add takes what a proposal did down, with who proposed and who approved.
func (h *historian) add(block uint64, proposal chain.Hash, e Event) {
	e.Block = block
	if proposal != (chain.Hash{}) {
		e.Proposal, e.By, e.Approvers = proposal.Hex(), h.by[proposal], slices.Clone(h.approvers[proposal])
	}
	h.events = append(h.events, e)
}

func contractsOf(parts []build.Part) string {
	if len(parts) == 1 {
		return "contract " + parts[0].Rule.Hex()
	}
	all := make([]common.Address, len(parts))
	for i, p := range parts {
		all[i] = p.Rule
	}
	return "contracts " + addresses(all)
}

func roleName(role chain.Hash) string {
	for name, r := range roles {
		if r == role {
			return name
		}
	}
	return role.Hex()
}
