package node

import (
	"context"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/meter"
)

// metricsPath is where the control API shows the node's metrics, to whoever may
// see, and to nodes: a Prometheus shows its host's certificate.
const metricsPath = "GET /metrics"

// openMeter shows what this node counts to Prometheus.
func (n *Node) openMeter(context.Context) error {
	m, err := meter.New(n.counted)
	if err != nil {
		return err
	}
	if n.control != nil {
		n.control.Mount(metricsPath, m.Handler(), flow.RoleStaff, flow.RoleNode)
	}
	if n.cfg.Metrics == "" {
		return nil
	}
	plain, err := m.Serve(n.cfg.Metrics)
	if err != nil {
		return err
	}
	n.ends = append(n.ends, plain.Close)
	return nil
}

// counted is what this node has counted, for a scrape.
func (n *Node) counted(ctx context.Context) meter.Reading {
	r, sent, view := n.self(ctx), n.door.Sent(), n.view()
	m := meter.Reading{Node: n.cfg.Node, Actors: r.Actors, Links: r.Links, Types: map[flow.ActorID]string{}, Judged: r.Judged, Spools: r.Spools,
		Facts: r.Facts, Chain: r.Chain, Checks: r.Checks, Store: r.Store, Members: map[string]int{}, Packets: sent.Packets, Bytes: sent.Bytes,
		Syncs: &n.facts.disk.syncs, Lease: n.tenure.left()}
	for _, app := range view.Apps {
		for _, a := range app.Graph.Actors {
			m.Types[a.ID] = a.Type
		}
	}
	st := n.register.Status()
	m.Register = n.registerState(st)
	for _, o := range n.members.All() {
		if !gone(view, o.ID, o.Boot) {
			m.Members[n.nodeState(view, o, st).Condition()]++
		}
	}
	for _, a := range r.Alarms {
		if a.Until.IsZero() && a.Kind != flow.AlarmGap { // a gap is never over
			m.Alarms++
		}
	}
	if n.tracer != nil {
		m.Spans, m.SpansLost = n.tracer.Spans()
	}
	m.Ends = n.certificateEnds()
	return m
}

// certificateEnds are when the certificates of this node end, but for patients'.
func (n *Node) certificateEnds() []meter.End {
	ends := []meter.End{{Use: "node", Name: string(n.cfg.Node), At: n.signer().ID.NotAfter}}
	for name, s := range n.keys.all() {
		if len(s.Chain) > 0 {
			ends = append(ends, meter.End{Use: "identity", Name: name, At: s.Chain[0].NotAfter})
		}
	}
	if s := n.renewal.web.Load(); s != nil && len(s.Chain) > 0 {
		ends = append(ends, meter.End{Use: "web", Name: "web", At: s.Chain[0].NotAfter})
	}
	return ends
}
