package ward

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// leaves is how many readings a window takes at most. A window is one token
// with their hashes, and its findings are part of the check's state.
const leaves = 256

// Collector is ward.Collector.
//
// It takes a reading only from the device that signed it, over that device's
// own link, or from the intake of its own room that speaks with the same
// certificate ([Intake]), with a number above the last of its stream. What it
// refuses goes out as a dictionary that a [RuleCheck] gives on its port refused.
//
// Without the patient's card at hand readings wait in their links: what can't
// be vouched for is not passed on.
func Collector() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "ward.Collector", Fault: flow.FaultRetry,
			Doc: "Take the readings of one patient's devices, and sign windows of them with the patient's card",
			Args: []flow.ArgSpec{
				{Name: "patient", Doc: "pseudonym, as on the card", Kind: "string", Required: true},
				{Name: "collector", Doc: "name of the collector's certificate on its node", Kind: "string", Required: true},
				{Name: "window", Doc: "seconds from a window's first reading until it is signed; 256 readings sign it as well", Default: int64(60)},
				{Name: "encounter", Doc: "the stay; the time it began is added, so that a chain of windows has one beginning", Kind: "string", Default: ""}},
			In:       []flow.Port{{Name: "reading", Doc: "readings signed by devices, over the devices' links", Kind: "reading", Routing: "collect-unordered"}},
			Out:      []flow.Port{{Name: "out", Doc: "each reading at once, the signed window after its readings, and refusals"}},
			Requires: []string{"card", "identities"},
			State:    2, Identity: "collector", Speaks: flow.RoleCollector},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			a.Name("collector")
			c := &collector{patient: a.Name("patient"), span: a.Seconds("window"), encounter: a.Text("encounter"),
				certs: map[[32]byte]*x509.Certificate{}}
			if c.span > 24*time.Hour {
				a.Refuse("window", "want at most a day, not %v", c.span)
			}
			if len(c.patient) > proof.MaxText || len(c.encounter) > proof.MaxText/2 {
				a.Refuse("patient", "it or the encounter is too long")
			}
			return c, a.Err()
		},
	}
}

type collector struct {
	patient, encounter string
	span               time.Duration

	env        flow.Env
	cards      Cards
	seen       time.Time // the moment at which the card was at hand: many readings come at one
	last       bool      // no more readings are to come: the open window is signed now
	identities Identities

	// State, but for certs: those of the devices in the open window, and of who
	// vouched for them. It must be possible to sign it even if one of them is
	// believed no more by then.
	draft  *proof.Draft
	opened int64 // when the window got its first reading, ns since 1970; 0: it has none
	certs  map[[32]byte]*x509.Certificate

	waits map[string]grace // by sender, for certificates that nobody has
}

// Start begins a chain of windows, unless one was restored.
func (c *collector) Start(env flow.Env) (err error) {
	c.env = env
	if c.cards, err = need[Cards](env, "card"); err != nil {
		return err
	}
	if c.identities, err = need[Identities](env, "identities"); err != nil {
		return err
	}
	if c.draft == nil {
		began := env.Now().UTC().Format(time.RFC3339Nano)
		if c.encounter != "" {
			began = c.encounter + " " + began
		}
		c.draft = proof.NewDraft(c.patient, began)
	}
	if c.opened != 0 {
		env.WakeAt(time.Unix(0, c.opened).Add(c.span))
	}
	return nil
}

// Actions signs the window when it is due, before it takes more readings.
func (c *collector) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"out"}, Guard: c.due, Fire: c.close},
		{In: []string{"reading"}, Out: []string{"out"}, Guard: func() bool { return !c.due() }, Fire: c.take},
	}
}

// Finish signs the window that is open: its application ends.
func (c *collector) Finish() { c.last = true }

func (c *collector) due() bool {
	if c.opened == 0 {
		return false
	}
	if c.last {
		return true
	}
	open := c.env.Now().Sub(time.Unix(0, c.opened))
	return c.draft.Len() >= leaves || open >= c.span || open < -time.Second // the clock was set back
}

func (c *collector) close(f *flow.Firing) error {
	card, err := c.card()
	if err != nil {
		return err
	}
	s, err := c.draft.Close(card, c.env.Identity(), c.certificate, f.Now)
	if err != nil {
		return err
	}
	f.Give(0, s)
	c.opened = 0
	clear(c.certs)
	return nil
}

