package attack

import (
	"crypto/tls"
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// TE2: certificates that openssl has made, shown to every listener. The good one
// opens the port for devices; the ten others nothing.
func badCertificates() []attack {
	all := []attack{{id: "TE2 good", has: "a good device's certificate, made by openssl", tries: "knocks at every listener but the one for devices", do: goodCertificate}}
	for _, name := range []string{"self-signed", "wrong-root", "expired", "not-yet-valid", "wrong-eku", "no-extension", "other-epc", "outside-constraint", "path-too-long", "revoked"} {
		all = append(all, attack{id: "TE2 " + name, has: "a certificate made by openssl: " + strings.ReplaceAll(name, "-", " "), tries: "knocks at every listener",
			do: func(t *testing.T, g *ground) string { return badCertificate(t, g, name) }})
	}
	return all
}

// made are openssl's certificates, made once for all attacks.
type made struct {
	once sync.Once
	*pkitest.Made
}

func (g *ground) openssl() *pkitest.Made {
	g.t.Helper()
	pkitest.Need(g.t, "openssl")
	g.made.once.Do(func() { g.made.Made = g.h.OpenSSL() })
	return g.made.Made
}

// refusals are why each listener of a node refuses a certificate; "" where it
// does not. API is what refuses with a word, and not in the handshake.
func (g *ground) refusals(name flow.NodeID, cert tls.Certificate) map[string]string {
	g.t.Helper()
	cfg := g.cfgs[name]
	conf := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }}
	door := conf.Clone()
	door.NextProtos = []string{"h2"}
	all := map[string]string{"door": refusedTLS(g.t.Context(), cfg.Door, door, http2), "API": refusedHTTPS(g.t, cfg.Control, "/api/v1/status", &cert)}
	if cfg.Ingest.HTTPS != "" {
		all["ingest"] = refusedHTTPS(g.t, cfg.Ingest.HTTPS, "/v1/readings", &cert)
	}
	if cfg.Ingest.MQTT != "" {
		all["broker"] = refusedTLS(g.t.Context(), cfg.Ingest.MQTT, conf, mqttConnect)
	}
	return all
}

func goodCertificate(t *testing.T, g *ground) string {
	made := g.openssl()
	who := flow.Signer{Key: made.Good.Key, Chain: made.Good.Chain}
	newDevice(t, who).mustSend(g.intakeAt(), reading{Stream: "temp", Seq: 1, Kind: "8310-5", Unit: "Cel", At: now(), Value: "36.6"})
	all := g.refusals(ward, made.Good.TLS())
	if all["ingest"] != "" || all["broker"] != "" {
		t.Fatalf("a good certificate of openssl's is refused: %s, %s", all["ingest"], all["broker"])
	}
	if all["door"] == "" || all["API"] == "" {
		t.Fatalf("a device may call at the door (%q) or use the API (%q)", all["door"], all["API"])
	}
	return all["door"] + "; " + all["API"]
}

func badCertificate(t *testing.T, g *ground, name string) string {
	made := g.openssl()
	for _, c := range made.Bad {
		if c.Name != name {
			continue
		}
		if name == "revoked" {
			if _, err := g.client(ward).Revoke(t.Context(), made.List); err != nil {
				t.Fatal(err)
			}
		}
		since := now()
		how := ""
		for where, why := range g.refusals(ward, c.TLS()) {
			if why == "" {
				t.Fatalf("the %s lets it in", where)
			}
			how += where + ": " + strings.TrimSpace(why) + "; "
		}
		// What it was refused for stands in the record, at the door and at the API.
		who := ""
		if uris := c.Chain[0].URIs; len(uris) == 1 {
			who = uris[0].String()
		}
		for _, kind := range []flow.AuditKind{flow.AuditConnection, flow.AuditRequest} {
			line := g.recorded(record{ward, kind, who}, since)
			if !strings.Contains(line, c.Why.Error()) {
				t.Errorf("the record says %s, want that it is refused for: %v", line, c.Why)
			}
			t.Logf("record:  %s", line)
		}
		return how
	}
	t.Fatalf("openssl has made no certificate that is %s", name)
	return ""
}
