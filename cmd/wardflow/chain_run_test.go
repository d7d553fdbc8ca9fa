package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// aChain is one with an account that can pay.
func aChain(t *testing.T) (dir string, payer *chain.Key, info chain.Info) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "chain")
	payer, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if info, err = chain.Init(dir, payer.Address()); err != nil {
		t.Fatal(err)
	}
	info.Manager = chain.Address{1}
	if err := chain.WriteInfo(dir, info); err != nil {
		t.Fatal(err)
	}
	return dir, payer, info
}

// A chain that runs alone serves nodes and staff of the hospital and nobody else,
// and from the moment that a certificate is revoked its holder no more.
func TestChainRun(t *testing.T) {
	dir, payer, _ := aChain(t)
	h := pkitest.New(t)
	at := porttest.Address(t)
	s := chainServer{dir: dir, listen: at, cert: filepath.Join(t.TempDir(), "node"), trust: filepath.Join(t.TempDir(), "trust.pem"), heartbeat: time.Second}
	if err := pki.SaveSigner(s.cert, h.Node("ledger")); err != nil {
		t.Fatal(err)
	}
	if err := pki.SaveTrust(s.trust, h.Authority.Trust()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := s.run(ctx, slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
		}
	})
	defer ended.Wait()
	defer stop()
	dial := func(who flow.Signer) *chain.Remote {
		conf := pki.ClientTLS(func() flow.Signer { return who }, h.Verifier(), pki.Only(flow.RoleNode), "http/1.1")
		r, err := chain.Dial("https://"+at+"/chain/rpc", &http.Client{Transport: &http.Transport{TLSClientConfig: conf}, Timeout: 5 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	node := dial(h.Node("reader"))
	waitFor(t, "the chain is served", func() bool { _, err := node.ID(t.Context()); return err == nil })
	if r, err := chain.Transact(t.Context(), node, payer, &chain.Address{2}, nil); err != nil || !r.OK {
		t.Errorf("a transaction of a node: %+v, %v", r, err)
	}
	if _, err := dial(h.Staff("ada")).Head(t.Context()); err != nil {
		t.Errorf("staff: %v", err)
	}
	for name, who := range map[string]flow.Signer{"a patient": h.Patient("p-1"), "a device": h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg"),
		"another hospital's": h.Neighbour().Node("reader"), "a stranger": h.Rogue().Node("reader")} {
		if _, err := dial(who).Head(t.Context()); err == nil {
			t.Errorf("%s reads the chain", name)
		}
	}
	if res, err := http.Get("http://" + at + "/chain/rpc"); err == nil && res.StatusCode == http.StatusOK {
		t.Error("plain HTTP is answered")
	}
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("not within five minutes: %s", what)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-t.Context().Done():
			t.FailNow()
		}
	}
}

// Whose certificate was revoked is refused on a connection that is open, too.
func TestChainRunRevoked(t *testing.T) {
	h := pkitest.New(t)
	who := h.Node("reader")
	v := h.Verifier()
	asked := 0
	s := chainServer{crls: []string{filepath.Join(t.TempDir(), "issuing.crl")}}
	serve := s.fresh(v, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	ask := func() int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/chain/rpc", nil)
		r.TLS = &tls.ConnectionState{PeerCertificates: who.Chain}
		serve.ServeHTTP(w, r)
		return w.Code
	}
	if err := s.readRevoked(v); err == nil {
		t.Error("a list that is not there is no error")
	}
	if code := ask(); code != http.StatusOK || asked != 1 {
		t.Errorf("before: %d, %d requests came through", code, asked)
	}
	if err := os.WriteFile(s.crls[0], h.Revoke(who), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.readRevoked(v); err != nil {
		t.Fatal(err)
	}
	if code := ask(); code != http.StatusForbidden || asked != 1 {
		t.Errorf("after: %d, %d requests came through", code, asked)
	}
}

// A chain that nodes hold together is not run alone.
func TestChainRunShared(t *testing.T) {
	dir, _, _ := aChain(t)
	if err := os.WriteFile(filepath.Join(dir, "shared"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := chainServer{dir: dir, cert: "x", trust: "x"}
	if err := s.run(t.Context(), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "nodes hold the chain") {
		t.Errorf("run = %v", err)
	}
}

// wardflow runs a command and gives what it writes.
func wardflow(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	cmd := chainCommand()
	var b bytes.Buffer
	cmd.SetOut(&b)
	cmd.SetErr(&b)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return b.String(), err
}

// Blocks are written to a file and taken in elsewhere; what is no good is named.
func TestChainCarry(t *testing.T) {
	dir, payer, info := aChain(t)
	c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := chain.Transact(t.Context(), c, payer, &chain.Address{2}, []byte("a mark to flip")); err != nil {
			t.Fatal(err)
		}
	}
	head, err := c.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	// Opened without a node it would make one more block: it is held to be shared.
	if err := os.WriteFile(filepath.Join(dir, "shared"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	file, to := filepath.Join(tmp, "blocks.rlp"), filepath.Join(tmp, "copy")
	if out, err := wardflow(t, "export", "--dir", dir, file); err != nil || !strings.Contains(out, fmt.Sprintf("%d blocks are in", head.Number+1)) {
		t.Fatalf("export: %s, %v", out, err)
	}
	if _, err := wardflow(t, "export", "--dir", dir, file); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("export over a file: %v", err)
	}
	want := fmt.Sprintf("%d blocks were taken in and 1 were there: the chain in %s ends with block %d, %s", head.Number, to, head.Number, head.Hash)
	if out, err := wardflow(t, "import", "--dir", to, "--manager", info.Manager.Hex(), file); err != nil || !strings.Contains(out, want) {
		t.Errorf("import: %s, %v; want %s", out, err, want)
	}
	if got, err := chain.ReadInfo(to); err != nil || got != info {
		t.Errorf("chain.json: %+v, %v; want %+v", got, err, info)
	}
	if out, err := wardflow(t, "import", "--dir", to, file); err != nil || !strings.Contains(out, "0 blocks were taken in") {
		t.Errorf("import again: %s, %v", out, err)
	}
	if _, err := wardflow(t, "import", "--dir", filepath.Join(tmp, "other"), "--genesis", filepath.Join(tmp, "none"), file); err == nil || !strings.Contains(err.Error(), "give --genesis FILE") {
		t.Errorf("import without a genesis: %v", err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[bytes.LastIndex(b, []byte("a mark to flip"))] ^= 1
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := wardflow(t, "import", "--dir", filepath.Join(tmp, "flipped"), file)
	if err == nil || !strings.Contains(err.Error(), "of those that were read") || strings.Contains(out, "ends with block "+fmt.Sprint(head.Number)) {
		t.Errorf("import of a flipped bit: %s, %v", out, err)
	}
}
