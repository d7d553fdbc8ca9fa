package control

import (
	"context"
	"crypto"
	"fmt"
	"net/http"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Changes of the rules: an admin signs them with the key of a certificate, the
// contract on the chain judges the signature, and a node pays for the way there.

// A RuleRelay brings changes of the rules to the chain. A [Backend] that is none
// answers [ErrNotFound].
type RuleRelay interface {
	// RelayRule sends a transaction and returns when it is in a final block. A
	// call of the rule manager proves itself, whoever brings it. A new rule
	// contract does not: it is made only if key, that of the caller's
	// certificate, is a rule admin's, else [ErrDenied]. What the contract
	// refuses is [ErrConflict], in its words; what is neither [ErrInvalid].
	RelayRule(ctx context.Context, by flow.Identity, key crypto.PublicKey, call RuleCall) (*RulePaid, error)
}

// A RuleCall is a transaction about rules.
type RuleCall struct {
	To   string `json:"to,omitempty"` // the rule manager, 0x and 40 hex digits; "": make a rule contract
	Data []byte `json:"data"`         // what it is called with, or the contract's creation code
}

// A RulePaid says what became of a [RuleCall].
type RulePaid struct {
	APIVersion string `json:"apiVersion"`
	Tx         string `json:"tx"`
	Block      uint64 `json:"block"`
	Contract   string `json:"contract,omitempty"` // that was made
	Gas        uint64 `json:"gas"`
}

func (s *Server) ruleRoutes() []route {
	return []route{{"POST /rules/relay", "check", s.postRuleRelay}}
}

// postRuleRelay takes any member of staff's: it is the admins' signatures that
// count.
func (s *Server) postRuleRelay(w http.ResponseWriter, r *http.Request) error {
	relay, ok := s.cfg.Backend.(RuleRelay)
	if !ok {
		return fmt.Errorf("bring changes of rules to the chain from here: %w", ErrNotFound)
	}
	var in RuleCall
	if err := s.read(w, r, &in); err != nil {
		return err
	}
	var key crypto.PublicKey
	if shown := r.TLS.PeerCertificates; len(shown) > 0 {
		key = shown[0].PublicKey
	}
	paid, err := relay.RelayRule(r.Context(), CallerOf(r).ID, key, in)
	if err != nil {
		return fmt.Errorf("bring a change of rules to the chain: %w", err)
	}
	out := *paid
	out.APIVersion = APIVersion
	return reply(w, http.StatusOK, out)
}

// RelayRule has the node bring a change of the rules to the chain, and pay.
func (c *Client) RelayRule(ctx context.Context, tx RuleCall) (*RulePaid, error) {
	return call[RulePaid](ctx, c, http.MethodPost, "/rules/relay", tx)
}
