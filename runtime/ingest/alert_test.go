package ingest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
)

// A device whose certificate the node does not take is told so at once, and not
// after all its patience.
func TestClientIsToldOfItsCertificate(t *testing.T) {
	w := newWard(t, nil)
	for name, own := range map[string]flow.Signer{
		"a node, not a device": w.h.Node("other"),
		"of another hospital":  w.h.Rogue().Device(thermoEPC, group),
	} {
		tried := 0
		c, err := ingest.NewClient(ingest.ClientConfig{URL: "https://" + w.server.Addr(), Own: func() flow.Signer { return own }, Verifier: w.h.Verifier(),
			Patience: time.Minute, Told: func(error) { tried++ }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Send(t.Context(), ingest.JSON, []byte(plain(1))); !errors.Is(err, ingest.ErrCertificate) || tried > 3 { // the alert may be lost where the connection is reset
			t.Errorf("%s: %v after %d tries, want %v", name, err, tried, ingest.ErrCertificate)
		}
		c.Close()
	}
}
