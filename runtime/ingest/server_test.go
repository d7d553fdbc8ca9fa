package ingest_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/leaktest"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }

const (
	thermoEPC = "urn:epc:id:giai:0614141.5678"
	otherEPC  = "urn:epc:id:giai:0614141.5679"
	group     = "h1/3/icu-3/thermometer"
)

// A ward is a node's listener, and in place of an intake a function.
type ward struct {
	t      *testing.T
	h      *pkitest.Hospital
	core   *ingest.Core
	server *ingest.Server
	dev    flow.Signer

	mu     sync.Mutex // guards what follows
	audit  []flow.AuditEvent
	taken  []*flow.Arrival
	answer func(*flow.Arrival) // nil: accepted
	full   error
	stop   func()
}

func newWard(t *testing.T, edit func(*ingest.Config)) *ward {
	t.Helper()
	h := pkitest.New(t)
	return wardOf(t, h, h.Device(thermoEPC, group), edit)
}

func wardOf(t *testing.T, h *pkitest.Hospital, dev flow.Signer, edit func(*ingest.Config)) *ward {
	t.Helper()
	w := &ward{t: t, h: h, dev: dev}
	cfg := ingest.Config{Audit: w.note, Patience: 2 * time.Second}
	if edit != nil {
		edit(&cfg)
	}
	w.core = ingest.NewCore(cfg)
	w.stop = w.core.Serve("ward:intake", []string{w.dev.ID.EPC}, w.put)
	own := w.h.Node("bedside")
	var err error
	w.server, err = ingest.Serve(ingest.ServerConfig{Addr: "127.0.0.1:0", Core: w.core, Verifier: w.h.Verifier(), Audit: w.note,
		Own: func() (*tls.Certificate, error) { return pki.Certificate(own) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.server.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *ward) note(e flow.AuditEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.audit = append(w.audit, e)
}

// audited are the events that name somebody and why, since the last look.
func (w *ward) audited() (all []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.audit {
		all = append(all, fmt.Sprintf("%s %v: %s: %s", e.Who, e.Proven, e.What, e.Why))
	}
	w.audit = nil
	return all
}

func (w *ward) put(all []*flow.Arrival) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.full != nil {
		return w.full
	}
	w.taken = append(w.taken, all...)
	for _, a := range all {
		if w.answer != nil {
			w.answer(a)
		} else {
			a.Answer(flow.Answer{})
		}
	}
	return nil
}

func (w *ward) client(s flow.Signer) *http.Client {
	conf := pki.ClientTLS(func() flow.Signer { return s }, w.h.Verifier(), pki.Only(flow.RoleNode))
	tr := &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}
	w.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// post posts a body and gives status, answer and Retry-After.
func (w *ward) post(c *http.Client, contentType, body string) (int, string, string) {
	w.t.Helper()
	res, err := c.Post("https://"+w.server.Addr()+ingest.Path, contentType, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header.Get("Retry-After")
}

func now() string { return time.Now().UTC().Format(time.RFC3339Nano) }

func plain(seq int) string {
	return fmt.Sprintf(`{"stream":"temp","seq":%d,"kind":"8310-5","unit":"Cel","at":"%s","value":"36.6"}`, seq, now())
}

// What a device brings is answered one by one; who it is and of which group, its
// certificate says.
func TestServer(t *testing.T) {
	w := newWard(t, nil)
	c := w.client(w.dev)
	status, body, _ := w.post(c, "application/json; charset=utf-8", plain(1))
	if status != 200 || body != `{"outcomes":[{"stream":"temp","seq":1,"outcome":"accepted"}]}` {
		t.Errorf("a reading: %d %s", status, body)
	}
	a := w.taken[0]
	if a.By.URI != w.dev.ID.URI || a.By.Group != group || a.Reading.Device != w.dev.ID.EPC || a.Reading.Micro(0) != 36_600_000 {
		t.Errorf("taken: %+v %+v", a.By, a.Reading)
	}

	sealed, err := proof.SealReading(w.dev, &flow.Reading{Device: w.dev.ID.EPC, Stream: "temp", Seq: 2, Kind: "8310-5", Unit: "Cel", At: time.Now(), Scale: 100_000, Samples: []int64{366}})
	if err != nil {
		t.Fatal(err)
	}
	for what, tt := range map[string]struct{ contentType, body string }{
		"COSE":           {ingest.COSE, string(sealed.Bytes)},
		"COSE in CBOR":   {ingest.CBOR, string(sealed.Bytes)},
		"sealed in JSON": {ingest.JSON, `[{"sealed":"` + base64.StdEncoding.EncodeToString(sealed.Bytes) + `"}]`},
	} {
		if status, body, _ := w.post(c, tt.contentType, tt.body); status != 200 || !strings.Contains(body, `"seq":2,"outcome":"accepted"`) {
			t.Errorf("%s: %d %s", what, status, body)
		}
		if got := w.taken[len(w.taken)-1].Sealed.Bytes; !bytes.Equal(got, sealed.Bytes) {
			t.Errorf("%s: other bytes were taken: %x", what, got)
		}
	}

	w.answer = func(a *flow.Arrival) {
		switch a.Reading.Seq {
		case 3:
			a.Answer(flow.Answer{Verdict: flow.Verdict{Reason: flow.TooLow, Clause: "1.1 Cel is below 25 Cel"}})
		case 4:
			a.Answer(flow.Answer{Already: true})
		default:
			a.Answer(flow.Answer{})
		}
	}
	status, body, _ = w.post(c, ingest.JSON, "["+plain(3)+","+plain(4)+","+plain(5)+"]")
	want := `{"outcomes":[{"stream":"temp","seq":3,"outcome":"refused","reason":"too low","clause":"1.1 Cel is below 25 Cel","code":5},` +
		`{"stream":"temp","seq":4,"outcome":"already"},{"stream":"temp","seq":5,"outcome":"accepted"}]}`
	if status != 200 || body != want {
		t.Errorf("a batch: %d %s", status, body)
	}
	if status, body, _ := w.post(c, ingest.JSON, plain(3)); status != 422 || !strings.Contains(body, "too low: 1.1 Cel is below 25 Cel") {
		t.Errorf("a refused one: %d %s", status, body)
	}
	if status, body, _ := w.post(c, ingest.JSON, plain(4)); status != 409 || !strings.Contains(body, `"already"`) {
		t.Errorf("one again: %d %s", status, body)
	}
	if events := w.audited(); len(events) != 0 {
		t.Errorf("audited %q, want nothing", events)
	}
}

// Whatever a device claims that its certificate does not say is refused, and the
// record names it.
func TestServerRefuses(t *testing.T) {
	w := newWard(t, nil)
	other := w.h.Device(otherEPC, group)
	c := w.client(w.dev)
	seal := func(s flow.Signer, epc string) string {
		b, err := proof.SealReading(s, &flow.Reading{Device: epc, Stream: "temp", Seq: 1, Kind: "8310-5", Unit: "Cel", At: time.Now(), Scale: 1, Samples: []int64{1}})
		if err != nil {
			t.Fatal(err)
		}
		return string(b.Bytes)
	}
	vouched, err := proof.Vouch(w.h.Collector("bed1", "h1/3/icu-3/collector"), time.Now(), []proof.Vouched{{Device: w.dev.ID.Leaf,
		Reading: &flow.Reading{Device: w.dev.ID.EPC, Stream: "temp", Seq: 1, At: time.Now(), Scale: 1, Samples: []int64{1}}}})
	if err != nil {
		t.Fatal(err)
	}
	claim := func(key, value string) string {
		return strings.Replace(plain(1), "{", fmt.Sprintf(`{%q:%q,`, key, value), 1)
	}
	for _, tt := range []struct {
		what, contentType, body string
		status                  int
		says, audit             string
	}{
		{"another device", ingest.JSON, claim("device", other.ID.EPC), 422, "the certificate is that of " + w.dev.ID.EPC, "bring a reading of device " + other.ID.EPC},
		{"another group", ingest.JSON, claim("group", "h1/3/icu-3/ecg"), 422, "the certificate has " + group, "bring a reading of group h1/3/icu-3/ecg"},
		{"sealed by another", ingest.COSE, seal(other, other.ID.EPC), 422, "the certificate is that of", "bring a reading of device"},
		{"sealed by another in its name", ingest.COSE, seal(other, w.dev.ID.EPC), 422, "another certificate than the one shown", "bring a sealed reading"},
		{"vouched for by itself", ingest.COSE, string(vouched[0].Bytes), 400, "its device has not signed", "can't be read"},
		{"ahead of the clock", ingest.JSON, strings.Replace(plain(1), now()[:4], "2200", 1), 422, "ahead of the clock", "ahead of the clock"},
		{"no JSON", ingest.JSON, "hello", 400, "want '{'", "can't be read"},
		{"a float", ingest.JSON, strings.Replace(plain(1), `"36.6"`, "36.6", 1), 400, "this is a float", "can't be read"},
		{"XML", "application/xml", "<reading/>", 415, "unknown content type", "can't be read"},
		{"too much", ingest.JSON, "[" + strings.Repeat(" ", ingest.MaxBody) + "]", 413, "at most", ""},
		{"too many", ingest.JSON, "[" + strings.Repeat(plain(1)+",", 256) + plain(1) + "]", 400, "more than 256 readings", "can't be read"},
		{"nothing", ingest.JSON, "[]", 400, "no reading", "can't be read"},
	} {
		status, body, _ := w.post(c, tt.contentType, tt.body)
		if status != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d %s; want %d %s", tt.what, status, body, tt.status, tt.says)
		}
		events := w.audited()
		if tt.audit == "" {
			continue
		}
		if len(events) != 1 || !strings.HasPrefix(events[0], w.dev.ID.URI+" true: ") || !strings.Contains(events[0], tt.audit) {
			t.Errorf("%s: audited %q, want %s of %s", tt.what, events, tt.audit, w.dev.ID.URI)
		}
		w.core.Forgive() // so that each is told
	}
	if len(w.taken) != 0 {
		t.Errorf("%d were taken", len(w.taken))
	}
	for path, method := range map[string]string{"/": "POST", "/v1/other": "POST", ingest.Path: "GET"} {
		req, err := http.NewRequest(method, "https://"+w.server.Addr()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 404 && res.StatusCode != 405 {
			t.Errorf("%s %s: %s", method, path, res.Status)
		}
	}
}

// Who is no device with a good certificate gets no connection.
func TestServerAndStrangers(t *testing.T) {
	w := newWard(t, nil)
	for what, s := range map[string]flow.Signer{"a node": w.h.Node("n2"), "a collector": w.h.Collector("bed2", "h1/3/icu-3/collector"),
		"staff": w.h.Staff("n-17"), "a rogue": w.h.Rogue().Device(thermoEPC, group), "nobody": {}} {
		conf := pki.ClientTLS(func() flow.Signer { return s }, w.h.Verifier(), pki.Only(flow.RoleNode))
		if what == "nobody" {
			conf.GetClientCertificate = nil
		}
		tr := &http.Transport{TLSClientConfig: conf}
		res, err := (&http.Client{Transport: tr}).Post("https://"+w.server.Addr()+ingest.Path, ingest.JSON, strings.NewReader(plain(1)))
		if err == nil {
			res.Body.Close()
			t.Errorf("%s was answered: %s", what, res.Status)
		}
		tr.CloseIdleConnections()
	}
	res, err := http.Post("http://"+w.server.Addr()+ingest.Path, ingest.JSON, strings.NewReader(plain(1)))
	if err == nil {
		res.Body.Close()
		t.Errorf("plain HTTP was answered: %s", res.Status)
	}
	conf := pki.ClientTLS(func() flow.Signer { return w.dev }, w.h.Verifier(), pki.Only(flow.RoleNode))
	conf.MinVersion, conf.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if conn, err := tls.Dial("tcp", w.server.Addr(), conf); err == nil {
		conn.Close()
		t.Error("TLS 1.2 was agreed upon")
	}
	who := strings.Join(w.audited(), "\n")
	for _, want := range []string{"spiffe://h1.health.example/node/n2", "spiffe://people.h1.health.example/staff/n-17"} {
		if !strings.Contains(who, want) {
			t.Errorf("nothing is on record about %s:\n%s", want, who)
		}
	}
}

// A device that is revoked loses the connection that it has, at once.
func TestServerRevoked(t *testing.T) {
	w := newWard(t, nil)
	conf := pki.ClientTLS(func() flow.Signer { return w.dev }, w.h.Verifier(), pki.Only(flow.RoleNode))
	conf.NextProtos = []string{"http/1.1"}
	conn, err := tls.Dial("tcp", w.server.Addr(), conf)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := plain(1)
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", ingest.Path, ingest.JSON, len(body), body)
	buf := make([]byte, 1000)
	if _, err := conn.Read(buf); err != nil {
		t.Fatal(err)
	}
	epc, err := pki.ParseEPC(thermoEPC)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w.h.Verifier().RevokeEPC(epc)
	conn.SetReadDeadline(began.Add(5 * time.Second))
	for err = nil; err == nil; { // what is left of the answer, and then the end
		_, err = conn.Read(buf)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the connection ended after %v: %v", took, err)
	}
	if events := w.audited(); len(events) != 1 || !strings.Contains(events[0], "stay connected") || !strings.Contains(events[0], w.dev.ID.URI) {
		t.Errorf("audited %q", events)
	}
	if conn, err := tls.Dial("tcp", w.server.Addr(), conf); err == nil {
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := conn.Read(buf); err == nil {
			t.Error("a revoked device got a connection")
		}
		conn.Close()
	}
}

// When there is no room, nobody serves the device, or it asks too much, it is
// told when to come again, or where.
func TestServerPressure(t *testing.T) {
	elsewhere := ""
	w := newWard(t, func(c *ingest.Config) {
		c.Rate, c.Burst, c.Patience = 0.5, 5, 50*time.Millisecond
		c.Elsewhere = func(string) string { return elsewhere }
	})
	c := w.client(w.dev)
	w.full = errors.New("all is full")
	if status, body, after := w.post(c, ingest.JSON, plain(1)); status != 503 || after != "1" || !strings.Contains(body, "all is full") {
		t.Errorf("without room: %d %s, %s", status, body, after)
	}
	w.full, w.answer = nil, func(*flow.Arrival) {} // nobody knows
	if status, body, after := w.post(c, ingest.JSON, plain(1)); status != 503 || after != "1" || !strings.Contains(body, "with the same numbers") {
		t.Errorf("not settled: %d %s, %s", status, body, after)
	}
	w.stop()
	if status, body, after := w.post(c, ingest.JSON, plain(1)); status != 503 || after != "5" {
		t.Errorf("without an intake: %d %s, %s", status, body, after)
	}
	elsewhere = "https://10.0.0.2:7443"
	if status, body, _ := w.post(c, ingest.JSON, plain(1)); status != 421 || !strings.Contains(body, `"elsewhere":"https://10.0.0.2:7443"`) {
		t.Errorf("elsewhere: %d %s", status, body)
	}
	w.post(c, ingest.JSON, plain(1))
	status, body, after := w.post(c, ingest.JSON, plain(1))
	if status != 429 || after != "2" {
		t.Errorf("the sixth at once: %d %s, %s", status, body, after)
	}
	if events := w.audited(); len(events) != 1 || !strings.Contains(events[0], "more than it may") {
		t.Errorf("audited %q", events)
	}
}

// A client tries again with the same bytes, and goes where it is sent.
func TestClient(t *testing.T) {
	w := newWard(t, nil)
	tries := 0
	w.full = errors.New("not yet")
	c, err := ingest.NewClient(ingest.ClientConfig{URL: "https://" + w.server.Addr(), Own: func() flow.Signer { return w.dev }, Verifier: w.h.Verifier(),
		Told: func(error) {
			tries++
			w.mu.Lock()
			defer w.mu.Unlock()
			w.full = nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	out, err := c.Send(t.Context(), ingest.JSON, []byte(plain(7)))
	if err != nil || len(out) != 1 || out[0].Outcome != ingest.Accepted || tries != 1 {
		t.Errorf("Send = %+v, %v after %d tries", out, err, tries)
	}
	if _, err := c.Send(t.Context(), "text/plain", []byte("x")); err == nil || !strings.Contains(err.Error(), "unknown content type") {
		t.Errorf("Send of text = %v", err)
	}

	first := wardOf(t, w.h, w.dev, func(c *ingest.Config) { c.Elsewhere = func(string) string { return "https://" + w.server.Addr() } })
	first.stop()
	moved, err := ingest.NewClient(ingest.ClientConfig{URL: "https://" + first.server.Addr(), Own: func() flow.Signer { return w.dev }, Verifier: w.h.Verifier()})
	if err != nil {
		t.Fatal(err)
	}
	defer moved.Close()
	if out, err := moved.Send(t.Context(), ingest.JSON, []byte(plain(8))); err != nil || len(out) != 1 || len(w.taken) != 2 {
		t.Errorf("Send by way of another node = %+v, %v", out, err)
	}
	for _, bad := range []string{"http://x:1", "x:1", "https://", "https://x:1/v1/readings"} {
		if _, err := ingest.NewClient(ingest.ClientConfig{URL: bad}); err == nil {
			t.Errorf("NewClient(%q) is accepted", bad)
		}
	}
}

// A device's certificate is made known once, before its first reading goes on.
func TestCorePublishes(t *testing.T) {
	var published []string
	fails := true
	h := pkitest.New(t)
	dev := h.Device(thermoEPC, group)
	core := ingest.NewCore(ingest.Config{Publish: func(_ context.Context, chain []*certificate) error {
		if fails {
			return errors.New("no majority")
		}
		published = append(published, chain[0].Subject.SerialNumber)
		return nil
	}})
	core.Serve("a:b", []string{dev.ID.EPC}, func(all []*flow.Arrival) error {
		for _, a := range all {
			a.Answer(flow.Answer{})
			a.Answer(flow.Answer{Already: true}) // counts no more
		}
		return nil
	})
	from := ingest.Sender{ID: dev.ID, Chain: dev.Chain, From: "10.0.0.9:1", Via: "https"}
	items, err := ingest.Decode(ingest.JSON, []byte("["+plain(1)+","+plain(2)+"]"))
	if err != nil {
		t.Fatal(err)
	}
	var no *ingest.Refusal
	if _, err := core.Take(t.Context(), from, items); !errors.As(err, &no) || no.Status != 503 {
		t.Errorf("Take without a majority = %v", err)
	}
	fails = false
	for range 3 {
		out, err := core.Take(t.Context(), from, items)
		if err != nil || len(out) != 2 || out[0].Outcome != ingest.Accepted || out[1].Outcome != ingest.Accepted {
			t.Errorf("Take = %+v, %v", out, err)
		}
	}
	if !slices.Equal(published, []string{dev.ID.EPC}) {
		t.Errorf("published %q", published)
	}
	from.ID = h.Node("n").ID
	if _, err := core.Take(t.Context(), from, items); !errors.As(err, &no) || no.Status != 403 {
		t.Errorf("Take from a node = %v", err)
	}
	b, err := json.Marshal(no)
	if err != nil || len(b) == 0 {
		t.Error(err)
	}
}
