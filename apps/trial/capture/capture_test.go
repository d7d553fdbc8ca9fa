package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/capture"
	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// The secrets that are planted. What they are made of stands nowhere else.
const (
	patient = "p-canary-Zx81qTw7"
	room    = "h1/3/canary-room-Vk3" // the rules are of h1/3
	epc     = "urn:epc:id:giai:0614141.73172390"
	host    = "127.77.31.1" // nobody else on this machine uses it
	control = "plain-canary-4hGq9"
)

// temperature are 36.73 Cel in millionths.
var temperature = []int64{36731937, 36731938, 36731939}

// mayListen opens a capture, or skips the test where that is not permitted.
func mayListen(t *testing.T, file string) *capture.Tap {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	pkitest.Need(t, "tcpdump")
	if os.Geteuid() != 0 {
		t.Skip("listening in needs root")
	}
	tap, err := capture.Listen("lo", "host "+host, file)
	if err != nil {
		t.Skipf("listening in is not permitted here: %v", err)
	}
	return tap
}

// AT-eavesdrop: whoever hears all that goes over the network while a hospital
// enrols, meets, deploys, measures, stores, looks and renews, learns nothing of
// its patients: each byte lies in a record of TLS 1.3, under a key exchange that
// the long-term keys do not give away.
func TestNothingInTheOpen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lo.pcap")
	tap := mayListen(t, file)
	h := housetest.Open(t, housetest.Config{Host: host, Patient: patient, Room: room, EPC: epc})
	body := fmt.Sprintf(`{"stream":"temp","seq":1,"kind":"8310-5","unit":"Cel","at":%d,"value":"36.731937"}`, time.Now().UnixNano())
	h.BringHTTPS("application/json", []byte(body))
	h.BringMQTT("", "temp", h.Seal(&flow.Reading{Stream: "temp", Seq: 2, Kind: "8310-5", Unit: "Cel", At: time.Now(), Period: time.Second, Scale: 1, Samples: temperature}))
	h.Stored(40)
	if !strings.Contains(h.Deployed(), patient) {
		t.Error("the script does not name the patient: there is nothing to hide")
	}
	fetch(t, "http://"+h.CA.Addrs()[1].String()+"/crl/issuing.crl")
	sayPlainly(t)
	h.Close()
	if err := tap.Stop(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := capture.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	look(t, c, h)
	logs(t, h)
}

// look holds the capture to what may be heard.
func look(t *testing.T, c *capture.Capture, h *housetest.House) {
	t.Helper()
	needles := map[string][]byte{}
	for name, secret := range map[string]string{"patient": patient, "room": room, "its name": "canary-room-Vk3", "device": epc, "device's number": "0614141.73172390",
		"device's EPC": h.Monitor.ID.EPC, "value": "36.731937", "samples": "36731937"} {
		maps.Copy(needles, capture.Needles(name, secret))
	}
	maps.Copy(needles, capture.Numbers("samples", temperature))
	plain := map[string]bool{h.CA.Addrs()[1].String(): true} // revocation lists, which prove themselves
	sealed, servers, heard := 0, 0, false
	for _, s := range c.Streams {
		if found := s.Holds(needles); len(found) > 0 {
			t.Errorf("%s → %s holds in the open: %q", s.From, s.To, found)
		}
		if strings.Contains(string(s.Bytes), control) {
			heard = true
			continue
		}
		if len(s.Bytes) == 0 || plain[s.From.String()] || plain[s.To.String()] {
			continue
		}
		if s.Gap {
			t.Errorf("%s → %s has a gap", s.From, s.To)
		}
		n, err := s.Records()
		if err != nil {
			t.Errorf("%s → %s: %v", s.From, s.To, err)
		}
		sealed += n
		hello, err := s.Hello()
		if err != nil {
			continue // the client's side
		}
		servers++
		if hello.Version != capture.TLS13 || hello.Group != capture.X25519MLKEM768 {
			t.Errorf("%s chose %+v, want TLS 1.3 with X25519MLKEM768", s.From, hello)
		}
	}
	t.Logf("%d packets in %d streams, %d of them a server's; %d sealed records", c.Packets, len(c.Streams), servers, sealed)
	if !heard {
		t.Error("the capture does not hold what was said plainly: it shows nothing")
	}
	if servers < 10 || sealed < 200 {
		t.Errorf("%d servers' streams with %d sealed records: too little for a hospital", servers, sealed)
	}
	for _, o := range c.Other {
		t.Errorf("not TCP: %s", o)
	}
}

// logs holds what is written for operators to naming no patient and no value.
func logs(t *testing.T, h *housetest.House) {
	t.Helper()
	for _, n := range housetest.Nodes {
		b, err := os.ReadFile(h.Log(n))
		if err != nil || len(b) == 0 {
			t.Errorf("the log of %s can't be read: %v", n, err)
		}
		for _, secret := range []string{patient, "36.731937", "36731937"} {
			for line := range bytes.Lines(b) {
				if bytes.Contains(line, []byte(secret)) {
					t.Errorf("the log of %s holds %s: %.300s", n, secret, line)
					break
				}
			}
		}
	}
}

// sayPlainly sends what the capture must hold, if it holds anything.
func sayPlainly(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, err = io.Copy(io.Discard, c)
			err = errors.Join(err, c.Close())
		}
		done <- err
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c.Write([]byte(control))
	c.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func fetch(t *testing.T, url string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	if b, err := io.ReadAll(resp.Body); err != nil || len(b) == 0 || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %d bytes, %v", url, resp.Status, len(b), err)
	}
}
