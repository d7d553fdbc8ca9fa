package controltest

import (
	"context"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Certificates are those of a ward where all is well but for three things: the CA
// service refuses to renew the second monitor of the first bed, a patient's card
// ends soon, and one monitor has been revoked.
func (w *Ward) Certificates(context.Context) (*control.Certificates, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return nil, w.err
	}
	now := w.now().UTC()
	var all []control.Certificate
	for _, n := range []flow.NodeID{"bedside", "records", "ward"} {
		if w.down[n] != "" {
			continue
		}
		all = append(all, w.held(n, control.UseNode, domain+"node/"+string(n), now, 20*time.Hour), authorities(n, now)[0], authorities(n, now)[1])
	}
	if w.down["bedside"] == "" {
		all = append(all, w.devices(now)...)
	}
	if w.down["records"] == "" {
		all = append(all, w.held("records", control.UseIdentity, domain+"storage/records", now, 15*time.Hour))
	}
	if w.down["ward"] == "" {
		web := w.held("ward", control.UseWeb, "", now, 19*time.Hour)
		web.Name, web.Hosts = "for browsers", []string{"ward.h1.health.example", "10.1.3.12"}
		card := control.Certificate{Nodes: []flow.NodeID{"ward"}, Use: control.UseCard, Name: "a card", Role: flow.RolePatient,
			From: now.Add(-350 * day), Until: now.Add(15 * day), Mend: "make the patient a new card: wardflow ca patient"}
		all = append(all, web, card)
	}
	c := &control.Certificates{At: now, Items: control.JoinCertificates(all)}
	for i := range c.Items {
		c.Items[i].Judge(now)
	}
	for n, why := range w.down {
		c.Silent = append(c.Silent, control.Silence{Node: n, Why: why})
	}
	return c, nil
}

const day = 24 * time.Hour

// held is one that its node renews: it lives for a day and has so much left.
func (w *Ward) held(node flow.NodeID, use control.CertificateUse, uri string, now time.Time, left time.Duration) control.Certificate {
	c := control.Certificate{Nodes: []flow.NodeID{node}, Use: use, URI: uri, Serial: "5f3a" + string(use), From: now.Add(left - day), Until: now.Add(left), Renews: now.Add(left - 11*time.Hour)}
	if id := identity(uri); id != nil {
		c.Role, c.Name, c.Group = id.Role, id.Name, id.Group
	}
	return c
}

func (w *Ward) devices(now time.Time) []control.Certificate {
	var all []control.Certificate
	for i, a := range actorsOf("ward") {
		if a.speaks == "" || a.node != "bedside" {
			continue
		}
		c := w.held("bedside", control.UseIdentity, a.speaks, now, time.Duration(13+i%9)*time.Hour)
		switch a.id.Local() {
		case "bed1:glucose":
			c = w.held("bedside", control.UseIdentity, a.speaks, now, 5*time.Hour)
			c.Failed, c.Mend = "ask the CA service at https://10.1.3.12:7480: connection refused", "bring the CA service https://10.1.3.12:7480 back; bedside goes on asking"
		case "bed2:ecg":
			c.State, c.Failed, c.Mend = control.CertificateRefused, "it is revoked", "enrol again on bedside: wardflow ca token --again, wardflow enroll --out identities/monitor"
		}
		all = append(all, c)
	}
	return all
}

func authorities(node flow.NodeID, now time.Time) []control.Certificate {
	const roll = "roll it over before its end: wardflow ca roll"
	return []control.Certificate{
		{Nodes: []flow.NodeID{node}, Use: control.UseRoot, Name: "Ministry of Health Root", Serial: "01", From: now.Add(-400 * day), Until: now.Add(20 * 365 * day), Mend: roll},
		{Nodes: []flow.NodeID{node}, Use: control.UseIssuer, Name: "h1.health.example", Serial: "02", From: now.Add(-300 * day), Until: now.Add(4 * 365 * day), Mend: roll},
	}
}

// Timeline begins with the ward. The ward itself was stopped once for a minute;
// bedside was suspected, then down, twenty minutes after the beginning; what
// [Ward.Down] and [Ward.Drain] have done comes after that.
func (w *Ward) Timeline(context.Context) (*control.Timeline, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return nil, w.err
	}
	now := w.now().UTC()
	at := func(minutes, seconds int) time.Time {
		return Begin.Add(time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second)
	}
	span := func(node flow.NodeID, state control.SpanState, from, until time.Time, why string) control.Span {
		return control.Span{Node: node, State: state, Why: why, From: from, Until: until}
	}
	spans := []control.Span{
		span("ward", control.SpanUp, Begin, at(4, 0), ""), span("ward", control.SpanLeads, Begin.Add(2*time.Second), at(4, 0), ""),
		span("bedside", control.SpanUp, Begin, at(4, 0), ""), span("records", control.SpanUp, Begin, at(4, 0), ""),
		span("ward", control.SpanUp, at(5, 0), time.Time{}, ""), span("records", control.SpanUp, at(5, 1), time.Time{}, ""),
		span("bedside", control.SpanUp, at(5, 1), at(20, 0), ""), span("records", control.SpanLeads, at(5, 1), at(9, 30), ""),
		span("ward", control.SpanLeads, at(9, 30), time.Time{}, ""),
		span("bedside", control.SpanSuspected, at(20, 0), at(20, 20), "it has not renewed its lease for 9s"),
		span("bedside", control.SpanDown, at(20, 20), at(22, 40), "no answer"),
		span("", control.SpanLacking, at(20, 50), at(21, 30), "no majority of the voters [bedside records ward] can be reached"),
		span("records", control.SpanDown, at(20, 40), at(21, 25), "no answer"), span("records", control.SpanUp, at(21, 25), time.Time{}, ""),
		span("bedside", control.SpanUp, at(22, 40), time.Time{}, ""),
	}
	spans[5].Until = at(20, 40)
	spans = until(now, spans)
	for node, why := range w.down {
		spans = turned(spans, span(node, control.SpanDown, w.downAt[node], time.Time{}, why))
	}
	for node := range w.drained {
		if w.drained[node] && w.down[node] == "" {
			spans = turned(spans, span(node, control.SpanDraining, now.Add(-time.Second), time.Time{}, ""))
		}
	}
	slices.SortStableFunc(spans, func(a, b control.Span) int { return a.From.Compare(b.From) })
	return &control.Timeline{At: now, Node: "ward", Since: Begin, Spans: spans}, nil
}

// until are the spans that have begun by now.
func until(now time.Time, all []control.Span) (begun []control.Span) {
	for _, s := range all {
		if s.Until.After(now) {
			s.Until = time.Time{}
		}
		if !s.From.After(now) {
			begun = append(begun, s)
		}
	}
	return begun
}

// turned ends what a node was and adds what it is now.
func turned(spans []control.Span, s control.Span) []control.Span {
	for i := range spans {
		if old := &spans[i]; old.Node == s.Node && old.Until.IsZero() && old.State != control.SpanLeads {
			old.Until = s.From
		}
	}
	return append(spans, s)
}
