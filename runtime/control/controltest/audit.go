package controltest

import (
	"context"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Audit has one deed and two refusals.
func (w *Ward) Audit(_ context.Context, _ flow.Identity, q control.AuditQuery) (found []control.AuditEntry, err error) {
	const node = "spiffe://h1.health.example/node/"
	for i, e := range []flow.AuditEvent{
		{At: Begin, Kind: flow.AuditDeployment, Who: "spiffe://people.h1.health.example/staff/admin", Proven: true, What: "deployed ward"},
		{At: Begin, Kind: flow.AuditLink, Who: node + "bedside", Proven: true, From: "10.0.0.7:41234", What: "opened a link",
			Why: "ward:bed1:ecg does not run there", Actor: "ward:bed1:ecg"},
		{At: Begin, Kind: flow.AuditConnection, Who: "spiffe://elsewhere.example/node/ward", From: "10.0.0.9:5555", What: "opened a connection",
			Why: "not a member of the trust domain"},
	} {
		if e.At.Before(q.Since) || q.Kind != "" && q.Kind != e.Kind || q.Refused && !e.Refused() || !strings.Contains(e.Who+" "+e.From, q.Who) {
			continue
		}
		found = append(found, control.AuditEntry{N: uint64(i + 2), Node: "ward", Hash: strings.Repeat("00", 32), AuditEvent: e})
	}
	return found[max(0, len(found)-q.Limit):], nil
}
