package pki

import (
	"crypto/x509"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A profile is what the certificates of a role are like.
type profile struct {
	people  bool          // issued by the people CA, in the people's trust domain
	epc     bool          // must carry an EPC; all others must not
	group   bool          // must carry a group; other machines may
	calls   bool          // clientAuth
	serves  bool          // serverAuth
	signs   bool          // reading-sign
	life    time.Duration // default
	maxLife time.Duration
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// profiles are the roles of security.md, section 3.1. A device only calls, so a
// captured one can't pose as a server; a patient's card only signs, so it opens
// no connection.
var profiles = map[flow.Role]profile{
	flow.RoleNode:      {calls: true, serves: true, life: day, maxLife: 90 * day},
	flow.RoleDevice:    {epc: true, group: true, calls: true, life: day, maxLife: 90 * day},
	flow.RoleCollector: {group: true, calls: true, serves: true, life: day, maxLife: 90 * day},
	flow.RoleStorage:   {calls: true, serves: true, life: day, maxLife: 90 * day},
	flow.RoleStaff:     {people: true, calls: true, life: 2 * year, maxLife: 3 * year},
	flow.RolePatient:   {people: true, signs: true, life: 2 * year, maxLife: 3 * year},
}

// usages are the key purposes of the profile, which are also the only ones its
// certificates may have.
func (p profile) usages() (known []x509.ExtKeyUsage, reading bool) {
	if p.calls {
		known = append(known, x509.ExtKeyUsageClientAuth)
	}
	if p.serves {
		known = append(known, x509.ExtKeyUsageServerAuth)
	}
	return known, p.signs
}

// String says what a role does, as the end of a sentence.
func (p profile) String() string {
	switch {
	case p.signs:
		return "signs readings only (reading-sign)"
	case p.serves:
		return "calls and serves (clientAuth, serverAuth)"
	default:
		return "calls only (clientAuth)"
	}
}
