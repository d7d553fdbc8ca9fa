package trial

import (
	"encoding/json"
	"io"
	"net"
	"net/http"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A bareWish has a host serve what any Go program could: it decodes readings and
// forgets them, behind the same TLS.
type bareWish struct{ Listen, Certificate, Trust string }

func serveBare(w bareWish) (*http.Server, error) {
	own, err := pki.LoadSigner(w.Certificate)
	if err != nil {
		return nil, err
	}
	trust, err := pki.LoadTrust(w.Trust)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", w.Listen)
	if err != nil {
		return nil, err
	}
	s := &http.Server{Handler: http.HandlerFunc(decodeOnly),
		TLSConfig: pki.ServerTLS(func() flow.Signer { return own }, pki.NewVerifier(trust), pki.Only(flow.RoleDevice))}
	s.TLSConfig.NextProtos = []string{"h2", "http/1.1"}
	go s.ServeTLS(l, "", "")
	return s, nil
}

func decodeOnly(w http.ResponseWriter, r *http.Request) {
	var reading struct {
		Stream, Kind, Unit, At, Value string
		Seq                           uint64
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &reading)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := json.Marshal(ingest.Answered{Outcomes: []ingest.Outcome{{Stream: reading.Stream, Seq: reading.Seq, Outcome: ingest.Accepted}}})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", ingest.JSON)
	w.Write(answer)
}
