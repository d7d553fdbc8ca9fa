package evidence

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A Report is what a bundle proves.
type Report struct {
	OK        bool      `json:"ok"`
	Code      Code      `json:"code,omitempty"` // why it is refused
	Why       string    `json:"why,omitempty"`
	Reading   *Reading  `json:"reading,omitempty"`
	Checks    []Checked `json:"checks,omitempty"`
	Witnesses []Voucher `json:"witnesses,omitempty"`
	NotProved []string  `json:"notProved,omitempty"`
}

// A Reading is a reading that holds: its device or a collector has signed it, and
// the patient's card the window that it is in.
type Reading struct {
	Leaf      string    `json:"leaf"` // its hash
	Device    string    `json:"device"`
	Stream    string    `json:"stream"`
	Seq       uint64    `json:"seq"`
	Kind      string    `json:"kind"`
	Unit      string    `json:"unit"`
	At        time.Time `json:"at"`
	Value     string    `json:"value"`
	Vouched   bool      `json:"vouched"` // the device has not signed; its collector has, in its place
	Patient   string    `json:"patient"`
	Encounter string    `json:"encounter"`
	Window    uint64    `json:"window"`
	Closed    time.Time `json:"closed"` // when the card signed
	Collector string    `json:"collector"`
}

// A Checked is a check that is in its node's log.
type Checked struct {
	Leaf    string    `json:"leaf"` // of the reading
	Device  string    `json:"device,omitempty"`
	Stream  string    `json:"stream,omitempty"`
	Seq     uint64    `json:"seq,omitempty"`
	Place   string    `json:"place"`
	Actor   string    `json:"actor"`
	Node    string    `json:"node"`   // SPIFFE ID of whose log it is
	Reason  string    `json:"reason"` // "accepted", or why not
	Clause  string    `json:"clause,omitempty"`
	Group   string    `json:"group"`
	Manager string    `json:"manager"`
	Rule    string    `json:"rule"`
	Version uint64    `json:"version"`
	Epoch   uint64    `json:"epoch"`
	Block   uint64    `json:"block"` // whose rules they were
	At      time.Time `json:"at"`

	Log        string     `json:"log"`
	Index      uint64     `json:"index"`
	Size       uint64     `json:"size"` // of the log under the head
	Chain      uint64     `json:"chain"`
	Contract   string     `json:"contract"`           // in which logs are anchored
	Anchored   uint64     `json:"anchored,omitempty"` // block
	AnchoredAt *time.Time `json:"anchoredAt,omitempty"`
	Hash       string     `json:"hash,omitempty"`      // of that block
	Witnesses  []string   `json:"witnesses,omitempty"` // who vouches for that block
	Known      bool       `json:"known,omitempty"`     // the verifier knows that block himself
}

// A Voucher is a node's word for a block.
type Voucher struct {
	Node    string    `json:"node"`
	Block   uint64    `json:"block"`
	Replica bool      `json:"replica"` // it has executed the block itself
	Manager string    `json:"manager"` // by which it judges
	At      time.Time `json:"at"`
	Revoked bool      `json:"revoked,omitempty"` // since, so that it counts no more
}

func readingOf(p *proof.Inclusion) *Reading {
	r := p.Reading
	return &Reading{Leaf: fmt.Sprintf("%x", r.Leaf), Device: r.Device, Stream: r.Stream, Seq: r.Seq, Kind: r.Kind, Unit: r.Unit, At: r.At,
		Value: valueOf(r), Vouched: r.Voucher != nil, Patient: p.Head.Patient, Encounter: p.Head.Encounter, Window: p.Head.Number,
		Closed: p.Head.Closed, Collector: p.Collector}
}

// valueOf is a reading's value, or the range of its samples.
func valueOf(r *proof.Reading) string {
	low, high := r.Range()
	if low == high {
		return decimal(low)
	}
	return decimal(low) + " … " + decimal(high)
}

func decimal(micro int64) string {
	s := big.NewRat(micro, 1_000_000).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func checkOf(c *proof.Check, index uint64, h *proof.SignedLogHead, node string, block *chain.Header) Checked {
	v := c.Verdict
	out := Checked{Leaf: fmt.Sprintf("%x", c.Leaf), Device: c.Device, Stream: c.Stream, Seq: c.Seq, Place: c.Place.String(), Actor: string(c.Actor), Node: node,
		Reason: v.Reason.String(), Clause: v.Clause, Group: v.Group, Manager: c.Manager, Rule: v.Rule, Version: v.Version, Epoch: v.Epoch, Block: v.Block,
		At: c.At, Log: h.Log, Index: index, Size: h.Size, Chain: h.Chain, Contract: h.Anchor}
	if block != nil {
		at := block.Time.UTC()
		out.Anchored, out.AnchoredAt, out.Hash = block.Number, &at, block.Hash.Hex()
	}
	return out
}

func (c *Checked) vouched(node string) {
	if !slices.Contains(c.Witnesses, node) {
		c.Witnesses = append(c.Witnesses, node)
	}
}

// witness notes a node's word; false: it is there already.
func (r *Report) witness(w *proof.Witness, st *proof.Statement, node string, revoked bool) bool {
	if slices.ContainsFunc(r.Witnesses, func(v Voucher) bool { return v.Node == node && v.Block == w.Number }) {
		return false
	}
	r.Witnesses = append(r.Witnesses, Voucher{Node: node, Block: w.Number, Replica: w.Replica, Manager: w.Manager, At: st.At, Revoked: revoked})
	return true
}
