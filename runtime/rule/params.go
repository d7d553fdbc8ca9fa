package rule

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// What rule contracts are made of, and how their parameters are written.

// A piece is one rule contract that a rule needs: what it would be made of and
// the digest that it would have, or where it is already.
type piece struct {
	kind   string
	words  string // for people
	code   []byte // creation code; nil: it is at
	digest chain.Hash
	at     chain.Address
}

// pieces are what a rule consists of, in the order in which they judge: that of
// their kinds, as limits are, however the rule was put together. So a file that is
// written of it says the same again.
func (r *Rule) pieces() (all []piece, err error) {
	if len(r.Limits) > 0 {
		p, err := limitsPiece(r.Limits)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	for _, s := range slices.SortedStableFunc(slices.Values(r.Slopes), func(a, b Slope) int { return cmp.Compare(a.Kind, b.Kind) }) {
		p, err := slopePiece(s)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	for _, a := range slices.SortedStableFunc(slices.Values(r.Agreements), Agreement.compare) {
		p, err := agreementPiece(a)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	for _, at := range r.Codes {
		all = append(all, piece{words: "contract " + at.Hex(), at: at})
	}
	if len(all) == 0 || len(all) > MaxParts {
		return nil, fmt.Errorf("rule of %s: it needs %d contracts, want 1 to %d", namedScope(r), len(all), MaxParts)
	}
	return all, nil
}

// namedScope is whom a rule is for, in words.
func namedScope(r *Rule) string {
	if r.Device != "" {
		return r.Scope()
	}
	return namedGroup(r.Group)
}

func limitsPiece(limits []Limit) (piece, error) {
	given := make([]build.Limit, len(limits))
	for i, l := range limits {
		var err error
		if given[i], err = l.packed(); err != nil {
			return piece{}, err
		}
	}
	slices.SortFunc(given, func(a, b build.Limit) int { return bytes.Compare(a.Kind[:], b.Kind[:]) })
	return pieceOf(KindLimits, fmt.Sprintf("limits of %d kinds", len(limits)), build.LimitRuleMetaData.Bin, limitABI().PackConstructor(given))
}

func slopePiece(s Slope) (piece, error) {
	p, err := s.packed()
	if err != nil {
		return piece{}, err
	}
	return pieceOf(KindSlope, "slope of "+s.Kind, build.SlopeRuleMetaData.Bin, slopeABI().PackConstructor(p))
}

func agreementPiece(a Agreement) (piece, error) {
	p, err := a.packed()
	if err != nil {
		return piece{}, err
	}
	return pieceOf(KindAgreement, "agreement of "+a.Kind+" with "+a.With, build.AgreementRuleMetaData.Bin, agreementABI().PackConstructor(p))
}

// pieceOf joins creation code and parameters. The digest is what the
// constructors make of both: keccak256(abi.encode(kind, parameters)).
func pieceOf(kind, words, bin string, params []byte) (piece, error) {
	digest, err := digestOf(kind, params)
	return piece{kind: kind, words: words, code: append(common.FromHex(bin), params...), digest: digest}, err
}

// digestOf puts the kind before parameters that are encoded by themselves. One
// that is dynamic, as limits are, begins with where it lies: one word further.
func digestOf(kind string, params []byte) (chain.Hash, error) {
	word, err := abi.NewType("bytes32", "", nil)
	if err != nil {
		return chain.Hash{}, err
	}
	k, ok := bytesOf(kind)
	if !ok {
		return chain.Hash{}, fmt.Errorf("kind %q: longer than 32 bytes", kind)
	}
	head, err := abi.Arguments{{Type: word}}.Pack(k)
	if err != nil {
		return chain.Hash{}, err
	}
	if kind == KindLimits {
		params = slices.Clone(params)
		params[31] += 32
	}
	return crypto.Keccak256Hash(head, params), nil
}

// Creates reports whether data is the creation code of one of our rule
// contracts, whatever its parameters: what a node makes for an admin.
func Creates(data []byte) bool {
	for _, bin := range []string{build.LimitRuleMetaData.Bin, build.SlopeRuleMetaData.Bin, build.AgreementRuleMetaData.Bin} {
		if bytes.HasPrefix(data, common.FromHex(bin)) {
			return true
		}
	}
	return false
}

func (l Limit) packed() (build.Limit, error) {
	kind, unit, err := codes(l.Kind, l.Unit)
	if err != nil {
		return build.Limit{}, err
	}
	if l.Age < 0 || l.Ahead < 0 {
		return build.Limit{}, fmt.Errorf("kind %s: age %v and ahead %v: want no negative time", l.Kind, l.Age, l.Ahead)
	}
	return build.Limit{
		Kind: kind, Unit: unit, Min: l.Min, Max: l.Max, MaxAge: uint64(l.Age.Milliseconds()), MaxAhead: uint64(l.Ahead.Milliseconds()),
		MaxRate: l.Rate, MaxSamples: l.Samples, MaxBytes: l.Bytes, Fields: uint32(l.Fields),
	}, nil
}

func (s Slope) packed() (build.Slope, error) {
	kind, unit, err := codes(s.Kind, s.Unit)
	if err != nil {
		return build.Slope{}, err
	}
	if s.Step < 0 || s.Jitter < 0 || s.In < 0 || s.Stuck < 0 {
		return build.Slope{}, fmt.Errorf("slope of %s: want nothing negative", s.Kind)
	}
	return build.Slope{Kind: kind, Unit: unit, Step: uint64(s.Step), Per: uint64(s.In.Milliseconds()),
		StuckFor: uint64(s.Stuck.Milliseconds()), Jitter: uint64(s.Jitter), Past: s.Past}, nil
}

func (a Agreement) packed() (build.Agreement, error) {
	kind, unit, err := codes(a.Kind, a.Unit)
	if err != nil {
		return build.Agreement{}, err
	}
	with, _, err := codes(a.With, a.Unit)
	if err != nil {
		return build.Agreement{}, err
	}
	if a.Within < 0 {
		return build.Agreement{}, fmt.Errorf("agreement of %s with %s: want no negative time", a.Kind, a.With)
	}
	return build.Agreement{Kind: kind, Other: with, Unit: unit, Least: a.Least, Most: a.Most, Within: uint64(a.Within.Milliseconds())}, nil
}

func codes(kind, unit string) (k, u [32]byte, err error) {
	var ok bool
	if k, ok = bytesOf(kind); !ok || kind == "" {
		return k, u, fmt.Errorf("kind %q: want a LOINC code of at most 32 bytes", kind)
	}
	if u, ok = bytesOf(unit); !ok || unit == "" {
		return k, u, fmt.Errorf("kind %s: unit %q: want a UCUM code of at most 32 bytes", kind, unit)
	}
	return k, u, nil
}

// fold leaves a rule as its parts say it, if a rule file can say it so: one
// contract of limits, then slopes, then agreements, then others. If not, the rule
// names all its contracts by their addresses.
func fold(r Rule) Rule {
	if r.Plain() {
		return r
	}
	r.Limits, r.Slopes, r.Agreements, r.Codes = nil, nil, nil, nil
	for _, p := range r.Parts {
		r.Codes = append(r.Codes, p.Address)
	}
	return r
}

// Plain reports whether a rule file can say the rule: one with it would make the
// same parts. A rule that is on no chain is.
func (r Rule) Plain() bool {
	if len(r.Parts) == 0 {
		return true
	}
	said := r
	said.Revoked, said.Parts = false, nil
	again, err := (&parser{anyUnits: true}).parse([]byte(Format([]Rule{said})))
	if err != nil || len(again) != 1 {
		return false
	}
	want, err := again[0].pieces()
	if err != nil || len(want) != len(r.Parts) {
		return false
	}
	for i, p := range want {
		if p.code == nil && p.at != r.Parts[i].Address || p.code != nil && p.digest != r.Parts[i].Digest {
			return false
		}
	}
	return true
}
