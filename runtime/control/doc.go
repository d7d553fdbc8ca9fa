// Package control is the HTTP API for people: the page, the command line and
// whoever scripts against them. It holds the server, its Go client, and the
// JSON types that both speak.
//
// The server knows nothing of actors, links or chains. What there is to see
// and to do it asks of a [Backend]; who may ask it decides here:
//
//	staff certificate       everything
//	one-time link, session  reading, nothing else
//	anybody else            401 or 403
//
// A change is agreed within ten seconds, or it is a problem; without a majority
// of the register's voters the problem says who is missing and what goes on all
// the same ([ErrNoMajority]).
//
// Everything lies under /api/v1. Errors are problem+json (RFC 9457), and the
// stream of snapshots is Server-Sent Events: each viewer has room for one
// snapshot, so a slow one skips to the newest and is told how many it missed.
package control
