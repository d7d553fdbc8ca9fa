package housetest_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest/mqtt"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// The hospital comes to life, and takes what its device brings over both ways.
func TestHouse(t *testing.T) {
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	h := housetest.Open(t, housetest.Config{})
	body := fmt.Sprintf(`{"stream":"temp","seq":1,"kind":"8310-5","unit":"Cel","at":%d,"value":"36.6"}`, time.Now().UnixNano())
	if got := h.BringHTTPS("application/json", []byte(body)); !strings.Contains(string(got), "accepted") {
		t.Errorf("HTTPS answered %s", got)
	}
	sealed := h.Seal(&flow.Reading{Stream: "hr", Seq: 1, Kind: "8867-4", Unit: "/min", At: time.Now(), Scale: 1_000_000, Samples: []int64{72}})
	h.BringMQTT("", "hr", sealed)
	h.BringMQTT("", "hr", sealed) // the device has not heard that it is stored
	if got := h.BringHTTPS("application/cose", sealed); !strings.Contains(string(got), "already") {
		t.Errorf("what had come over MQTT came over HTTPS, too, and was answered %s", got)
	}
}

// What the device has sealed comes from a broker of the hospital's, too, and what
// it has not sealed does not.
func TestOutsideBroker(t *testing.T) {
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	pkitest.Need(t, "mosquitto")
	url := ""
	h := housetest.Open(t, housetest.Config{Broker: func(h *housetest.House) string {
		url = mosquitto(t, h)
		return url
	}})
	var chain []byte
	for _, c := range h.Monitor.Chain {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	h.BringMQTT(url, mqtt.CertificateStream, chain)
	h.BringMQTT(url, "hr", []byte(fmt.Sprintf(`{"stream":"hr","seq":1,"kind":"8867-4","unit":"/min","at":%d,"value":"71"}`, time.Now().UnixNano())))
	sealed := h.Seal(&flow.Reading{Stream: "hr", Seq: 1, Kind: "8867-4", Unit: "/min", At: time.Now(), Scale: 1_000_000, Samples: []int64{72}})
	h.BringMQTT(url, "hr", sealed)
	h.Until("the reading that was sealed is stored", func() bool { return len(stored(t, h)) > 0 })
	if got := stored(t, h); len(got) != 1 || got[0] != 72 {
		t.Errorf("the store holds %v of the device, want the 72 that it has sealed", got)
	}
}

// stored are the heart rates of the device outside that the store holds.
func stored(t *testing.T, h *housetest.House) (rates []int64) {
	st, err := sqlite.OpenReadOnly(h.File("records", "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for c, err := range st.Chunks(t.Context(), store.Query{Patient: h.Patient, Kind: "8867-4"}) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Reading.Device == h.Monitor.ID.EPC {
			rates = append(rates, c.Reading.Micro(0)/1_000_000)
		}
	}
	return rates
}

// mosquitto starts Debian's broker, which lets in everybody who has a certificate
// of the hospital.
func mosquitto(t *testing.T, h *housetest.House) (url string) {
	l, err := net.Listen("tcp", h.Host+":0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close()
	if err := pki.SaveSigner(h.File("broker"), h.Web()); err != nil {
		t.Fatal(err)
	}
	conf := fmt.Sprintf("listener %d %s\ncafile %s\ncertfile %s\nkeyfile %s\nrequire_certificate true\ntls_version tlsv1.3\nallow_anonymous true\nuser root\n",
		addr.Port, h.Host, h.File("trust.pem"), h.File("broker", "cert.pem"), h.File("broker", "key.pem"))
	if err := os.WriteFile(h.File("broker", "conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("mosquitto", "-c", h.File("broker", "conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return "mqtts://" + addr.String()
}

// A device that is revoked at the CA service is cut off wherever it is connected,
// and does not come in again.
func TestRevokedDevice(t *testing.T) {
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	h := housetest.Open(t, housetest.Config{})
	in := h.Configs[housetest.Ward].Ingest
	open := map[string]net.Conn{}
	for what, addr := range map[string]string{"MQTT": in.MQTT, "HTTPS": in.HTTPS} {
		c, err := h.DialAsMonitor(addr)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		defer c.Close()
		open[what] = c
	}
	open["MQTT"].Write([]byte("\x10\x0e\x00\x04MQTT\x05\x02\x00\x1e\x00\x00\x01m"))
	if _, err := io.ReadFull(open["MQTT"], make([]byte, 2)); err != nil {
		t.Fatalf("no CONNACK: %v", err)
	}
	began := time.Now()
	h.Revoke(h.Monitor.ID.URI)
	for what, c := range open {
		c.SetReadDeadline(time.Now().Add(5 * time.Minute))
		_, err := io.Copy(io.Discard, c)
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Errorf("%s: the connection stays open", what)
		}
		t.Logf("%s ended %s after the revocation", what, time.Since(began).Round(time.Millisecond))
	}
	for what, addr := range map[string]string{"MQTT": in.MQTT, "HTTPS": in.HTTPS} {
		c, err := h.DialAsMonitor(addr)
		if err != nil {
			continue
		}
		c.SetReadDeadline(time.Now().Add(5 * time.Minute))
		if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
			t.Errorf("%s: the device comes in again", what)
		}
		c.Close()
	}
}
