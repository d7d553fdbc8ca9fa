package rule_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/rule/ruletest"
)

const floor = "h1/3"

// A room has a desk and the cards of three people, the first two rule admins.
type room struct {
	*testing.T
	*rule.Desk
	relay *tamper
	cards []crypto.Signer
}

// A tamper is a relay that can be told to bring something else.
type tamper struct {
	chain.Relay
	mu    sync.Mutex // guards calls
	swap  func(to *chain.Address, data []byte) (*chain.Address, []byte)
	calls [][]byte
}

func (r *tamper) Pay(ctx context.Context, to *chain.Address, data []byte) (chain.Receipt, error) {
	r.mu.Lock()
	r.calls = append(r.calls, data)
	r.mu.Unlock()
	if r.swap != nil {
		to, data = r.swap(to, data)
	}
	return r.Relay.Pay(ctx, to, data)
}

func open(t *testing.T) *room {
	t.Helper()
	sim, key := chaintest.NewSim(t, time.Now)
	payer := chain.NewPayer(sim, key, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := payer.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &room{T: t, relay: &tamper{Relay: payer}, cards: ruletest.Admins(3)}
	manager, err := rule.Deploy(t.Context(), sim, payer, ruletest.Founding(r.cards[:2]))
	if err != nil {
		t.Fatal(err)
	}
	r.Desk = &rule.Desk{Chain: sim, Manager: manager, Relay: r.relay}
	return r
}

func parse(t *testing.T, text string) []rule.Rule {
	t.Helper()
	rules, err := rule.Parse("r.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// must is v where an error would be our own.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// proposes puts rules forward in the name of a card.
func (r *room) proposes(card int, text string) *rule.Proposal {
	r.Helper()
	changes := must(r.Draft(r.Context(), parse(r.T, text)...))
	p, _, err := r.Propose(r.Context(), r.cards[card], changes, time.Now().Add(time.Hour))
	if err != nil {
		r.Fatal(err)
	}
	return p
}

func (r *room) rules() *rule.Set {
	r.Helper()
	set, _, err := r.Rules(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return set
}

const warmer = `
h1/3:
  mode: confirmed
  8310-5: {unit: Cel, range: [35, 42], steepest: 2 Cel in 10m}
  8867-4: {unit: /min, range: [20, 250], agrees: 30 /min with 8889-8 within 10s}
  8889-8: {unit: /min, range: [20, 250]}
device 3074257BF7194E4000001A85:
  8310-5: {unit: Cel, range: [0, 100]}
`

// One admin alone changes nothing; with the second it is in force, and every
// step is on record.
func TestTwoAdminsChangeRules(t *testing.T) {
	t.Parallel()
	r := open(t)
	p := r.proposes(0, warmer)
	if set := r.rules(); set.Epoch() != 1 {
		t.Errorf("epoch %d by a proposal alone", set.Epoch())
	}
	found, err := r.Find(t.Context(), rule.ShortID(p.ID), time.Now())
	if err != nil || found.ID != p.ID || len(found.Approvers) != 1 {
		t.Fatalf("Find = %+v, %v", found, err)
	}
	words := strings.Join(append(found.Changes[0].Words(r.rules()), found.Changes[1].Words(r.rules())...), "\n")
	for _, want := range []string{
		"set the rule of h1/3, version 2 after 1:", "+ mode: confirmed", "- 8310-5: {unit: Cel, range: [25, 45]}",
		"+ 8310-5: {unit: Cel, range: [35, 42], steepest: 2 Cel in 10m}", "- 11524-6: {unit: mV, range: [-10, 10], rate: 2000}",
		"make a rule for device 3074257BF7194E4000001A85; it goes before that of the device's group:",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the words lack %q:\n%s", want, words)
		}
	}
	done, _, err := r.Approve(t.Context(), r.cards[1], p.ID)
	if err != nil || !done {
		t.Fatalf("approved %v, %v", done, err)
	}
	set := r.rules()
	got, ok := set.Rule(floor)
	if !ok || set.Epoch() != 2 || got.Version != 2 || got.Mode != flow.Confirmed || len(got.Limits) != 3 || len(got.Slopes) != 1 || len(got.Agreements) != 1 || len(got.Parts) != 3 {
		t.Errorf("in force: %+v, epoch %d", got, set.Epoch())
	}
	if again := must(r.Draft(t.Context(), parse(t, warmer)...)); len(again) != 0 {
		t.Errorf("what is in force is drafted again: %+v", again)
	}
	if all, err := r.Waiting(t.Context(), time.Now()); err != nil || len(all) != 0 {
		t.Errorf("still waiting: %v, %v", all, err)
	}
	r.recorded(p)
}

// recorded is what the history says of a proposal that was carried out.
func (r *room) recorded(p *rule.Proposal) {
	r.Helper()
	all := must(r.History(r.Context()))
	of := rule.About(all, floor, "")
	if len(of) != 2 || of[0].Version != 1 || of[0].Proposal != "" || of[1].Version != 2 {
		r.Fatalf("history of %s: %+v", floor, of)
	}
	one, _ := eip712.KeyAddress(r.cards[0].Public())
	two, _ := eip712.KeyAddress(r.cards[1].Public())
	e := of[1]
	if e.Proposal != p.ID.Hex() || e.By != one || !slices.Equal(e.Approvers, []chain.Address{one, two}) || e.Block == 0 || e.At.IsZero() || e.Epoch != 2 {
		r.Errorf("history says %+v", e)
	}
}

// What the contract refuses comes back by its name, and says what to do.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := open(t)
	ctx := t.Context()
	p := r.proposes(0, warmer)
	changes := must(r.Draft(ctx, parse(t, warmer)...))
	hour := time.Now().Add(time.Hour)
	for _, tt := range []struct {
		name, refusal, msg string
		do                 func() error
	}{
		{"a stranger proposes", "NotAdmin", "is no rule admin's", func() error { _, _, err := r.Propose(ctx, r.cards[2], changes, hour); return err }},
		{"a stranger approves", "NotAdmin", "`wardflow rule admins` lists them", func() error { _, _, err := r.Approve(ctx, r.cards[2], p.ID); return err }},
		{"a stranger pauses", "NotAdmin", "is no rule admin's", func() error { _, err := r.Pause(ctx, r.cards[2]); return err }},
		{"a stranger cancels", "NotAdmin", "is no rule admin's", func() error { _, err := r.Cancel(ctx, r.cards[2], p.ID); return err }},
		{"one approves twice", "AlreadyApproved", "another admin must", func() error { _, _, err := r.Approve(ctx, r.cards[0], p.ID); return err }},
		{"one alone", "NeedsApprovals", "has 1 approvals of today's admins and needs 2", func() error { _, err := r.Execute(ctx, p.ID); return err }},
		{"nothing proposed", "NoSuchProposal", "there is no proposal", func() error { _, err := r.Proposal(ctx, chain.Hash{1}); return err }},
		{"too late", "Expired", "do it anew", func() error { _, _, err := r.Propose(ctx, r.cards[0], changes, time.Now().Add(-time.Hour)); return err }},
		{"brought twice", "WrongNonce", "it was brought before, or another came first", func() error {
			_, err := r.relay.Pay(ctx, &r.Manager, propose(t, r.relay.calls))
			return rule.Refused(err)
		}},
		{"for another manager", "BadSignature", "sign it anew", func() error {
			other := *r.Desk
			other.Chain = elsewhere{r.Chain}
			_, err := other.Pause(ctx, r.cards[0])
			return err
		}},
		{"retire nothing", "NoSuchEntry", "h2 has no rule of its own", func() error { _, err := r.Retire(ctx, "h2", ""); return err }},
		{"no rule", "NotARule", "is no rule contract", func() error {
			_, err := r.Draft(ctx, rule.Rule{Group: "h2", Codes: []chain.Address{{9}}})
			return err
		}},
		{"a range upside down", "BadLimit", "min is above max", func() error {
			_, err := r.Draft(ctx, rule.Rule{Group: "h2", Limits: []rule.Limit{{Kind: "a", Unit: "b", Min: 2, Max: 1}}})
			return err
		}},
		{"another code", "WrongCode", "do not trust it", func() error { return r.proposesPart(func(p *rule.Part) { p.Code[0]++ }) }},
		{"another digest", "WrongDigest", "says another rule than was approved", func() error { return r.proposesPart(func(p *rule.Part) { p.Digest[0]++ }) }},
		{"unpause what runs", "ExpectedPause", "not paused", func() error {
			c := must(r.Order(ctx, rule.OpUnpause, "", chain.Address{}))
			_, _, err := r.Propose(ctx, r.cards[0], []rule.Change{c}, hour)
			return err
		}},
		{"a role twice", "AlreadyHas", "has that role already", func() error {
			key, _ := eip712.KeyAddress(r.cards[1].Public())
			c := must(r.Order(ctx, rule.OpGrant, "admin", key))
			_, _, err := r.Propose(ctx, r.cards[0], []rule.Change{c}, hour)
			return err
		}},
		{"too many", "BadChanges", "want 1 to 32", func() error {
			_, _, err := r.Propose(ctx, r.cards[0], slices.Repeat(changes[:1], 33), hour)
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.do()
			var refusal *rule.Refusal
			if !errors.As(err, &refusal) || refusal.Name != tt.refusal || !strings.Contains(refusal.Msg, tt.msg) {
				t.Errorf("got %v, want the refusal %s with %q in it", err, tt.refusal, tt.msg)
			}
		})
	}
	if set := r.rules(); set.Epoch() != 1 {
		t.Errorf("epoch %d after refusals only", set.Epoch())
	}
}

// propose is the first proposal that was brought.
func propose(t *testing.T, calls [][]byte) []byte {
	t.Helper()
	for _, c := range calls {
		if id := managerCall(t, "propose"); bytes.HasPrefix(c, id) {
			return c
		}
	}
	t.Fatal("nothing was proposed")
	return nil
}

func managerCall(t *testing.T, name string) []byte {
	t.Helper()
	abi, err := build.RuleManagerMetaData.ParseABI()
	if err != nil {
		t.Fatal(err)
	}
	return abi.Methods[name].ID
}

// elsewhere is the same chain under another number.
type elsewhere struct{ chain.Reader }

func (elsewhere) ID(context.Context) (uint64, error) { return 12, nil }

func (r *room) proposesPart(change func(*rule.Part)) error {
	changes := must(r.Draft(r.Context(), parse(r.T, warmer)...))
	change(&changes[0].Rule.Parts[0])
	_, _, err := r.Propose(r.Context(), r.cards[0], changes, time.Now().Add(time.Hour))
	return err
}

// A proposal that others overtook is not carried out: it was made for other
// rules.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	r := open(t)
	old, first := r.proposes(0, warmer), r.proposes(1, "h1/3:\n  8310-5: {unit: Cel, range: [30, 42]}\n")
	if done, _, err := r.Approve(t.Context(), r.cards[0], first.ID); err != nil || !done {
		t.Fatal(done, err)
	}
	var refusal *rule.Refusal
	if _, _, err := r.Approve(t.Context(), r.cards[1], old.ID); !errors.As(err, &refusal) || refusal.Name != "Stale" {
		t.Errorf("an overtaken proposal: %v, want Stale", err)
	}
	p := must(r.Proposal(t.Context(), old.ID))
	if words := strings.Join(p.Changes[0].Words(r.rules()), "\n"); !strings.Contains(words, "it can't be carried out any more") {
		t.Errorf("nobody is told:\n%s", words)
	}
	if _, err := r.Cancel(t.Context(), r.cards[1], old.ID); err != nil {
		t.Error(err)
	}
	if _, _, err := r.Approve(t.Context(), r.cards[1], old.ID); !errors.As(err, &refusal) || refusal.Name != "AlreadyDone" || !strings.Contains(refusal.Msg, "is cancelled") {
		t.Errorf("a cancelled proposal: %v", err)
	}
}

// A rule that no file can say, of two contracts with limits, is not shown as if
// it were one: who approves sees the contracts.
func TestOddRuleIsNotMadePlain(t *testing.T) {
	t.Parallel()
	r := open(t)
	a := must(r.Draft(t.Context(), parse(t, "h1/4:\n  8310-5: {unit: Cel, range: [30, 42]}\n")...))[0].Rule
	b := must(r.Draft(t.Context(), parse(t, "h1/4:\n  8310-5: {unit: Cel, range: [0, 50]}\n")...))[0].Rule
	odd := rule.Change{Op: rule.OpSet, Rule: rule.Rule{Group: "h1/4", Parts: append(a.Parts, b.Parts...)}}
	p, _, err := r.Propose(t.Context(), r.cards[0], []rule.Change{odd}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	got := p.Changes[0]
	if words := strings.Join(got.Words(r.rules()), "\n"); len(got.Rule.Limits) != 0 || len(got.Rule.Codes) != 2 || !strings.Contains(words, "put as no rule file says it") {
		t.Errorf("shown as %+v:\n%s", got.Rule, words)
	}
	if done, _, err := r.Approve(t.Context(), r.cards[1], p.ID); err != nil || !done {
		t.Fatal(done, err)
	}
	set, _ := r.rules().Rule("h1/4")
	if text := rule.Format([]rule.Rule{set}); set.Plain() || !strings.Contains(text, "contracts: [") || strings.Contains(text, "8310-5") {
		t.Errorf("written as\n%s", text)
	}
}

// In whatever order the clauses of a rule were put together, its contracts judge in
// that of a rule file, and it is shown as one.
func TestPartsInOrder(t *testing.T) {
	t.Parallel()
	r := open(t)
	text := `h1/4:
  8310-5: {unit: Cel, range: [25, 45], steepest: 2 Cel in 10m}
  8867-4: {unit: /min, range: [20, 250], stuck: 2h, agrees: [30 /min with 8889-8 within 10s, 40 /min with 59408-5 within 10s]}
  8889-8: {unit: /min, range: [20, 250]}
  59408-5: {unit: /min, range: [20, 250], stuck: 1h}
`
	said, mixed := parse(t, text), parse(t, text)
	slices.Reverse(mixed[0].Slopes)
	slices.Reverse(mixed[0].Agreements)
	want := must(r.Draft(t.Context(), said...))[0].Rule
	p, _, err := r.Propose(t.Context(), r.cards[0], must(r.Draft(t.Context(), mixed...)), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	got := p.Changes[0].Rule
	if same := slices.EqualFunc(got.Parts, want.Parts, func(a, b rule.Part) bool { return a.Digest == b.Digest }); !same || !got.Plain() || len(got.Codes) != 0 {
		t.Errorf("it is shown as\n%s", rule.Format([]rule.Rule{got}))
	}
}

// A unit that is none, which a chain may have from before files were held against
// UCUM, is shown as it is.
func TestUnitsOnTheChain(t *testing.T) {
	t.Parallel()
	r := open(t)
	said := parse(t, "h1/4:\n  8310-5: {unit: Cel, range: [30, 42]}\n")
	said[0].Limits[0].Unit = "Celsius"
	p, _, err := r.Propose(t.Context(), r.cards[0], must(r.Draft(t.Context(), said...)), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	got := p.Changes[0].Rule
	if text := rule.Format([]rule.Rule{got}); !got.Plain() || !strings.Contains(text, "unit: Celsius") {
		t.Errorf("shown as\n%s", text)
	}
}

// Stopping takes one, going on takes two; a rule that is retired refuses.
func TestStopAndGoOn(t *testing.T) {
	t.Parallel()
	r := open(t)
	ctx := t.Context()
	decide := func(c rule.Change, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := r.Propose(ctx, r.cards[0], []rule.Change{c}, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if done, _, err := r.Approve(ctx, r.cards[1], p.ID); err != nil || !done {
			t.Fatal(done, err)
		}
	}
	if _, err := r.Pause(ctx, r.cards[1]); err != nil || !r.rules().Paused() {
		t.Fatalf("paused %v, %v", r.rules().Paused(), err)
	}
	decide(r.Order(ctx, rule.OpUnpause, "", chain.Address{}))
	if r.rules().Paused() {
		t.Error("still paused")
	}
	decide(r.Retire(ctx, floor, ""))
	if got, _ := r.rules().Rule(floor); !got.Revoked || got.Version != 2 {
		t.Errorf("retired: %+v", got)
	}
	third, _ := eip712.KeyAddress(r.cards[2].Public())
	decide(r.Order(ctx, rule.OpGrant, "admin", third))
	first, _ := eip712.KeyAddress(r.cards[0].Public())
	decide(r.Order(ctx, rule.OpWithdraw, "admin", first))
	a := must(r.Authority(ctx))
	if a.Is(first) || !a.Is(third) || len(a.Admins) != 2 || a.Approvals != 2 || a.Anchor == (chain.Address{}) {
		t.Errorf("who may change rules: %+v", a)
	}
	var what []string
	for _, e := range must(r.History(ctx)) {
		what = append(what, e.What)
	}
	for _, want := range []string{"paused: readings wait", "judged by the rules again", "retired the rule of h1/3, version 2",
		"let key " + third.Hex() + " be admin", "let key " + first.Hex() + " be admin no more"} {
		if !slices.Contains(what, want) {
			t.Errorf("the history lacks %q:\n%s", want, strings.Join(what, "\n"))
		}
	}
}

// A relay that makes another contract than it was asked for is found out before
// anything is proposed.
func TestRelayIsNotBelieved(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.relay.swap = func(to *chain.Address, data []byte) (*chain.Address, []byte) {
		if to == nil {
			data = slices.Clone(data)
			data[len(data)-200]++ // a number of the limits
		}
		return to, data
	}
	if _, err := r.Draft(t.Context(), parse(t, "h1/4:\n  8310-5: {unit: Cel, range: [30, 42]}\n")...); err == nil || !strings.Contains(err.Error(), "there is another contract than was to be made") {
		t.Errorf("Draft = %v", err)
	}
}

// A node pays for the acts of admins and for our own contracts, nothing else.
func TestBring(t *testing.T) {
	t.Parallel()
	r := open(t)
	ctx := t.Context()
	stranger, admin := r.cards[2].Public(), r.cards[0].Public()
	limits := append(common.FromHex(build.LimitRuleMetaData.Bin), make([]byte, 64)...)
	for _, tt := range []struct {
		name string
		key  crypto.PublicKey
		to   *chain.Address
		data []byte
		want error
	}{
		{"another contract", admin, &chain.Address{1}, managerCall(t, "execute"), rule.ErrNotPaid},
		{"another call", admin, &r.Manager, managerCall(t, "checkAndLog"), rule.ErrNotPaid},
		{"half a call", admin, &r.Manager, managerCall(t, "execute")[:3], rule.ErrNotPaid},
		{"a call that hides in several", admin, &r.Manager, build.NewRuleManager().PackMulticall([][]byte{managerCall(t, "execute"), managerCall(t, "grantRole")}), rule.ErrNotPaid},
		{"no calls", admin, &r.Manager, build.NewRuleManager().PackMulticall(nil), rule.ErrNotPaid},
		{"another's code", admin, nil, []byte{0x60, 0x80}, rule.ErrNotPaid},
		{"a contract for a stranger", stranger, nil, limits, rule.ErrNoAdmin},
		{"a contract for nobody", nil, nil, limits, rule.ErrNoAdmin},
	} {
		if _, err := r.Bring(ctx, tt.key, tt.to, tt.data); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	var refusal *rule.Refusal
	if _, err := r.Bring(ctx, admin, nil, limits); !errors.As(err, &refusal) {
		t.Errorf("a contract of nothing: %v, want a refusal", err)
	}
	if _, err := r.Bring(ctx, nil, &r.Manager, build.NewRuleManager().PackExecute(chain.Hash{1})); !errors.As(err, &refusal) || refusal.Name != "NoSuchProposal" {
		t.Errorf("an act of anybody: %v, want the manager's refusal", err)
	}
}