func (c *collector) take(f *flow.Firing) error {
	c.last = false // one more has come
	if !f.Now.Equal(c.seen) {
		if _, err := c.card(); err != nil {
			return err
		}
		c.seen = f.Now
	}
	r, cert, v, err := c.admit(f.In[0].Value, f.Peers[0])
	if err != nil {
		return err
	}
	var by *x509.Certificate // who vouched
	if v.OK() && r.Voucher != nil && c.certs[r.Voucher.Cert] == nil {
		if by, _, err = c.identities.Collector(r.Voucher.Cert, r.Voucher.At); err != nil {
			return err
		}
	}
	if v.OK() {
		if err := c.draft.Add(r); errors.Is(err, proof.ErrSequence) {
			v = flow.Verdict{Reason: flow.OutOfSequence, Clause: err.Error(), Group: f.Peers[0].Group}
		} else if err != nil {
			return err
		}
	}
	if !v.OK() {
		c.env.Log().Info("reading refused", "peer", f.Peers[0].URI, "reason", v.Reason, "clause", v.Clause)
		f.Give(0, map[string]any{keyRefused: refusal("collector", c.patient, f.Peers[0], r, v, f.Now)})
		return nil
	}
	c.certs[r.Cert] = cert
	if by != nil {
		c.certs[r.Voucher.Cert] = by
	}
	f.Give(0, carry(c.patient, flow.Sealed{Kind: proof.KindReading, Bytes: r.Bytes}))
	if c.opened == 0 {
		c.opened = f.Now.UnixNano()
		c.env.WakeAt(f.Now.Add(c.span))
	}
	return nil
}

// admit opens a token and says whether it is a reading that the device at the
// other end of its link has signed. r is nil when it can't be opened.
func (c *collector) admit(t flow.Value, peer flow.Identity) (r *proof.Reading, cert *x509.Certificate, v flow.Verdict, err error) {
	s, ok := t.(flow.Sealed)
	if !ok {
		return nil, nil, unsigned(peer.Group, fmt.Errorf("%s is no sealed reading", value.Kind(t))), nil
	}
	if r, err = c.identities.Open(s); err != nil {
		return nil, nil, unsigned(peer.Group, err), nil
	}
	me := c.env.Identity().ID
	intake := me.Role == flow.RoleCollector && peer.URI == me.URI
	if !intake && (peer.Role != flow.RoleDevice || peer.EPC != r.Device || r.Voucher != nil) {
		who := peer.URI
		if who == "" {
			who = "somebody without a certificate"
		}
		return r, nil, unsigned(peer.Group, fmt.Errorf("it is of device %s and came over the link of %s", r.Device, who)), nil
	}
	cert, id, err := verified(c.identities, r)
	switch {
	case errors.Is(err, flow.ErrLater):
		err = c.waitFor(r, peer, err)
	case err == nil && intake:
		err = proof.MayVouch(me, id) // it brings none of another room, signed or not
	case err == nil && id.URI != peer.URI:
		err = fmt.Errorf("it was signed by %s and came over the link of %s", id.URI, peer.URI)
	}
	switch {
	case errors.Is(err, flow.ErrLater):
		return r, nil, v, err
	case err != nil:
		return r, nil, unsigned(peer.Group, err), nil
	}
	delete(c.waits, peer.URI+" "+r.Device)
	return r, cert, v, nil
}

// card is the patient's card and no other.
func (c *collector) card() (flow.Signer, error) {
	card, err := c.cards.Card(c.patient)
	if err != nil {
		return card, flow.Unnamed(err, c.patient)
	}
	if card.ID.Role != flow.RolePatient || card.ID.Name != c.patient {
		return card, fmt.Errorf("the card at hand, with the certificate %x, is not the one of this collector's patient", card.ID.Leaf[:4])
	}
	return card, nil
}

// certificate is that of a device of the open window, or of who vouched for one,
// whether it is believed or not; nil when it is to be had no more, as it ended
// weeks ago and this actor was restarted since.
func (c *collector) certificate(leaf [32]byte) (*x509.Certificate, error) {
	if cert := c.certs[leaf]; cert != nil {
		return cert, nil
	}
	return c.identities.Certificate(leaf)
}

// Save writes the open window and where its chain stands.
func (c *collector) Save() ([]byte, error) {
	if c.draft == nil {
		return value.Save(c.patient, "", c.opened)
	}
	draft, err := c.draft.Save()
	if err != nil {
		return nil, err
	}
	return value.Save(c.patient, string(draft), c.opened)
}

// Restore reads what Save wrote. State of another patient is refused: his
// readings would come under another's card.
func (c *collector) Restore(version int, state []byte) error {
	var patient, saved string
	var opened int64
	var err error
	if version == 1 { // which had the certificates, too; the register has them
		var ders []any
		err = value.Restore(version, 1, state, &patient, &saved, &opened, &ders)
	} else {
		err = value.Restore(version, 2, state, &patient, &saved, &opened)
	}
	if err != nil {
		return err
	}
	if patient != c.patient {
		return fmt.Errorf("its state is of another patient than the script names: give this collector another name")
	}
	if saved == "" {
		return nil
	}
	draft, err := proof.OpenDraft([]byte(saved))
	if err != nil {
		return err
	}
	if (draft.Len() > 0) != (opened != 0) {
		return fmt.Errorf("state has a window of %d readings that was opened at %d", draft.Len(), opened)
	}
	c.draft, c.opened = draft, opened
	return nil
}
