package pki_test

import (
	"bufio"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// saved is an authority on disk.
func saved(t *testing.T) (*pki.Authority, string) {
	t.Helper()
	a := pkitest.New(t).Authority
	dir := filepath.Join(t.TempDir(), "ca")
	must(t, a.Save(dir, pki.Unsealed()))
	return a, dir
}

func load(t *testing.T, dir string, open ...pki.Opener) *pki.Authority {
	t.Helper()
	a, err := pki.LoadAuthority(dir, open...)
	must(t, err)
	return a
}

func serials(t *testing.T, ca *pki.CA) []string {
	t.Helper()
	issued, err := ca.Issued()
	must(t, err)
	var all []string
	for _, i := range issued {
		all = append(all, i.Serial)
	}
	return all
}

const issuerEnv = "WARDFLOW_TEST_ISSUER"

// TestMain is also the program that is killed: it issues and says so until
// somebody ends it.
func TestMain(m *testing.M) {
	dir := os.Getenv(issuerEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	a, err := pki.LoadAuthority(dir)
	for err == nil {
		var s flow.Signer
		if s, err = a.Enroll(pki.Request{Role: flow.RoleNode, Name: "bedside"}, time.Now()); err == nil {
			_, err = fmt.Println(s.ID.Serial)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// A CA that is killed while it issues has every certificate it handed out in
// its log, each once, and goes on.
func TestKilledMidIssuance(t *testing.T) {
	_, dir := saved(t)
	var handed []string
	for round := range 4 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), issuerEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for range 10 + 7*round {
			if !lines.Scan() {
				t.Fatal("the issuer ended by itself")
			}
			handed = append(handed, lines.Text())
		}
		must(t, cmd.Process.Kill())
		for lines.Scan() {
			handed = append(handed, lines.Text())
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the issuer was not killed")
		}
		// What is cut short in the worst place is no line.
		f, err := os.OpenFile(filepath.Join(dir, "issuing", "issued.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
		must(t, err)
		_, err = f.WriteString(`{"serial":"00`)
		must(t, errors.Join(err, f.Close()))
	}
	a := load(t, dir)
	logged := serials(t, a.Issuing)
	for _, s := range handed {
		if n := count(logged, s); n != 1 {
			t.Errorf("certificate %s was handed out and is logged %d times", s, n)
		}
	}
	s, err := a.Enroll(pki.Request{Role: flow.RoleNode, Name: "bedside"}, time.Now())
	must(t, err)
	if all := serials(t, load(t, dir).Issuing); len(all) != len(logged)+1 || all[len(all)-1] != s.ID.Serial {
		t.Errorf("after the kills: %d logged, want %d and %s the last", len(all), len(logged)+1, s.ID.Serial)
	}
	slices.Sort(logged)
	if len(slices.Compact(logged)) < len(handed) {
		t.Error("a serial number was given twice")
	}
}

func count(all []string, s string) int {
	n := 0
	for _, x := range all {
		if x == s {
			n++
		}
	}
	return n
}

// The command line and the service have one directory open at the same time.
// What one revokes, the other publishes, and no two lists have one number.
func TestTwoProcesses(t *testing.T) {
	_, dir := saved(t)
	both := []*pki.Authority{load(t, dir), load(t, dir)}
	now := time.Now()
	var mu sync.Mutex
	var numbers []uint64
	var revoked []string
	var work sync.WaitGroup
	for i, a := range both {
		work.Go(func() {
			for range 8 {
				s, err := a.Enroll(pki.Request{Role: flow.RoleNode, Name: "bedside"}, now)
				if err == nil { // by the other one, who did not issue it
					err = both[1-i].Issuing.Revoke(s.ID.Serial, pki.Superseded, now)
				}
				var list []byte
				if err == nil {
					list, err = a.Issuing.Publish(now)
				}
				if err != nil {
					t.Error(err)
					return
				}
				l, err := pki.ReadList(list)
				if err != nil || !slices.ContainsFunc(l.Entries, func(r pki.Revocation) bool { return r.Serial == s.ID.Serial }) {
					t.Errorf("list %d is without what was revoked before: %v", l.Number, err)
				}
				mu.Lock()
				numbers, revoked = append(numbers, l.Number), append(revoked, s.ID.Serial)
				mu.Unlock()
			}
		})
	}
	work.Wait()
	slices.Sort(numbers)
	if len(slices.Compact(numbers)) != 16 {
		t.Errorf("numbers %v, want 16 different ones", numbers)
	}
	all, err := load(t, dir).Issuing.Revocations()
	must(t, err)
	if len(all) != len(revoked) {
		t.Errorf("%d revocations, want %d", len(all), len(revoked))
	}
	list, err := both[0].Issuing.List()
	must(t, err)
	if n := number(t, list); n != slices.Max(numbers) {
		t.Errorf("the newest list is %d, want %d", n, slices.Max(numbers))
	}
}

// Revocations and the list's number outlive a restart, a move from memory to
// disk, and a directory restored from a backup.
func TestRevocationsLast(t *testing.T) {
	h := pkitest.New(t)
	a, now := h.Authority, time.Now()
	lost, held := h.Node("lost"), h.Node("held")
	list := revoke(t, a.Issuing, lost, pki.KeyCompromise, now)
	must(t, a.Issuing.Revoke(held.ID.Serial, pki.CertificateHold, now))
	dir := filepath.Join(t.TempDir(), "ca")
	must(t, a.Save(dir, pki.Unsealed()))
	loaded := load(t, dir)
	kept, err := loaded.Issuing.List()
	must(t, err)
	if !slices.Equal(kept, list) {
		t.Error("the newest list was not kept")
	}
	must(t, loaded.Issuing.Reinstate(held.ID.Serial, now))
	all, err := load(t, dir).Issuing.Revocations()
	must(t, err)
	if len(all) != 1 || all[0].Serial != lost.ID.Serial || all[0].Reason != pki.KeyCompromise {
		t.Errorf("Revocations = %+v, want the lost one", all)
	}
	last := number(t, publish(t, loaded.Issuing, now))
	if last <= number(t, list) {
		t.Errorf("number %d after %d", last, number(t, list))
	}
	// Sealed anew in another place, it has the same records.
	other := filepath.Join(t.TempDir(), "ca")
	must(t, load(t, dir).Save(other, pki.Unsealed()))
	moved := load(t, other)
	all, err = moved.Issuing.Revocations()
	must(t, err)
	kept, err = moved.Issuing.List()
	must(t, err)
	if len(all) != 1 || number(t, kept) != last || len(serials(t, moved.Issuing)) != len(serials(t, loaded.Issuing)) {
		t.Errorf("moved: %d revocations, list %d, %d issued", len(all), number(t, kept), len(serials(t, moved.Issuing)))
	}
	must(t, os.Remove(filepath.Join(dir, "issuing", "crl.der")))
	if n := number(t, publish(t, load(t, dir).Issuing, now.Add(time.Minute))); n <= last {
		t.Errorf("from a backup without the list: number %d after %d", n, last)
	}
}

// Whoever asks after a revocation or a new trust is told so, while others ask
// and change it.
func TestChangesWhileOthersAsk(t *testing.T) {
	h := pkitest.New(t)
	v, next := h.Verifier(), roll(t, h.Authority)
	trusts := []pki.Trust{h.Authority.Trust(), next.Trust(), next.Trust().Without(h.Authority.Root.Cert)}
	signers := []flow.Signer{h.Node("a"), h.Node("b"), enroll(t, next, "c")}
	var work sync.WaitGroup
	for _, s := range signers {
		work.Go(func() {
			for range 100 {
				changed := v.Changed()
				id, err := v.Identify(s.Chain, time.Now())
				if err == nil && id != s.ID {
					t.Errorf("Identify = %+v", id)
				}
				v.Holds(s.ID, time.Now())
				select {
				case <-changed:
				default:
				}
			}
		})
	}
	work.Go(func() {
		for i := range 30 {
			v.SetTrust(trusts[i%3])
		}
		v.SetTrust(trusts[2])
	})
	work.Go(func() {
		for i := range 10 {
			if _, err := v.Revoke(publish(t, next.Issuing, time.Now().Add(time.Duration(i)*time.Second))); err != nil && !errors.Is(err, pki.ErrStranger) {
				t.Error(err)
			}
		}
	})
	work.Wait()
	for i, s := range signers {
		if _, err := v.Identify(s.Chain, time.Now()); (err == nil) != (i == 2) {
			t.Errorf("signer %d after the old root's end: %v", i, err)
		}
		if err := v.Holds(s.ID, time.Now()); (err == nil) != (i == 2) {
			t.Errorf("signer %d after the old root's end: Holds = %v", i, err)
		}
	}
}

// A clock set back does not bring a lower number.
func TestNumberRises(t *testing.T) {
	ca, now := pkitest.New(t).Authority.Issuing, time.Now()
	last := number(t, publish(t, ca, now))
	for _, at := range []time.Time{now, now.Add(-30 * time.Second), now.Add(time.Hour), now} {
		n := number(t, publish(t, ca, at))
		if n <= last {
			t.Errorf("number %d after %d", n, last)
		}
		last = n
	}
}

// A revocation outlives its certificate, and the list says that it does.
func TestExpiredStaysOnTheList(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	lost := h.Node("lost")
	revoke(t, h.Authority.Issuing, lost, pki.KeyCompromise, now)
	list := publish(t, h.Authority.Issuing, now.AddDate(2, 0, 0))
	l, err := pki.ReadList(list)
	must(t, err)
	if len(l.Entries) != 1 || l.Entries[0].Serial != lost.ID.Serial {
		t.Errorf("entries %+v, want the lost one", l.Entries)
	}
	crl, err := x509.ParseRevocationList(list)
	must(t, err)
	for _, ext := range crl.Extensions {
		if ext.Id.String() != "2.5.29.60" {
			continue
		}
		var since time.Time
		if _, err := asn1.UnmarshalWithParams(ext.Value, &since, "generalized"); err != nil || ext.Critical || since.After(lost.Chain[0].NotBefore) {
			t.Errorf("expired certificates are on it since %v, %v", since, err)
		}
		return
	}
	t.Error("the list does not say that expired certificates stay")
}

// What was signed before the key was lost is good for ever, what came later is
// not; a hold counts as long as it lasts.
func TestIdentifyThen(t *testing.T) {
	h := pkitest.New(t)
	v, ca, now := h.Verifier(), h.Authority.Issuing, time.Now()
	lost := h.Node("lost")
	at := now.Add(time.Hour)
	for _, when := range []time.Time{now, at.Add(time.Hour)} {
		if _, err := v.IdentifyThen(lost.Chain, when); err != nil {
			t.Errorf("before it was revoked: %v", err)
		}
	}
	take(t, v, revoke(t, ca, lost, pki.KeyCompromise, at), true)
	for _, fresh := range []*pki.Verifier{v, pki.NewVerifier(h.Authority.Trust())} {
		for _, l := range v.Lists() {
			if _, err := fresh.Revoke(l); err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct {
			name string
			when time.Time
			want error
		}{
			{"long before", now, nil}, {"just before", at.Add(-time.Second), nil}, {"then", at, pki.ErrRevoked},
			{"after", at.Add(time.Hour), pki.ErrRevoked},
		} {
			if id, err := fresh.IdentifyThen(lost.Chain, tt.when); !errors.Is(err, tt.want) || (err == nil) != id.Known() {
				t.Errorf("%s: IdentifyThen = %+v, %v, want %v", tt.name, id, err, tt.want)
			}
		}
		if _, err := fresh.Identify(lost.Chain, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("Identify = %v, want %v", err, pki.ErrRevoked)
		}
	}
	must(t, h.Authority.Root.Revoke(pki.Serial(ca.Cert), pki.CACompromise, at.Add(-time.Minute)))
	take(t, v, publish(t, h.Authority.Root, at), true)
	other := h.Node("other")
	for when, want := range map[time.Time]error{now: nil, at: pki.ErrRevoked} {
		if _, err := v.IdentifyThen(other.Chain, when); !errors.Is(err, want) {
			t.Errorf("below a revoked authority: %v, want %v", err, want)
		}
	}
}

// Only what was issued can be revoked, and only for a reason there is.
func TestRevokeWhat(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	good := h.Node("bedside")
	for _, tt := range []struct {
		name, serial string
		ca           *pki.CA
		why          pki.Reason
		want         error
	}{
		{"another's", good.ID.Serial, h.Authority.People, pki.KeyCompromise, pki.ErrNotIssued},
		{"nobody's", "00", h.Authority.Issuing, pki.KeyCompromise, pki.ErrNotIssued},
		{"for no reason", good.ID.Serial, h.Authority.Issuing, 7, nil},
		{"to be reinstated", good.ID.Serial, h.Authority.Issuing, pki.RemoveFromCRL, nil},
	} {
		if err := tt.ca.Revoke(tt.serial, tt.why, now); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: Revoke = %v, want %v", tt.name, err, tt.want)
		}
	}
	for r := pki.Unspecified; r <= pki.AACompromise; r++ {
		back, err := pki.ParseReason(r.String())
		if known := r != 7 && r != pki.RemoveFromCRL; known != (err == nil) || known && back != r {
			t.Errorf("reason %d: %v, %v", r, back, err)
		}
	}
}
