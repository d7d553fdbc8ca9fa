// Package attack attacks a running cluster, and is content when it fails.
//
//	go test ./apps/attack -v          // the short form, also part of "make test"
//	go test ./apps/attack -v -long    // all of it: "make attack"
//
// It has no code but tests. ground_test.go brings three nodes to life, with a
// certificate authority, a chain of rules and a ward whose readings flow, all
// over real sockets. attack_test.go has the list of attacks; each says what the
// attacker has, what he tries, and who must be named in the audit record for
// it. It passes when the attempt was refused, when the record of a node says so,
// and when the ward's readings go on.
//
// What attackers speak is written here by hand, down to the bytes, and with
// crypto/tls and net/http alone where that is possible (wire_test.go): what our
// own clients would never send is the point. The names AT-… and TE2 are those of
// the requirements of security, section 1.
package attack
