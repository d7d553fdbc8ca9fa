// Package ruletest makes rule admins for tests.
package ruletest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"

	"github.com/wardflow/wardflow/runtime/rule"
)

// Admins are the keys of so many rule admins. They are of no certificate.
func Admins(n int) []crypto.Signer {
	all := make([]crypto.Signer, n)
	for i := range all {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic("ruletest: " + err.Error()) // there is no randomness
		}
		all[i] = key
	}
	return all
}

// Founding is a chain of rules with these admins and the rules of the demo's
// ward.
func Founding(admins []crypto.Signer) rule.Founding {
	f := rule.Founding{Rules: rule.Default()}
	for _, a := range admins {
		f.Admins = append(f.Admins, a.Public())
	}
	return f
}
