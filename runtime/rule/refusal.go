package rule

import (
	"errors"
	"fmt"

	build "github.com/wardflow/wardflow/contracts/retired"
	"github.com/wardflow/wardflow/runtime/chain"
)

// A Refusal is a change that the contract did not allow.
type Refusal struct {
	Name string // of the contract's error, such as "BadLimit"; "" if it has none
	Msg  string // the same for people
}

func (r *Refusal) Error() string { return r.Msg }

// refused translates a contract's revert; other errors stay as they are.
func refused(err error) error {
	var rev *chain.RevertError
	if !errors.As(err, &rev) {
		return err
	}
	named, decodeErr := binding.UnpackError(rev.Data)
	if decodeErr != nil || len(rev.Data) < 4 {
		return &Refusal{Msg: "the contract refuses: " + rev.Msg}
	}
	switch e := named.(type) {
	case *build.RuleManagerAccessControlUnauthorizedAccount:
		return &Refusal{"AccessControlUnauthorizedAccount",
			fmt.Sprintf("account %s may not change rules: use the key of a rule admin", e.Account)}
	case *build.RuleManagerBadGroup:
		return &Refusal{"BadGroup", fmt.Sprintf("group %q: %s: want site/floor/room/type or the beginning of it", e.Group, e.Why)}
	case *build.RuleManagerBadLimit:
		return &Refusal{"BadLimit", fmt.Sprintf("group %s: kind %q: %s", namedGroup(e.Group), codeOf(e.Kind), e.Why)}
	case *build.RuleManagerNoSuchRule:
		return &Refusal{"NoSuchRule", fmt.Sprintf("group %s has no rule of its own", namedGroup(e.Group))}
	case *build.RuleManagerNoSuchLimit:
		return &Refusal{"NoSuchLimit", fmt.Sprintf("the rule of %s does not name kind %s", namedGroup(e.Group), codeOf(e.Kind))}
	case *build.RuleManagerAlreadyRevoked:
		return &Refusal{"AlreadyRevoked", fmt.Sprintf("the rule of %s is revoked: set it anew as a whole", namedGroup(e.Group))}
	case *build.RuleManagerEnforcedPause:
		return &Refusal{"EnforcedPause", "the manager is paused already"}
	case *build.RuleManagerExpectedPause:
		return &Refusal{"ExpectedPause", "the manager is not paused"}
	}
	return &Refusal{Msg: "the contract refuses: " + rev.Msg}
}
