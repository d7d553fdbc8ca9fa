package flow

import "strings"

// peopleDomain begins the trust domain of a hospital's people.
const peopleDomain = "people."

// Hospital is the hospital of who an identity is: the trust domain of its SPIFFE
// ID, less what people's begin with, such as "h1.health.example"; "" for nobody.
// A name is one's own only within a hospital: who gives rights by names must
// compare this too.
func (id Identity) Hospital() string { return HospitalOf(id.URI) }

// HospitalOf is the hospital of a SPIFFE ID; "" for what is none.
func HospitalOf(uri string) string {
	rest, ok := strings.CutPrefix(uri, "spiffe://")
	if !ok {
		return ""
	}
	domain, _, _ := strings.Cut(rest, "/")
	return strings.TrimPrefix(domain, peopleDomain)
}
