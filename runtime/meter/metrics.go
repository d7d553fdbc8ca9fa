package meter

import (
	"cmp"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What a node, its actors and its links are measured by.

var (
	build       = gauge("build_info", "What runs: always 1.", "node", "version")
	started     = gauge("start_time_seconds", "When the node's process began.")
	members     = gauge("members", "Nodes that this one knows, by condition.", "condition")
	alarms      = gauge("alarms", "Alarms about devices that are not over.")
	packets     = counter("door_packets_total", "Packets sent to other nodes on links.")
	doorBytes   = counter("door_bytes_total", "Bytes of packets sent to other nodes on links.")
	ends        = gauge("certificate_end_timestamp_seconds", "When a certificate of the node ends.", "use", "name")
	lease       = gauge("lease_seconds", "For how long this node may go on running actors that may exist once only.")
	spans       = counter("trace_spans_total", "Spans of traces, by what became of them.", "result")
	skew        = gauge("clock_skew_seconds", "How far the node's clock is ahead of the median of its peers'.")
	peerRTT     = gauge("peer_rtt_seconds", "There and back to a peer: the shortest of the last few.", "peer")
	peerSkew    = gauge("peer_clock_skew_seconds", "How far a peer's clock is ahead, to within half of the way there and back.", "peer")
	peerAnswers = gauge("peer_answers", "Whether a peer answered the last question: 1, or 0.", "peer")

	hostCPU    = gauge("host_cpu_busy_ratio", "Share of the host's processors that is busy.")
	hostCores  = gauge("host_cores", "Processors that the process may use.")
	hostMemory = gauge("host_memory_bytes", "Memory that the host has.")
	hostUsed   = gauge("host_memory_used_bytes", "Memory of the host that is in use.")
	diskFree   = gauge("disk_free_bytes", "Free for the node's folder.")
	diskAll    = gauge("disk_bytes", "Of the disk that the node's folder lies on.")

	firings  = counter("actor_firings_total", "Firings since the actor's activation here.", "app", "actor", "type")
	faults   = counter("actor_errors_total", "Firings that failed, and dead letters, since the actor's activation here.", "app", "actor", "type")
	letters  = counter("actor_dead_letters_total", "Dead letters since the actor's activation here.", "app", "actor", "type")
	boxed    = gauge("actor_dead_letters_kept", "Dead letters in the actor's box, that somebody should take out.", "app", "actor", "type")
	state    = gauge("actor_state", "1 for the state that the actor is in.", "app", "actor", "state")
	accepted = counter("readings_accepted_total", "Readings that an actor has judged and accepted.", "app", "actor")
	refused  = counter("readings_refused_total", "Readings that an actor has judged and refused, by reason.", "app", "actor", "reason")

	tokens    = counter("link_tokens_total", "Tokens given on a link, told where its sender runs.", "app", "link")
	linkBytes = counter("link_bytes_total", "Bytes of tokens given on a link, about.", "app", "link")
	resent    = counter("link_resent_tokens_total", "Tokens that were sent anew after a connection was lost.", "app", "link")
	held      = gauge("link_held_tokens", "Tokens given that have not taken effect yet.", "app", "link")
	window    = gauge("link_window_tokens", "Tokens that a link may hold.", "app", "link")
	oldest    = gauge("link_oldest_token_seconds", "Age of the oldest token that is held.", "app", "link")
	up        = gauge("link_up", "Whether an end of a link has agreed with the other: 1, or 0.", "app", "link", "end")
	barred    = gauge("link_refused", "1 where an end will not have the other: it carries nothing.", "app", "link", "end")
	received  = counter("link_received_tokens_total", "Tokens that came on a link, told where its taker runs.", "app", "link")
	unused    = counter("link_refused_tokens_total", "Tokens that came on a link and became dead letters.", "app", "link")
	ages      = histogram("token_age_seconds", "Age of tokens when they are taken, over the links of an application that end here; the sum is an estimate.", "app")

	spoolTokens = gauge("spool_tokens", "Tokens that wait on disk.", "app", "actor")
	spoolBytes  = gauge("spool_bytes", "Bytes that they take.", "app", "actor")
	spoolOldest = gauge("spool_oldest_token_seconds", "Age of the first of them.", "app", "actor")
	spoolLost   = counter("spool_dropped_tokens_total", "Tokens dropped for want of room.", "app", "actor")
)

func (w writer) node(r *Reading) {
	version := ""
	if r.Facts != nil {
		version = r.Facts.Version
		w.when(started, r.Facts.Started)
	}
	w.put(build, 1, string(r.Node), version)
	for _, condition := range []string{"up", "suspected", "draining", "leaving", "down"} {
		w.put(members, float64(r.Members[condition]), condition)
	}
	w.put(alarms, float64(r.Alarms))
	w.put(packets, float64(r.Packets))
	w.put(doorBytes, float64(r.Bytes))
	w.put(lease, r.Lease.Seconds())
	w.put(spans, float64(r.Spans), "sent")
	w.put(spans, float64(r.SpansLost), "lost")
	for _, e := range r.Ends {
		w.when(ends, e.At, e.Use, e.Name)
	}
}

func (w writer) host(f *control.NodeFacts) {
	if f == nil {
		return
	}
	w.put(skew, f.Skew)
	for _, p := range f.Peers {
		w.flag(peerAnswers, p.Why == "", string(p.Node))
		if !p.At.IsZero() {
			w.put(peerRTT, p.RTT, string(p.Node))
			w.put(peerSkew, p.Skew, string(p.Node))
		}
	}
	w.put(hostCPU, f.CPU)
	w.put(hostCores, f.Cores)
	for _, m := range []struct {
		desc
		bytes uint64
	}{{hostMemory, f.Memory}, {hostUsed, f.MemoryUsed}, {diskFree, f.DiskFree}, {diskAll, f.Disk}} {
		if m.bytes > 0 {
			w.put(m.desc, float64(m.bytes))
		}
	}
}

// states are those that an actor may be in.
var states = []engine.State{engine.Running, engine.Waiting, engine.Faulted, engine.Stopped}

func (w writer) actors(r *Reading) {
	for i := range r.Actors {
		a := &r.Actors[i]
		app, id, typ := a.ID.App(), string(a.ID), r.Types[a.ID]
		w.put(firings, float64(a.Firings), app, id, typ)
		w.put(faults, float64(a.Errors), app, id, typ)
		w.put(letters, float64(a.Letters), app, id, typ)
		w.put(boxed, float64(a.Boxed), app, id, typ)
		for _, s := range states {
			w.flag(state, a.State == s, app, id, string(s))
		}
		if j := r.Judged[a.ID]; j != nil {
			w.put(accepted, float64(j.Accepted), app, id)
			for reason, n := range j.Refused {
				w.put(refused, float64(n), app, id, reason)
			}
		}
		if s := r.Spools[a.ID]; s != nil {
			w.put(spoolTokens, float64(s.Tokens), app, id)
			w.put(spoolBytes, float64(s.Bytes), app, id)
			w.put(spoolOldest, s.Oldest, app, id)
			w.put(spoolLost, float64(s.Dropped), app, id)
		}
	}
}

func (w writer) links(r *Reading) {
	taken := map[string]*engine.Ages{}
	for i := range r.Links {
		l := &r.Links[i]
		app, id := appOf(l.ID), string(l.ID)
		end := "taker"
		if l.Out {
			end = "sender"
			w.put(tokens, float64(l.Tokens), app, id)
			w.put(linkBytes, float64(l.Bytes), app, id)
			w.put(resent, float64(l.Resent), app, id)
			w.put(held, float64(l.Held), app, id)
			w.put(window, float64(l.Window), app, id)
			w.put(oldest, l.Oldest.Seconds(), app, id)
		} else {
			w.put(received, float64(l.Tokens), app, id)
			w.put(unused, float64(l.Letters), app, id)
			if taken[app] == nil {
				taken[app] = new(engine.Ages)
			}
			taken[app].Merge(l.Ages)
		}
		w.flag(up, l.Up, app, id, end)
		w.flag(barred, l.Refused != "", app, id, end)
	}
	for app, a := range taken {
		w.durations(ages, *a, -1, app)
	}
}

// appOf is the application that a link belongs to.
func appOf(id flow.LinkID) string {
	l, err := flow.ParseLinkID(id)
	if err != nil {
		return ""
	}
	return cmp.Or(l.From.Actor.App(), l.To.Actor.App())
}
