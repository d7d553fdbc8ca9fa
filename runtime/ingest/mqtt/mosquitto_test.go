package mqtt

import (
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// folder is a device's certificate as files, with the trust.
func (h *house) folder(dev flow.Signer) string {
	h.t.Helper()
	dir := h.t.TempDir()
	if err := pki.SaveSigner(dir, dev); err != nil {
		h.t.Fatal(err)
	}
	if err := pki.SaveTrust(filepath.Join(dir, "trust.pem"), h.Authority.Trust()); err != nil {
		h.t.Fatal(err)
	}
	return dir
}

// Mosquitto's client, which knows nothing of us, brings readings with nothing but
// the files of an enrolment, checks our certificate, and hears why it is refused.
func TestMosquittoPub(t *testing.T) {
	pkitest.Need(t, "mosquitto_pub")
	h := openHouse(t, nil)
	h.core.do = func(_ context.Context, _ ingest.Sender, items []ingest.Item) ([]ingest.Outcome, error) {
		o := ingest.Outcome{Outcome: ingest.Accepted}
		if items[0].Reading.Seq == 13 {
			o = ingest.Outcome{Outcome: ingest.Refused, Code: flow.TooLow, Reason: "too low", Clause: "1.1 Cel is below 25 Cel"}
		}
		return all(items, o), nil
	}
	monitor := h.Device(monitorURN, group)
	host, port, err := net.SplitHostPort(h.broker.Addr())
	if err != nil {
		t.Fatal(err)
	}
	run := func(dir, topic, payload string, more ...string) (string, error) {
		args := append([]string{"-V", "mqttv5", "-h", host, "-p", port, "--cafile", filepath.Join(dir, "trust.pem"), "-i", "monitor", "-q", "1", "-t", topic, "-m", payload,
			"-D", "publish", "content-type", ingest.JSON, "-d"}, more...)
		out, err := exec.CommandContext(t.Context(), "mosquitto_pub", args...).CombinedOutput()
		return string(out), err
	}
	dir := h.folder(monitor)
	own := []string{"--cert", filepath.Join(dir, "cert.pem"), "--key", filepath.Join(dir, "key.pem")}
	topic := TopicOf(monitor.ID, "hr").String()
	if out, err := run(dir, topic, reading("1"), own...); err != nil || !strings.Contains(out, "PUBACK (Mid: 1, RC:0)") {
		t.Errorf("own topic: %v\n%s", err, out)
	}
	if out, err := run(dir, topic, reading("13"), own...); !strings.Contains(out, "RC:131") {
		t.Errorf("refused by a rule: %v\n%s", err, out)
	}
	if out, err := run(dir, "h1/3/icu-3/3074257BF7194E4000001A85/hr", reading("1"), own...); !strings.Contains(out, "RC:135") {
		t.Errorf("another's topic: %v\n%s", err, out)
	}
	if out, err := run(dir, topic, reading("1")); err == nil {
		t.Errorf("without a certificate:\n%s", out)
	}
	wrong := h.Rogue()
	if err := pki.SaveTrust(filepath.Join(dir, "trust.pem"), wrong.Authority.Trust()); err != nil {
		t.Fatal(err)
	}
	if out, err := run(dir, topic, reading("1"), own...); err == nil {
		t.Errorf("mosquitto believed us below another root:\n%s", out)
	}
	if took := h.core.what(); len(took) != 2 {
		t.Errorf("the core was given %d readings, want 2", len(took))
	}
}
