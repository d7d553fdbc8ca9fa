// Package enroll gives certificates to those who should have one, renews them,
// and takes them away again.
//
// An [Office] is the folder of a hospital's authorities with the registry of
// everybody who has, had or may fetch a certificate. Somebody who may register
// others invites a holder by name, group and rule, and gets a [Token] that is
// good once and for ten minutes:
//
//	token, err := office.Invite(enroll.Invitation{Role: flow.RoleNode, Name: "bedside"}, "ada", time.Now())
//
// A [Server] is the office on the network: enrolment with a token, renewal with
// the certificate that is about to end, revocation lists, OCSP (RFC 6960), and
// EST (RFC 7030) for devices of others. Whoever has a token needs nothing else:
// the token pins the root, so a wrong server is found out before it is shown.
//
//	signer, answer, err := enroll.Enroll(ctx, token)
//
// A [Renewer] then looks after the certificates of a process as long as it runs.
package enroll
