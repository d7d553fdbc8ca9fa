package registry

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// A Refusal is an act that the contract did not allow.
type Refusal struct {
	Name string // of the contract's error, such as "NotRegistrar"; "" if it has none
	Msg  string // the same for people, with how to mend it
}

func (r *Refusal) Error() string { return r.Msg }

// Refused translates an error of a [chain.Relay]: what the contract refuses
// becomes a [*Refusal], other errors stay as they are.
func Refused(err error) error {
	var rev *chain.RevertError
	if !errors.As(err, &rev) {
		return err
	}
	if len(rev.Data) >= 4 {
		if named, err := contract().UnpackError(rev.Data); err == nil {
			if r := refusalOf(named); r != nil {
				return r
			}
		}
	}
	return &Refusal{Msg: "the device registry refuses: " + rev.Msg}
}

func refusalOf(named any) *Refusal {
	again := "somebody else writes the registry: compare again and go on from there"
	switch e := named.(type) {
	case *build.DeviceRegistryNotRegistrar:
		return &Refusal{"NotRegistrar", fmt.Sprintf("key %s may not write the device registry: let rule admins agree to it: wardflow rule admins --grant CERTIFICATE --role registrar", e.Key)}
	case *build.DeviceRegistryBadSignature:
		return &Refusal{"BadSignature", "the signature does not hold: it was made for another registry, chain or act: sign it anew"}
	case *build.DeviceRegistryExpired:
		return &Refusal{"Expired", fmt.Sprintf("it was good until %s and the chain's clock says %s: do it anew, and look at both clocks", clock(e.Deadline), clock(e.NowIs.Uint64()))}
	case *build.DeviceRegistryWrongNonce:
		return &Refusal{"WrongNonce", fmt.Sprintf("the act has the number %d of its key, whose next is %d: %s", e.Got, e.Want, again)}
	case *build.DeviceRegistryAlreadyBound:
		return &Refusal{"AlreadyBound", fmt.Sprintf("certificate %x is bound already: %s", e.Certificate[:8], again)}
	case *build.DeviceRegistryNotBound:
		return &Refusal{"NotBound", fmt.Sprintf("certificate %x is not bound: %s", e.Certificate[:8], again)}
	case *build.DeviceRegistryAlreadyRevoked:
		return &Refusal{"AlreadyRevoked", fmt.Sprintf("%x is revoked already: %s", e.What[:8], again)}
	case *build.DeviceRegistryDeviceIsRevoked:
		return &Refusal{"DeviceIsRevoked", fmt.Sprintf("device %x is revoked and gets no certificates: reinstate or invite it first", e.Device[:8])}
	case *build.DeviceRegistryDeviceIsNotRevoked:
		return &Refusal{"DeviceIsNotRevoked", fmt.Sprintf("device %x is not revoked: %s", e.Device[:8], again)}
	case *build.DeviceRegistryBadBinding:
		return &Refusal{"BadBinding", fmt.Sprintf("certificate %x can't be bound: %s", e.Certificate[:8], e.Why)}
	case *build.DeviceRegistryBadCount:
		return &Refusal{"BadCount", fmt.Sprintf("%v items in one act: want 1 to 64", e.Count)}
	}
	return nil
}

func clock(s uint64) string { return timeOf(s).Format(time.RFC3339) }
