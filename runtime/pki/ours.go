package pki

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Ours allows the given roles of our own hospital: that of the certificate that
// we show. A [Trust] may hold the authorities of several hospitals, and each
// gives names of its own: the node "a" of another is not our node "a".
func Ours(own func() flow.Signer, roles ...flow.Role) func(flow.Identity) error {
	only := Only(roles...)
	return func(id flow.Identity) error {
		if err := only(id); err != nil {
			return err
		}
		return SameHospital(own(), id)
	}
}

// OurNamed allows one holder of our own hospital: role and name.
func OurNamed(own func() flow.Signer, role flow.Role, name string) func(flow.Identity) error {
	named := Named(role, name)
	return func(id flow.Identity) error {
		if err := named(id); err != nil {
			return err
		}
		return SameHospital(own(), id)
	}
}

// SameHospital is nil for somebody of the hospital that a signer is of.
func SameHospital(own flow.Signer, id flow.Identity) error {
	ours := ""
	if len(own.Chain) > 0 && len(own.Chain[0].URIs) == 1 {
		ours = flow.HospitalOf(own.Chain[0].URIs[0].String())
	}
	if ours == "" || id.Hospital() != ours {
		return fmt.Errorf("it is of the hospital %q, and only %q is ours", id.Hospital(), ours)
	}
	return nil
}
