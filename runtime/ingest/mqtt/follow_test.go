package mqtt

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	device "github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Signer makes core a Sealing one that knows no certificates.
func (c *core) Signer(ingest.Item) (ingest.Sender, error) {
	return ingest.Sender{}, fmt.Errorf("it is not known yet: %w", flow.ErrLater)
}

// A yard is Debian's mosquitto with mutual TLS, that lets everybody with a
// certificate of the hospital publish anything: a broker that nobody guards.
type yard struct {
	*pkitest.Hospital
	t    testing.TB
	url  string
	core *core
	ev   chan flow.AuditEvent
}

func openYard(t *testing.T) *yard {
	t.Helper()
	pkitest.Need(t, "mosquitto")
	y := &yard{Hospital: pkitest.New(t), t: t, core: &core{}, ev: make(chan flow.AuditEvent, 100)}
	dir := t.TempDir()
	web, err := y.Authority.EnrollWeb(pki.WebRequest{IPs: []net.IP{net.IPv4(127, 0, 0, 1)}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	conf := fmt.Sprintf("listener %d 127.0.0.1\ncafile %s\ncertfile %s\nkeyfile %s\nrequire_certificate true\ntls_version tlsv1.3\nallow_anonymous true\nuser root\n",
		port, filepath.Join(dir, "trust.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	err = errors.Join(pki.SaveSigner(dir, web), pki.SaveTrust(filepath.Join(dir, "trust.pem"), y.Authority.Trust()), os.WriteFile(filepath.Join(dir, "conf"), []byte(conf), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("mosquitto", "-c", filepath.Join(dir, "conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	y.url = "mqtts://127.0.0.1:" + strconv.Itoa(port)
	return y
}

func (y *yard) tls(who flow.Signer) *tls.Config {
	return pki.WebClientTLS(func() flow.Signer { return who }, y.Verifier(), "127.0.0.1")
}

func (y *yard) follow() *Follower {
	y.t.Helper()
	f, err := Follow(FollowConfig{Broker: y.url, TLS: y.tls(y.Node("bedside")), Client: "bedside", Verifier: y.Verifier(), Core: y.core,
		Audit: func(e flow.AuditEvent) { y.ev <- e }})
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() {
		if err := f.Close(); err != nil {
			y.t.Error(err)
		}
	})
	return f
}

// as is a client of the broker with somebody's certificate.
func (y *yard) as(who flow.Signer) *device.Client {
	y.t.Helper()
	c, err := device.Connect(device.Config{Broker: y.url, TLS: y.tls(who)})
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() { c.Close() })
	return c
}

func (y *yard) publish(c *device.Client, topic string, payload []byte) {
	y.t.Helper()
	ctx, cancel := context.WithTimeout(y.t.Context(), patience)
	defer cancel()
	if err := c.Publish(ctx, device.Message{Topic: topic, Payload: payload, QoS: 1}); err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) sealed(dev flow.Signer, seq uint64) []byte {
	y.t.Helper()
	s, err := proof.SealReading(dev, &flow.Reading{Device: dev.ID.EPC, Stream: "hr", Seq: seq, Kind: "8867-4", Unit: "/min", At: time.Now(), Scale: 1_000_000, Samples: []int64{72}})
	if err != nil {
		y.t.Fatal(err)
	}
	return s.Bytes
}

func pems(s flow.Signer) (b []byte) {
	for _, c := range s.Chain {
		b = append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return b
}

func (y *yard) waitTaken(n int) []taken {
	y.t.Helper()
	h := house{t: y.t}
	h.until(fmt.Sprintf("the core has %d readings", n), func() bool { return len(y.core.what()) >= n })
	return y.core.what()
}

// From an outside broker only what the device itself has sealed is taken, whoever
// says there that it is the device.
func TestFollow(t *testing.T) {
	y := openYard(t)
	f := y.follow()
	(&house{t: t}).until("the broker is connected", f.Up)
	monitor, thief := y.Device(monitorURN, group), y.Device(pumpURN, group)
	own, other := y.as(monitor), y.as(thief)
	topic := TopicOf(monitor.ID, "hr").String()

	y.publish(own, TopicOf(monitor.ID, CertificateStream).String(), pems(monitor))
	y.publish(own, topic, y.sealed(monitor, 1))
	took := y.waitTaken(1)
	if took[0].from.ID.URI != monitor.ID.URI || took[0].item.Reading.Seq != 1 || len(took[0].item.Sealed.Bytes) == 0 {
		t.Errorf("took %+v", took[0])
	}
	expired := y.Issue(pki.Request{Role: flow.RoleDevice, EPC: epcOf(t, pumpURN), Group: group, Life: time.Nanosecond})
	revoked := y.Device(monitorURN, group)
	y.publish(own, TopicOf(monitor.ID, CertificateStream).String(), pems(revoked))
	y.publish(own, topic, y.sealed(revoked, 2))
	y.waitTaken(2)
	y.Verifier().RevokeLeaf(revoked.ID.Leaf)
	forged := y.sealed(monitor, 3)
	forged[len(forged)-70] ^= 1
	for name, m := range map[string]struct {
		topic   string
		payload []byte
	}{
		"not sealed":                  {topic, []byte(reading("9"))},
		"sealed by another":           {topic, y.sealed(thief, 9)},
		"forged":                      {topic, forged},
		"another's certificate":       {TopicOf(monitor.ID, CertificateStream).String(), pems(thief)},
		"no certificate":              {TopicOf(monitor.ID, CertificateStream).String(), []byte("x")},
		"expired certificate":         {TopicOf(expired.ID, CertificateStream).String(), pems(expired)},
		"another hospital's":          {TopicOf(monitor.ID, CertificateStream).String(), pems(y.Neighbour().Device(monitorURN, group))},
		"by a revoked certificate":    {topic, y.sealed(revoked, 9)},
		"a good one, another's topic": {TopicOf(thief.ID, "hr").String(), y.sealed(monitor, 9)},
		"another stream's topic":      {TopicOf(monitor.ID, "rr").String(), y.sealed(monitor, 9)},
		"no topic of ours":            {"a/b/c/d/e", y.sealed(monitor, 9)},
	} {
		y.publish(other, m.topic, m.payload)
		select {
		case e := <-y.ev:
			if !e.Refused() || e.Who == "" {
				t.Errorf("%s: event %+v", name, e)
			}
		case <-time.After(patience):
			t.Errorf("%s: no audit event", name)
		}
	}
	y.publish(other, topic, y.sealed(monitor, 4)) // carried by another, but sealed by the device
	if took := y.waitTaken(3); len(took) != 3 || took[2].item.Reading.Seq != 4 || took[2].from.ID.URI != monitor.ID.URI {
		t.Errorf("took %d readings, the last %+v", len(took), took[len(took)-1].item.Reading)
	}
}

// What is not settled is brought again; what nobody takes does not hold up the
// other devices for ever.
func TestFollowSettles(t *testing.T) {
	y := openYard(t)
	var mu sync.Mutex
	tries := map[string]int{}
	monitor, pump := y.Device(monitorURN, group), y.Device(pumpURN, group)
	y.core.do = func(_ context.Context, from ingest.Sender, items []ingest.Item) ([]ingest.Outcome, error) {
		mu.Lock()
		defer mu.Unlock()
		tries[from.ID.EPC]++
		if from.ID.EPC == pump.ID.EPC || tries[from.ID.EPC] < 3 {
			return nil, &ingest.Refusal{Status: 503, Why: "not now", After: time.Second}
		}
		return all(items, ingest.Outcome{Outcome: ingest.Accepted}), nil
	}
	f, err := Follow(FollowConfig{Broker: y.url, TLS: y.tls(y.Node("bedside")), Client: "bedside", Verifier: y.Verifier(), Core: y.core, Patience: 2 * time.Second,
		Audit: func(e flow.AuditEvent) { y.ev <- e }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	(&house{t: t}).until("the broker is connected", f.Up)
	for _, dev := range []flow.Signer{pump, monitor} {
		c := y.as(dev)
		y.publish(c, TopicOf(dev.ID, CertificateStream).String(), pems(dev))
		y.publish(c, TopicOf(dev.ID, "hr").String(), y.sealed(dev, 1))
	}
	(&house{t: t}).until("the third try was taken", func() bool { mu.Lock(); defer mu.Unlock(); return tries[monitor.ID.EPC] == 3 })
	if e := <-y.ev; e.Who != pump.ID.URI || !e.Proven {
		t.Errorf("event %+v, want that nobody took the pump's readings", e)
	}
}
