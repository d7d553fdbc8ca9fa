package rule

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// refusal translates what our contracts refuse; other errors stay as they are.
func refusal(err error) error {
	var rev *chain.RevertError
	if !errors.As(err, &rev) {
		return err
	}
	if len(rev.Data) >= 4 {
		for _, translate := range []func([]byte) *Refusal{managerRefusal, partRefusal} {
			if r := translate(rev.Data); r != nil {
				return r
			}
		}
	}
	return &Refusal{Msg: "the contract refuses: " + rev.Msg}
}

// Refused translates an error of a [chain.Relay] that brings acts of rule admins
// to the chain: what a contract refuses becomes a [*Refusal].
func Refused(err error) error { return refusal(err) }

// managerRefusal puts the manager's errors into words, each with how to mend it.
func managerRefusal(data []byte) *Refusal {
	named, err := managerABI().UnpackError(data)
	if err != nil {
		return nil
	}
	switch e := named.(type) {
	case *build.RuleManagerNotAdmin:
		return refuse("NotAdmin", "key %s is no rule admin's: use the certificate of one, `wardflow rule admins` lists them", e.Key)
	case *build.RuleManagerBadSignature:
		return refuse("BadSignature", "the signature does not hold: it was made for another manager, chain or act: sign it anew")
	case *build.RuleManagerExpired:
		return refuse("Expired", "it was good until %s and the chain's clock says %s: do it anew", clockOf(e.Deadline), clockOf(e.NowIs.Uint64()))
	case *build.RuleManagerWrongNonce:
		return refuse("WrongNonce", "the act has the number %d of its key, whose next is %d: it was brought before, or another came first: do it anew", e.Got, e.Want)
	case *build.RuleManagerAlreadyApproved:
		return refuse("AlreadyApproved", "key %s has approved proposal %s already: another admin must", e.Key, ShortID(e.Id))
	case *build.RuleManagerNeedsApprovals:
		return refuse("NeedsApprovals", "proposal %s has %v approvals of today's admins and needs %v: `wardflow rule approve %[1]s`", ShortID(e.Id), e.Has, e.Wants)
	case *build.RuleManagerNoSuchProposal:
		return refuse("NoSuchProposal", "there is no proposal %s: `wardflow rule pending` lists those that wait", ShortID(e.Id))
	case *build.RuleManagerAlreadyDone:
		return refuse("AlreadyDone", "proposal %s is %s: make another", ShortID(e.Id), Fate(e.Status))
	case *build.RuleManagerStale:
		return refuse("Stale", "change %v of proposal %s expects version %d and finds %d: somebody changed it in between: cancel it and propose anew", e.Change, ShortID(e.Id), e.Base, e.Found)
	case *build.RuleManagerTooFewAdmins:
		return refuse("TooFewAdmins", "%v admins would be left where a change takes %v: let another be admin first", e.Has, e.Wants)
	case *build.RuleManagerAlreadyHas:
		return refuse("AlreadyHas", "key %s has that role already", e.Key)
	case *build.RuleManagerHasNot:
		return refuse("HasNot", "key %s does not have that role", e.Key)
	case *build.RuleManagerNoSuchRole:
		return refuse("NoSuchRole", "there is no role %x: want one of %v", e.Role, RoleNames)
	}
	return entryRefusal(named)
}

// entryRefusal is managerRefusal for what is wrong with rules.
func entryRefusal(named any) *Refusal {
	switch e := named.(type) {
	case *build.RuleManagerBadGroup:
		return refuse("BadGroup", "group %q: %s: want site/floor/room/type or the beginning of it", e.Group, e.Why)
	case *build.RuleManagerBadParts:
		return refuse("BadParts", "the rule of %s has %v contracts, want 1 to %d", scopeNamed(e.Device, e.Group), e.Count, MaxParts)
	case *build.RuleManagerBadMode:
		return refuse("BadMode", "mode %d: want anchored, confirmed or per-check", e.Mode)
	case *build.RuleManagerBadChanges:
		return refuse("BadChanges", "a proposal of %v changes, want 1 to 32: make several", e.Count)
	case *build.RuleManagerNotARule:
		return refuse("NotARule", "%s is no rule contract: it has no code, or does not say its kind and digest", e.Rule)
	case *build.RuleManagerWrongCode:
		return refuse("WrongCode", "the code of rule contract %s is not what was approved (%s, approved %s): do not trust it, propose the rule anew", e.Rule, short(e.Got), short(e.Want))
	case *build.RuleManagerWrongDigest:
		return refuse("WrongDigest", "rule contract %s says another rule than was approved (%s, approved %s): propose the rule anew", e.Rule, short(e.Got), short(e.Want))
	case *build.RuleManagerNoSuchEntry:
		return refuse("NoSuchEntry", "%s has no rule of its own", scopeNamed(e.Device, e.Group))
	case *build.RuleManagerAlreadyRetired:
		return refuse("AlreadyRetired", "the rule of %s is retired already", scopeNamed(e.Device, e.Group))
	case *build.RuleManagerNotAContract:
		return refuse("NotAContract", "there is no contract at %s", e.Account)
	case *build.RuleManagerEnforcedPause:
		return refuse("EnforcedPause", "the manager is paused already")
	case *build.RuleManagerExpectedPause:
		return refuse("ExpectedPause", "the manager is not paused")
	case *build.RuleManagerAccessControlUnauthorizedAccount:
		return refuse("AccessControlUnauthorizedAccount", "account %s may not: what changes rules is signed with an admin's certificate", e.Account)
	}
	return nil
}

// partRefusal puts into words what rule contracts say when they are made.
func partRefusal(data []byte) *Refusal {
	if e, err := limitABI().UnpackError(data); err == nil {
		if e, ok := e.(*build.LimitRuleBadLimit); ok {
			return refuse("BadLimit", "kind %q: %s", codeOf(e.Kind), e.Why)
		}
	}
	if e, err := slopeABI().UnpackError(data); err == nil {
		if e, ok := e.(*build.SlopeRuleBadSlope); ok {
			return refuse("BadSlope", "%s", e.Why)
		}
	}
	if e, err := agreementABI().UnpackError(data); err == nil {
		if e, ok := e.(*build.AgreementRuleBadAgreement); ok {
			return refuse("BadAgreement", "%s", e.Why)
		}
	}
	return nil
}

func refuse(name, format string, args ...any) *Refusal {
	return &Refusal{name, fmt.Sprintf(format, args...)}
}

func scopeNamed(device [12]byte, group string) string {
	return namedScope(&Rule{Device: deviceName(device), Group: group})
}

func clockOf(seconds uint64) string { return untilOf(seconds).Format(time.DateTime + " UTC") }

func short(h [32]byte) string { return fmt.Sprintf("%x…", h[:4]) }
