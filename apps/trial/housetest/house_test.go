package housetest_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/flow"
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
	h.BringMQTT(&flow.Reading{Stream: "hr", Seq: 1, Kind: "8867-4", Unit: "/min", At: time.Now(), Scale: 1_000_000, Samples: []int64{72}})
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
		c.SetReadDeadline(time.Now().Add(time.Minute))
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
		c.SetReadDeadline(time.Now().Add(time.Minute))
		if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
			t.Errorf("%s: the device comes in again", what)
		}
		c.Close()
	}
}
