package housetest

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	device "github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest/mqtt"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

// BringHTTPS brings a body over HTTPS as the device outside does, and returns the
// answer: 200, 409, or 422 where it is refused.
func (h *House) BringHTTPS(contentType string, body []byte) []byte {
	h.t.Helper()
	conf := pki.WebClientTLS(func() flow.Signer { return h.Monitor }, h.Verifier, h.Host)
	tr := &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(h.within(), http.MethodPost, "https://"+h.Configs[Ward].Ingest.HTTPS+"/v1/readings", bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil || !slices.Contains([]int{http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity}, resp.StatusCode) {
		h.t.Fatalf("bring readings: %s, %v\n%s", resp.Status, err, b)
	}
	return b
}

// Seal is a reading as the device outside signs it.
func (h *House) Seal(r *flow.Reading) []byte {
	h.t.Helper()
	r.Device = h.Monitor.ID.EPC
	sealed, err := proof.SealReading(h.Monitor, r)
	if err != nil {
		h.t.Fatal(err)
	}
	return sealed.Bytes
}

// BringMQTT publishes to a stream of the device outside and returns when that is
// acknowledged. At the node of the ward that is when its readings are settled; at
// another broker, mqtts://host:port, when the broker has the message.
func (h *House) BringMQTT(broker, stream string, payload []byte) {
	h.t.Helper()
	if broker == "" {
		broker = "mqtts://" + h.Configs[Ward].Ingest.MQTT
	}
	c, err := device.Connect(device.Config{Broker: broker, ClientID: "monitor",
		TLS: pki.WebClientTLS(func() flow.Signer { return h.Monitor }, h.Verifier, h.Host)})
	if err != nil {
		h.t.Fatal(err)
	}
	defer c.Close()
	m := device.Message{Topic: mqtt.TopicOf(h.Monitor.ID, stream).String(), Payload: payload, QoS: 1}
	if err := c.Publish(h.within(), m); err != nil {
		h.t.Fatal(fmt.Errorf("bring a reading over MQTT: %w", err))
	}
}

// DialAsMonitor opens a connection to a listener with the certificate of the
// device outside.
func (h *House) DialAsMonitor(addr string) (net.Conn, error) {
	conf := pki.WebClientTLS(func() flow.Signer { return h.Monitor }, h.Verifier, h.Host)
	return (&tls.Dialer{Config: conf}).DialContext(h.within(), "tcp", addr)
}

// Revoke takes from somebody all that it has, at the CA service; who is a SPIFFE
// ID. How the nodes hear of it is their matter.
func (h *House) Revoke(who string) {
	h.t.Helper()
	if _, _, err := h.office.Revoke(who, pki.KeyCompromise, enroll.Caller{Who: engineer}, time.Now()); err != nil {
		h.t.Fatal(err)
	}
}
