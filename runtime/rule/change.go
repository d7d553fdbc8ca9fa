package rule

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An Op is what a change does.
type Op uint8

// The changes, as the contract numbers them.
const (
	OpSet      Op = iota // a rule
	OpRetire             // a rule: its readings are refused until it is set again
	OpGrant              // a role to a key
	OpWithdraw           // a role from a key
	OpUnpause            // judge again
	OpSucceed            // announce another manager
)

// The roles that keys may have.
var (
	roleAdmin     = eip712.Hash("RULE_ADMIN_ROLE")
	rolePauser    = eip712.Hash("PAUSER_ROLE")
	roleRegistrar = eip712.Hash("REGISTRAR_ROLE")
)

// Roles by their names in words.
var roles = map[string]chain.Hash{"admin": roleAdmin, "pauser": rolePauser, "registrar": roleRegistrar}

// RoleNames are what [Change].Role may be.
var RoleNames = []string{"admin", "pauser", "registrar"}

// A Change is one thing that a proposal does.
type Change struct {
	Op   Op
	Rule Rule          // to set, with its Parts; of one to retire whom it is for
	Base uint64        // what it expects: the rule's version, 0 for a new one; for other ops the count of authority
	Who  chain.Address // key that a role is given to or taken from, or manager that follows
	Role string        // one of RoleNames
}

func (c Change) packed() (build.Change, error) {
	out := build.Change{Op: uint8(c.Op), Base: c.Base, Who: c.Who}
	var err error
	switch c.Op {
	case OpSet, OpRetire:
		out.Group, out.Mode = c.Rule.Group, uint8(c.Rule.Mode)
		if out.Device, err = deviceBytes(c.Rule.Device); err != nil {
			return out, err
		}
		if c.Op == OpRetire {
			out.Mode = 0
			break
		}
		if len(c.Rule.Parts) == 0 {
			return out, fmt.Errorf("rule of %s: its contracts are not made yet", namedScope(&c.Rule))
		}
		for _, p := range c.Rule.Parts {
			out.Parts = append(out.Parts, build.Part{Rule: p.Address, CodeHash: p.Code, Digest: p.Digest})
		}
	case OpGrant, OpWithdraw:
		role, ok := roles[c.Role]
		if !ok {
			return out, fmt.Errorf("role %q: want one of %v", c.Role, RoleNames)
		}
		out.Role = role
	}
	return out, nil
}

// A Fate is what has become of a proposal.
type Fate uint8

// The states, as the contract numbers them.
const (
	Open      Fate = 1
	Done      Fate = 2
	Cancelled Fate = 3
)

// String is the state in a word.
func (s Fate) String() string {
	switch s {
	case Open:
		return "open"
	case Done:
		return "done"
	case Cancelled:
		return "cancelled"
	}
	return "unknown"
}

// A Proposal is what an admin has put forward.
type Proposal struct {
	ID        chain.Hash
	By        chain.Address // key of who did
	Until     time.Time     // later it can be neither approved nor carried out
	Fate      Fate
	Approvers []chain.Address // keys, the proposer first
	Changes   []Change
}

// Waits reports whether it can still be approved at the time now.
func (p *Proposal) Waits(now time.Time) bool { return p.Fate == Open && !now.After(p.Until) }

var errUnknownOp = errors.New("a change that this wardflow does not know")

// changeFrom reads a change. What rule contracts say, l reads from the chain,
// whoever made them.
func (l *loader) changeFrom(in build.Change) (Change, error) {
	c := Change{Op: Op(in.Op), Base: in.Base, Who: in.Who}
	switch c.Op {
	case OpSet:
		parts, err := l.parts(in.Parts)
		if err != nil {
			return c, err
		}
		c.Rule = fold(ruleFrom(build.Entry{Device: in.Device, Group: in.Group, Mode: in.Mode, Parts: in.Parts}, parts))
	case OpRetire:
		c.Rule = Rule{Group: in.Group, Device: deviceName(in.Device), Mode: flow.Mode(in.Mode)}
	case OpGrant, OpWithdraw:
		for name, role := range roles {
			if role == in.Role {
				c.Role = name
			}
		}
		if c.Role == "" {
			return c, fmt.Errorf("role %x: %w", in.Role, errUnknownOp)
		}
	case OpUnpause, OpSucceed:
	default:
		return c, fmt.Errorf("number %d: %w", in.Op, errUnknownOp)
	}
	return c, nil
}
