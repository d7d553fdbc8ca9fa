package evidence

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/proof"
)

// Write says what was proved, by whose keys, and what was not, for people.
func (r *Report) Write(w io.Writer) error {
	var b strings.Builder
	if r.OK {
		b.WriteString("PROVED\n")
	} else {
		fmt.Fprintf(&b, "NOT PROVED: %s\n", r.Why)
		if r.Code == NotProved {
			b.WriteString("Nothing in the bundle is wrong. What does hold:\n")
		} else if r.Reading != nil || len(r.Checks) > 0 {
			b.WriteString("What was found before that, and may be worth nothing:\n")
		}
	}
	if r.Reading != nil {
		r.Reading.write(&b)
	}
	for i := range r.Checks {
		r.Checks[i].write(&b)
	}
	r.writeWitnesses(&b)
	if len(r.NotProved) > 0 {
		b.WriteString("\nNot proved by this:\n")
		for _, s := range r.NotProved {
			fmt.Fprintf(&b, "  - %s\n", s)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000 MST") }

func (r *Reading) write(b *strings.Builder) {
	fmt.Fprintf(b, "\nReading %d of %s, device %s: %s %s %s, taken %s\n", r.Seq, r.Stream, r.Device, r.Kind, r.Value, r.Unit, stamp(r.At))
	if r.Vouched {
		fmt.Fprintf(b, "  signed by its collector, in the place of the device\n")
	} else {
		fmt.Fprintf(b, "  signed by the device\n")
	}
	fmt.Fprintf(b, "  in window %d of patient %s, encounter %q, which the patient's card signed %s\n", r.Window, r.Patient, r.Encounter, stamp(r.Closed))
	fmt.Fprintf(b, "  gathered by %s\n  hash %s\n", r.Collector, r.Leaf)
}

func (c *Checked) write(b *strings.Builder) {
	verdict := "ACCEPTED"
	if c.Reason != "accepted" {
		verdict = "REFUSED, " + c.Reason
	}
	if c.Clause != "" {
		verdict += ": " + c.Clause
	}
	fmt.Fprintf(b, "\nCheck %s: %s\n", at(c.Place), verdict)
	if c.Device != "" {
		fmt.Fprintf(b, "  of reading %d of %s, device %s, group %s\n", c.Seq, c.Stream, c.Device, c.Group)
	}
	fmt.Fprintf(b, "  hash %s\n", c.Leaf)
	fmt.Fprintf(b, "  judged %s by %s on %s\n", stamp(c.At), c.Actor, c.Node)
	fmt.Fprintf(b, "  by rule %s version %d, epoch %d of manager %s, as of block %d\n", orNone(c.Rule), c.Version, c.Epoch, orNone(c.Manager), c.Block)
	fmt.Fprintf(b, "  record %d of %d in the log %s\n  of %s: the node has signed the log's head, and the log's account the node's certificate\n", c.Index, c.Size, c.Log, c.Node)
	if c.AnchoredAt != nil {
		fmt.Fprintf(b, "  anchored in block %d of chain %d, %s\n  block %s\n", c.Anchored, c.Chain, stamp(*c.AnchoredAt), c.Hash)
	}
}

// at is a place as people say it.
func at(place string) string {
	if place == proof.AtCollector.String() {
		return "at the collector"
	}
	return "at " + place
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// writeWitnesses groups what was said by who said it.
func (r *Report) writeWitnesses(b *strings.Builder) {
	var nodes []string
	said := map[string][]Voucher{}
	for _, v := range r.Witnesses {
		if said[v.Node] == nil {
			nodes = append(nodes, v.Node)
		}
		said[v.Node] = append(said[v.Node], v)
	}
	if len(nodes) > 0 {
		b.WriteString("\nOf these blocks, who says that they are final:\n")
	}
	for _, node := range nodes {
		how, blocks := "which has verified them, and keeps no replica", make([]string, len(said[node]))
		for i, v := range said[node] {
			if blocks[i] = fmt.Sprint(v.Block); v.Replica {
				how = "which has executed them itself"
			}
		}
		fmt.Fprintf(b, "  %s: %s, %s (%s)\n", strings.Join(blocks, ", "), node, how, stamp(said[node][0].At))
	}
}

// not is what the bundle does not prove, though somebody might think so.
func (r *Report) not() []string {
	var not []string
	add := func(format string, args ...any) {
		if s := fmt.Sprintf(format, args...); !slices.Contains(not, s) {
			not = append(not, s)
		}
	}
	if r.Reading == nil && len(r.Checks) > 0 {
		add("what was measured: the reading itself is not in the bundle, only its hash")
	}
	if r.Reading != nil && r.Reading.Vouched {
		add("that the device made the reading: it can't sign, and its collector's word stands for it")
	}
	for _, place := range []string{proof.AtCollector.String(), proof.AtStorage.String()} {
		if len(r.Checks) > 0 && !slices.ContainsFunc(r.Checks, func(c Checked) bool { return c.Place == place }) {
			add("that it was judged %s: there is no check from there", at(place))
		}
	}
	for _, c := range r.Checks {
		r.notOf(&c, add)
	}
	return not
}

func (r *Report) notOf(c *Checked, add func(string, ...any)) {
	switch {
	case c.Anchored == 0:
		add("that the log of %s was not changed since: its head is on no chain", c.Node)
	case c.Known || len(c.Witnesses) == 0:
	case !slices.ContainsFunc(c.Witnesses, func(w string) bool { return w != c.Node }):
		add("block %d by anybody but %s, whose log it is: a thief of that node's key could have made all of it", c.Anchored, c.Node)
	}
	if c.Known && len(c.Witnesses) == 0 {
		add("that %s is where the hospital anchors its logs: only %s says so, compare it", c.Contract, c.Node)
	}
	for _, v := range r.Witnesses {
		if v.Revoked {
			add("anything by %s, whose certificate was revoked since: a thief of its key could have said it", v.Node)
		}
		if v.Block == c.Anchored && v.Manager != c.Manager && c.Manager != "" {
			add("that manager %s is the hospital's: %s judges by %s", c.Manager, v.Node, v.Manager)
		}
	}
}
