package ward

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// This file says what the actors of a ward need of their node.

// Identities know the certificates of devices. It is the capability
// "identities".
type Identities interface {
	// Device is the certificate whose bytes have the SHA-256 leaf, and who holds
	// it, believed now for what was signed then: one that has ended since is good
	// for a while, as [pki.HeldWhen] says, one that was revoked is not. An error
	// wraps [flow.ErrLater] when it has not been heard of yet; any other means
	// that it is not to be believed.
	Device(leaf [32]byte, signed time.Time) (*x509.Certificate, flow.Identity, error)
	// Collector is the same for a collector, who may vouch for a device.
	Collector(leaf [32]byte, signed time.Time) (*x509.Certificate, flow.Identity, error)
	// Certificate is the certificate alone, whether it is believed or not; nil
	// when nobody has it, or has it any more.
	Certificate(leaf [32]byte) (*x509.Certificate, error)
	// Open is [proof.OpenReading]; it may remember what it has opened.
	Open(s flow.Sealed) (*proof.Reading, error)
}

// Rules judge readings. It is the capability "rules". A value that also has the
// method Refused(*flow.Reading, flow.Verdict, time.Time) is told of refusals
// that an actor found without it, so that people see them in the same place.
// One with Remember(kind string) (past int, beside []string) is shown earlier
// readings: so many of the same stream, and the newest of each of the kinds that
// it compares. One with Still(kind string) (within int64, asked bool) is shown
// readings that are the same, within so many 10⁻⁶ of the unit, as one that lasts.
type Rules interface {
	// Judge judges a reading, and keeps nothing of the case. An error wraps
	// [flow.ErrLater]: the rules can't be known now.
	Judge(*flow.Case) (flow.Verdict, error)
	// Notify has a function called when a judgment may have become possible, or
	// another one.
	Notify(func()) (cancel func())
}

// Cards are the patients' cards at hand. It is the capability "card".
type Cards interface {
	// Card is the patient's card. The error wraps [flow.ErrLater] when it is
	// not there now.
	Card(patient string) (flow.Signer, error)
}

// need takes a capability of the node as what it must be.
func need[T any](env flow.Env, name string) (T, error) {
	v, err := env.Capability(name)
	if err != nil {
		var none T
		return none, err
	}
	t, ok := v.(T)
	if !ok {
		return t, fmt.Errorf("capability %s of this node is no %s", name, fmt.Sprintf("%T", &t)[1:])
	}
	return t, nil
}

// A judge judges readings: signature first, then rules. It shows the rules what
// it has accepted before, and remembers that by itself: two judges of one
// reading do not trust each other's memory.
type judge struct {
	identities Identities
	rules      Rules
	cancel     func()

	memory memory
	recall func(patient string, r *proof.Reading, n needs) error // looks up what was forgotten; nil: nowhere
	needs  needs                                                 // of the reading judged last
	asked  flow.Case                                             // room for the question
}

func (j *judge) start(env flow.Env) (err error) {
	if j.identities, err = need[Identities](env, "identities"); err != nil {
		return err
	}
	if j.rules, err = need[Rules](env, "rules"); err != nil {
		return err
	}
	j.cancel = j.rules.Notify(env.Wake)
	return nil
}

// Stop ends the judge's subscription to the rules.
func (j *judge) Stop() {
	if j.cancel != nil {
		j.cancel()
	}
}

// reading judges sealed bytes. r is nil when they can't be opened; then the
// verdict says why. An error means that nothing can be said now. Of an accepted
// one that is kept, the caller tells accept.
func (j *judge) reading(patient string, s flow.Sealed, now time.Time) (r *proof.Reading, v flow.Verdict, err error) {
	if r, err = j.identities.Open(s); err != nil {
		return nil, unsigned("", err), nil
	}
	_, id, err := verified(j.identities, r)
	if errors.Is(err, flow.ErrLater) {
		return r, v, err
	}
	if err != nil {
		return r, unsigned(id.Group, err), nil
	}
	v, err = j.ask(patient, id.Group, r, now)
	return r, v, err
}

// ask puts a reading before the rules, with what they may ask for beside it.
func (j *judge) ask(patient, group string, r *proof.Reading, now time.Time) (flow.Verdict, error) {
	j.needs = needsOf(j.rules, r.Kind)
	j.asked = flow.Case{Reading: &r.Reading, Group: group, Size: len(r.Bytes), Now: now}
	if j.recall != nil && (j.needs.past > 0 || len(j.needs.beside) > 0) {
		if err := j.recall(patient, r, j.needs); err != nil {
			return flow.Verdict{}, err
		}
	}
	if j.needs.past > 0 {
		before := j.memory.before(r.Of(), r.Seq)
		j.asked.Before = before[:min(len(before), j.needs.past)]
	}
	if len(j.needs.beside) > 0 {
		j.asked.Beside = j.memory.beside(patient, r.Kind)
	}
	v, err := j.rules.Judge(&j.asked)
	j.asked = flow.Case{}
	return v, err
}

// accept remembers the reading that was judged last.
func (j *judge) accept(patient string, r *proof.Reading) { j.memory.accept(patient, r, j.needs) }

// verify finds who signed a reading and checks that he did: its device, or a
// collector of the device's room in its place. The certificates held when it was
// signed; a reading whose own time is after the end of its device's is refused,
// whoever has vouched for it.
func verify(ids Identities, r *proof.Reading) (*x509.Certificate, flow.Identity, error) {
	cert, id, err := ids.Device(r.Cert, r.Signed())
	if err != nil {
		return nil, id, err
	}
	if id.Role != flow.RoleDevice || id.EPC != r.Device {
		return nil, id, fmt.Errorf("the certificate is that of %s, the reading says device %s", id.URI, r.Device)
	}
	if r.At.After(cert.NotAfter) {
		return nil, id, fmt.Errorf("the reading is of %s, its device's certificate ended %s", r.At.UTC().Format(time.RFC3339), cert.NotAfter.UTC().Format(time.RFC3339))
	}
	if r.Voucher == nil {
		return cert, id, r.Verify(cert)
	}
	by, collector, err := ids.Collector(r.Voucher.Cert, r.Voucher.At)
	if err != nil {
		return nil, id, err
	}
	if err := proof.MayVouch(collector, id); err != nil {
		return nil, id, err
	}
	return cert, id, r.VerifyVouched(cert, by)
}

// report tells the rules of a refusal that they did not make.
func (j *judge) report(r *flow.Reading, v flow.Verdict, now time.Time) {
	if told, ok := j.rules.(interface {
		Refused(*flow.Reading, flow.Verdict, time.Time)
	}); ok {
		told.Refused(r, v, now)
	}
}

func unsigned(group string, err error) flow.Verdict {
	return flow.Verdict{Reason: flow.BadSignature, Clause: err.Error(), Group: group}
}
