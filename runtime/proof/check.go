package proof

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Check is one judgement of one reading, as a log of checks keeps it: each
// node that judges writes one for whatever it judges, accepted or not. Its bytes
// are a leaf of the log's Merkle tree; [CheckHash] is that leaf.
//
// It holds nothing of what was measured but the reading's hash, which stands for
// bytes that end with a signature, so nobody can guess it.
type Check struct {
	Leaf   [32]byte // LeafHash of the reading's sealed bytes
	Device string   // EPC; "" when the reading could not be opened
	Stream string   // "" with it, and Seq 0
	Seq    uint64

	Place Place
	Actor flow.ActorID // who judged
	At    time.Time    // when, by the node's clock

	Manager string // address of the rules' contract: 0x and 40 hex digits, small
	Verdict flow.Verdict
}

// A Place says where on its way a reading was judged.
type Place uint8

// The places.
const (
	AtCollector Place = 1
	AtStorage   Place = 2
)

// String is the place in a word.
func (p Place) String() string {
	switch p {
	case AtCollector:
		return "collector"
	case AtStorage:
		return "storage"
	}
	return "unknown place"
}

// MaxCheck is how many bytes an encoded check may have.
const MaxCheck = 4 << 10

const maxActor = 1024 // bytes of an actor's name

// check is the form of a Check in a log.
type check struct {
	Version uint      `cbor:"1,keyasint"`
	Leaf    [32]byte  `cbor:"2,keyasint"`
	Device  []byte    `cbor:"3,keyasint"` // EPC, 12 bytes, or none
	Stream  string    `cbor:"4,keyasint"`
	Seq     uint64    `cbor:"5,keyasint"`
	Place   uint8     `cbor:"6,keyasint"`
	Actor   string    `cbor:"7,keyasint"`
	At      int64     `cbor:"8,keyasint"` // ns since 1970
	Manager []byte    `cbor:"9,keyasint"` // 20 bytes, or none
	Rule    []byte    `cbor:"10,keyasint"`
	Rules   [3]uint64 `cbor:"11,keyasint"` // version, epoch, block
	Group   string    `cbor:"12,keyasint"`
	Reason  uint32    `cbor:"13,keyasint"`
	Clause  string    `cbor:"14,keyasint"`
}

// Encode writes the check in its one form: deterministic CBOR. A clause may
// quote what a device has sent: what does not fit is replaced or cut off. What
// else does not fit is [ErrForm].
func (c *Check) Encode() ([]byte, error) {
	b, err := c.encode()
	if err != nil {
		return nil, fmt.Errorf("encode check: %w", err)
	}
	return b, nil
}

func (c *Check) encode() ([]byte, error) {
	f := check{Version: version, Leaf: c.Leaf, Device: []byte{}, Stream: c.Stream, Seq: c.Seq, Place: uint8(c.Place),
		Actor: string(c.Actor), Rules: [3]uint64{c.Verdict.Version, c.Verdict.Epoch, c.Verdict.Block},
		Group: c.Verdict.Group, Reason: uint32(c.Verdict.Reason), Clause: plain(c.Verdict.Clause)}
	var err error
	if c.Device != "" {
		if f.Device, err = epcBytes(c.Device); err != nil {
			return nil, err
		}
	}
	if f.At, err = nanos("the time of judging", c.At); err != nil {
		return nil, err
	}
	if f.Manager, err = accountBytes("the manager", c.Manager); err != nil {
		return nil, err
	}
	if f.Rule, err = accountBytes("the rule", c.Verdict.Rule); err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	return f.marshal(), nil
}

// OpenCheck reads what [Check.Encode] wrote, strictly. Errors wrap [ErrForm].
func OpenCheck(b []byte) (*Check, error) {
	c, err := openCheck(b)
	if err != nil {
		return nil, fmt.Errorf("open check: %w", err)
	}
	return c, nil
}

func openCheck(b []byte) (*Check, error) {
	if len(b) > MaxCheck {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrForm, len(b), MaxCheck)
	}
	var f check
	if err := decode(b, &f); err != nil {
		return nil, err
	}
	if f.Version != version {
		return nil, fmt.Errorf("%w: version %d of a check is not known here", ErrForm, f.Version)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	c := &Check{Leaf: f.Leaf, Stream: f.Stream, Seq: f.Seq, Place: Place(f.Place), Actor: flow.ActorID(f.Actor),
		At: instant(f.At), Manager: accountText(f.Manager),
		Verdict: flow.Verdict{Reason: flow.Reason(f.Reason), Clause: f.Clause, Group: f.Group, Rule: accountText(f.Rule),
			Version: f.Rules[0], Epoch: f.Rules[1], Block: f.Rules[2]}}
	if len(f.Device) > 0 {
		c.Device = epcText(f.Device)
	}
	return c, nil
}

func (f *check) check() error {
	switch {
	case f.Device == nil || len(f.Device) != 0 && len(f.Device) != 12:
		return fmt.Errorf("%w: the EPC has %d bytes, want 12 or none", ErrForm, len(f.Device))
	case len(f.Device) == 0 && (f.Stream != "" || f.Seq != 0):
		return fmt.Errorf("%w: a stream without a device", ErrForm)
	case f.Seq > math.MaxInt64:
		return fmt.Errorf("%w: number %d", ErrForm, f.Seq)
	case f.Place != uint8(AtCollector) && f.Place != uint8(AtStorage):
		return fmt.Errorf("%w: judged at place %d, want %d or %d", ErrForm, f.Place, AtCollector, AtStorage)
	case f.Manager == nil || f.Rule == nil || len(f.Manager)%20 != 0 || len(f.Rule)%20 != 0 || len(f.Manager) > 20 || len(f.Rule) > 20:
		return fmt.Errorf("%w: addresses of %d and %d bytes, want 20 or none", ErrForm, len(f.Manager), len(f.Rule))
	}
	for _, s := range []struct {
		what, text string
		limit      int
	}{{"stream", f.Stream, MaxText}, {"actor", f.Actor, maxActor}, {"group", f.Group, MaxText}, {"clause", f.Clause, maxClause}} {
		if err := text(s.what, s.text, s.limit, false); err != nil {
			return err
		}
	}
	return nil
}

// CheckHash is SHA-256(0x00 ‖ check), the leaf of an encoded check in its log
// (RFC 9162, section 2.1.1).
func CheckHash(check []byte) [32]byte { return hashLeaf(check) }

// accountBytes reads the address of an account or a contract; "" is none.
func accountBytes(what, s string) ([]byte, error) {
	if s == "" {
		return []byte{}, nil
	}
	digits, ok := strings.CutPrefix(s, "0x")
	b, err := hex.DecodeString(digits)
	if !ok || err != nil || len(b) != 20 {
		return nil, fmt.Errorf("%w: %s is %.60q, want 0x and 40 hex digits", ErrForm, what, s)
	}
	return b, nil
}

func accountText(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return "0x" + hex.EncodeToString(b)
}
