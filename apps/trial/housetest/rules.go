package housetest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

// Desk is where the house's rule admins act, by way of its nodes.
func (h *House) Desk() *rule.Desk {
	h.t.Helper()
	conf := pki.ClientTLS(func() flow.Signer { return h.Engineer }, h.Verifier, pki.Only(flow.RoleNode))
	conf.NextProtos = []string{"http/1.1", control.ClientProto}
	tr := &http.Transport{TLSClientConfig: conf}
	h.t.Cleanup(tr.CloseIdleConnections)
	c, err := chain.Connect(chain.RemoteConfig{Endpoint: "https://" + h.Configs[Records].Control + "/chain/rpc", HTTP: &http.Client{Transport: tr}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	manager, err := chain.ParseAddress(h.Configs[Records].Chain.Manager)
	if err != nil {
		h.t.Fatal(err)
	}
	return &rule.Desk{Chain: c, Manager: manager, Relay: nodeRelay{h.client}}
}

// Admin is the certificate of one of the two rule admins: 1 or 2.
func (h *House) Admin(n int) flow.Signer {
	h.t.Helper()
	s, err := pki.LoadSigner(h.File("authority", fmt.Sprintf("rules-%d", n)))
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// Decide has changes of the rules proposed by one admin and approved by the other.
func (h *House) Decide(d *rule.Desk, changes ...rule.Change) {
	h.t.Helper()
	p, _, err := d.Propose(h.within(), h.Admin(1).Key, changes, time.Now().Add(time.Hour))
	if err != nil {
		h.t.Fatal(err)
	}
	if done, _, err := d.Approve(h.within(), h.Admin(2).Key, p.ID); err != nil || !done {
		h.t.Fatalf("Approve = %v, %v", done, err)
	}
}

// Snapshot waits until the cluster is as it should be; missing says what is not.
func (h *House) Snapshot(what string, missing func(*control.Snapshot) string) {
	h.t.Helper()
	h.until(what, missing)
}

// A nodeRelay has a node pay.
type nodeRelay struct{ client *control.Client }

// Pay implements chain.Relay.
func (n nodeRelay) Pay(ctx context.Context, to *chain.Address, data []byte) (chain.Receipt, error) {
	call := control.RuleCall{Data: data}
	if to != nil {
		call.To = to.Hex()
	}
	paid, err := n.client.RelayRule(ctx, call)
	if err != nil {
		return chain.Receipt{}, err
	}
	r := chain.Receipt{Block: paid.Block, OK: true, Gas: paid.Gas}
	if paid.Contract != "" {
		r.Contract, err = chain.ParseAddress(paid.Contract)
	}
	return r, err
}
