// Package control is the HTTP API for people: the page, the command line and
// whoever scripts against them. It holds the server, its Go client, and the
// JSON types that both speak.
//
// The server knows nothing of actors, links or chains. What there is to see
// and to do it asks of a [Backend]. It finds out who asks:
//
//	staff certificate       a member of staff
//	one-time link, session  a viewer
//	anybody else            nobody: 401 or 403
//
// Whether that one may do it, [Config].May decides, before each route and in one
// place: each says which action it is, and about what. A refusal is 403 with the
// reason, and goes into the audit record.
//
// An application and the policy are deployed with a signature over them, which
// the [Client] makes with the certificate that it shows ([SignDeployment],
// [SignPolicy]): it goes to every node with what it is about.
//
// A change is agreed within ten seconds, or it is a problem; without a majority
// of the register's voters the problem says who is missing and what goes on all
// the same ([ErrNoMajority]).
//
// Everything lies under /api/v1, and openapi.json describes it ([OpenAPI]): it is
// made from the table of routes, the types and their comments, and every answer of
// the tests is held against it. Errors are problem+json (RFC 9457). Lists come page
// by page where they are asked for so ([Page]). A change that is sent with an
// Idempotency-Key happens once, however often it is sent, and a [Client] sends one.
//
// The stream of snapshots is Server-Sent Events: each viewer has room for one
// snapshot, so a slow one skips to the newest and is told how many it missed. With
// ?changes it is sent only what changed (package merge), which is made once for all
// viewers of one right.
//
// A page that a node serves has no key, so it can't sign what is to be deployed. A
// [Desk] serves the page on a person's own machine, passes on to the node what it
// asks, with that person's certificate, and signs deployments.
package control
