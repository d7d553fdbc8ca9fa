package registry

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
)

// A Comparison is how a CA's records and the contract differ.
type Comparison struct {
	Block uint64 // that was read
	Agree int    // certificates of which both say the same

	// What Publish mends.
	Unbound   []Record // good, and the contract does not know them
	Unrevoked []Record // revoked, and the contract says they are good
	Unbarred  []Device // revoked, and the contract would bind certificates of theirs
	Barred    []Device // not revoked, and the contract binds none of theirs

	// Held are good, but revoked in the contract, which takes nothing back: they
	// were reinstated. The device's next certificate is bound again.
	Held []Record

	// What nobody should find, and a person must look into.
	Strangers []Listed // good in the contract, and unknown to the CA
	Altered   []Record // bound to another key, device, group or end
}

// Same reports whether nothing differs that has consequences: what is held
// mends itself when the device renews.
func (c *Comparison) Same() bool { return !c.mendable() && len(c.Strangers)+len(c.Altered) == 0 }

func (c *Comparison) mendable() bool {
	return len(c.Unbound)+len(c.Unrevoked)+len(c.Unbarred)+len(c.Barred) > 0
}

// Compare holds a CA's records against the contract at the newest final block, or
// at the block since if that is newer: 0, or that of what was published last.
// Records are asked for once the contract has been read, so that none that others
// have bound meanwhile is unknown.
func (r *Registry) Compare(ctx context.Context, records func() (Records, error), since uint64, now time.Time) (*Comparison, error) {
	st, head, err := r.state(ctx, since)
	if err != nil {
		return nil, fmt.Errorf("read device registry: %w", err)
	}
	listed, err := r.unended(st, now)
	if err != nil {
		return nil, fmt.Errorf("read device registry: %w", err)
	}
	recs, err := records()
	if err != nil {
		return nil, err
	}
	c := r.differ(recs, listed, now)
	c.Block = head.Number
	for _, d := range recs.Devices {
		has, err := ask(st, r.Contract, contract().PackDevices(r.Salt.Device(d.EPC)), contract().UnpackDevices)
		switch {
		case err != nil:
			return nil, fmt.Errorf("read device registry: %w", err)
		case d.Barred && !has.Barred:
			c.Unbarred = append(c.Unbarred, d)
		case !d.Barred && has.Barred:
			c.Barred = append(c.Barred, d)
		}
	}
	return c, nil
}

// differ sorts the certificates; listed are those of the contract that have not
// ended.
func (r *Registry) differ(recs Records, listed map[[32]byte]Listed, now time.Time) *Comparison {
	c := &Comparison{}
	known := map[[32]byte]bool{}
	for _, rec := range recs.Certificates {
		if !now.Before(rec.NotAfter) {
			continue
		}
		known[rec.Certificate] = true
		l, bound := listed[rec.Certificate]
		switch {
		case !bound && rec.Revoked:
			c.Agree++ // neither takes it
		case !bound:
			c.Unbound = append(c.Unbound, rec)
		case r.listing(rec) != (Listed{Certificate: l.Certificate, Device: l.Device, Key: l.Key, Group: l.Group, NotAfter: l.NotAfter}):
			c.Altered = append(c.Altered, rec)
		case rec.Revoked && l.RevokedAt.IsZero():
			c.Unrevoked = append(c.Unrevoked, rec)
		case !rec.Revoked && !l.RevokedAt.IsZero():
			c.Held = append(c.Held, rec)
		default:
			c.Agree++
		}
	}
	for _, l := range listed {
		if !known[l.Certificate] && l.RevokedAt.IsZero() {
			c.Strangers = append(c.Strangers, l)
		}
	}
	slices.SortFunc(c.Strangers, func(a, b Listed) int {
		return cmp.Or(a.BoundAt.Compare(b.BoundAt), bytes.Compare(a.Certificate[:], b.Certificate[:]))
	})
	return c
}

// listing is a record as the contract has it once it is bound.
func (r *Registry) listing(rec Record) Listed {
	return Listed{Certificate: rec.Certificate, Device: r.Salt.Device(rec.EPC), Key: rec.Key,
		Group: [32]byte(crypto.Keccak256([]byte(rec.Group))), NotAfter: timeOf(secondsOf(rec.NotAfter))}
}

func (r *Registry) binding(rec Record) build.Binding {
	l := r.listing(rec)
	return build.Binding{Certificate: l.Certificate, Device: l.Device, X: [32]byte(l.Key[:32]), Y: [32]byte(l.Key[32:]),
		Group: l.Group, NotAfter: secondsOf(rec.NotAfter)}
}

func secondsOf(t time.Time) uint64 { return uint64(max(t.Unix(), 0)) }
