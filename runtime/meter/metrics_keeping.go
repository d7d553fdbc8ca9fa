package meter

// What a node judges by and keeps.

var (
	head       = gauge("chain_head_block", "Number of the newest block of the chain that the rules are on.")
	finalized  = gauge("chain_finalized_block", "Number of the newest final block.")
	chainAge   = gauge("chain_answer_age_seconds", "Since the newest answer of the chain.")
	chainReady = gauge("chain_ready", "Whether the rules are known freshly enough to judge by: 1, or 0.")
	chainEpoch = gauge("chain_rules_epoch", "Epoch of the rules.")
	rules      = gauge("rules", "Rules in force.")
	paused     = gauge("judging_paused", "1 while all readings wait.")
	native     = gauge("judging_native", "1 while limits are judged without asking their contract each time.")
	judged     = counter("judged_total", "Readings judged by the rules on this node; those sent back to wait each time.", "verdict")
	compared   = counter("judged_checked_total", "Verdicts that the contract was asked about as well.", "result")

	checks         = gauge("checks", "Checks in this node's log.")
	checksAnchored = gauge("checks_anchored", "Checks whose head is in a final block.")
	checksSending  = gauge("checks_sending", "Checks that are to be transactions themselves and are in no final block.")
	checksSince    = gauge("checks_waiting_since_timestamp_seconds", "Since when a check waits for its head to be in a final block.")
	checksAmiss    = gauge("checks_problem", "1 while checks do not come to the chain.")

	readings     = gauge("store_readings", "Readings in this node's store.")
	storeWindows = gauge("store_windows", "Signed windows in it.")
	storeRefused = gauge("store_refusals", "Refusals kept in it.")
	storeWaiting = gauge("store_readings_waiting", "Readings whose window has not come yet.")
	storeBytes   = gauge("store_bytes", "On disk.")

	leads   = gauge("register_leads", "1 on the node that leads the register.")
	quorum  = gauge("register_quorum", "Whether a majority of the voters answers: 1, or 0.")
	term    = gauge("register_term", "Term of the register.")
	applied = gauge("register_applied_index", "Newest entry of the register applied here.")
	voters  = gauge("register_voters", "Voters, by whether they answer.", "up")
	mayLose = gauge("register_may_lose", "How many more voters may fail before there is no majority.")

	syncs = histogram("journal_sync_seconds", "How long the node's journal took to be written through to the disk.")
)

func (w writer) rules(r *Reading) {
	c := r.Chain
	if c == nil {
		return
	}
	w.put(head, float64(c.Head))
	w.put(finalized, float64(c.Finalized))
	w.put(chainAge, c.Age)
	w.put(chainEpoch, float64(c.Epoch))
	w.flag(chainReady, c.Ready)
	j := c.Judging
	if j == nil {
		return
	}
	w.put(rules, float64(j.Rules))
	w.flag(paused, j.Paused)
	w.flag(native, j.Native)
	w.put(judged, float64(j.Accepted), "accepted")
	w.put(judged, float64(j.Refused), "refused")
	w.put(judged, float64(j.Later), "later")
	w.put(compared, float64(j.Checked), "agreed")
	w.put(compared, float64(j.Disagreed), "disagreed")
	w.put(compared, float64(j.Unchecked), "unchecked")
}

func (w writer) keeping(r *Reading) {
	if c := r.Checks; c != nil {
		w.put(checks, float64(c.Size))
		w.put(checksAnchored, float64(c.Anchored))
		w.put(checksSending, float64(c.Sending))
		w.when(checksSince, c.Since)
		w.flag(checksAmiss, c.Problem != "")
	}
	if s := r.Store; s != nil {
		w.put(readings, float64(s.Readings))
		w.put(storeWindows, float64(s.Windows))
		w.put(storeRefused, float64(s.Refused))
		w.put(storeWaiting, float64(s.Waiting))
		w.put(storeBytes, float64(s.Bytes))
	}
	if g := r.Register; g != nil {
		answer := 0
		for _, m := range g.Members {
			if m.Up {
				answer++
			}
		}
		w.flag(leads, g.Leader == r.Node && r.Node != "")
		w.flag(quorum, g.Quorum)
		w.put(term, float64(g.Term))
		w.put(applied, float64(g.Index))
		w.put(voters, float64(answer), "yes")
		w.put(voters, float64(len(g.Voters)-answer), "no")
		w.put(mayLose, float64(g.MayLose))
	}
	if r.Syncs != nil {
		_, sum := r.Syncs.Count()
		w.durations(syncs, r.Syncs.Counts(), sum.Seconds())
	}
}
