// Package pki says who is who: it makes certificates, reads them, and refuses
// those that do not hold.
//
// A ministry root stands above each hospital's two authorities, one for
// machines and one for people; [Authority] is all three. A certificate below
// them carries one SPIFFE ID, whose path begins with the holder's role:
//
//	spiffe://h1.health.example/node/bedside
//	spiffe://h1.health.example/device/giai/0614141.5678
//	spiffe://people.h1.health.example/patient/p-7f3a
//
// Devices also carry their 96-bit EPC, and devices and collectors the group
// whose rules judge their readings. A [Verifier] turns a chain into a
// [flow.Identity] or a [Refusal] that says who was refused and why; [ServerTLS]
// and [ClientTLS] put it into every handshake:
//
//	trust, err := pki.LoadTrust("trust.pem")
//	v := pki.NewVerifier(trust)
//	own, err := pki.LoadSigner("node")
//	conf := pki.ServerTLS(func() flow.Signer { return own }, v, pki.Only(flow.RoleNode), "h2")
//
// Who was good may not stay so. [CA.Revoke] and [CA.Publish] make revocation
// lists, signed and numbered, which anybody may carry to [Verifier.Revoke];
// [Authority.OCSP] answers from the same records. An open connection outlives
// revocation and expiry, so whoever keeps one waits for [Verifier.Changed] and
// asks [Verifier.Holds]; whoever lets somebody in asks [Verifier.Fresh].
//
// Keys of authorities are [Sealed] in a file or in a token (package token). A
// root is followed by another with [Authority.Roll], and a node believes in the
// new one by [Adopt]. Programs that know nothing of SPIFFE are served with
// certificates for the web ([CA.IssueWeb]), which are no identity to us.
//
// The formats are X.509 and its lists (RFC 5280), OCSP (RFC 6960), PKCS #10 (RFC
// 2986) and #8 (RFC 5958), X509-SVID of SPIFFE, and the GS1 EPC Tag Data
// Standard. The cryptography is that of crypto/x509 and crypto/tls; what this
// package adds are checks that those leave to us.
package pki
