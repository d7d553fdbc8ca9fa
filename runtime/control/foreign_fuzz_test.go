package control

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What an event writer wrote, an event reader reads; whatever else comes is an end
// or an error.
func FuzzEventReader(f *testing.F) {
	for _, seed := range []string{"id: a-1\nevent: snapshot\ndata: {}\n\n", ": hello\nretry: 1000\n\n", "data: x", "event: a\r\ndata: b\r\n\r\n", "event\n\ndata: \n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, foreign []byte) {
		in := &eventReader{in: bufio.NewReaderSize(bytes.NewReader(foreign), 16)}
		for range 100 {
			if _, _, err := in.next(); err != nil {
				break
			}
		}
		if data := strings.NewReplacer("\n", "", "\r", "").Replace(string(foreign)); data != "" {
			rec := httptest.NewRecorder()
			out := &eventWriter{w: rec, rc: http.NewResponseController(deadlineless{rec}), patience: time.Second}
			if err := out.event("a-1", "changes", []byte(data)); err != nil {
				t.Fatal(err)
			}
			name, got, err := (&eventReader{in: bufio.NewReaderSize(rec.Body, 16)}).next()
			if err != nil || name != "changes" || string(got) != data {
				t.Fatalf("wrote %q, read %q %q, %v", data, name, got, err)
			}
		}
	})
}

// A deadlineless writer takes deadlines and does nothing with them.
type deadlineless struct{ *httptest.ResponseRecorder }

func (deadlineless) SetWriteDeadline(time.Time) error { return nil }

// Whatever mark a page is asked for by, it is an error or a place in the list; the
// mark of a thing is where the page after it begins.
func FuzzMark(f *testing.F) {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	var all []Refusal
	for i := range 9 {
		all = append(all, Refusal{At: at.Add(-time.Duration(i/3) * time.Second), Actor: flow.ActorID("ward:a"), Reason: strings.Repeat("x", i)})
	}
	l := listedRefusals
	f.Add("", 1)
	f.Add("yesterday", 2)
	for i := range all {
		f.Add(l.mark(&all[i]), 1+i)
	}
	f.Fuzz(func(t *testing.T, mark string, limit int) {
		items, next, err := l.page(all, url.Values{"after": {mark}}, max(0, limit))
		if err != nil {
			return
		}
		if len(items) > len(all) || limit > 0 && len(items) > limit || (next != "") != (len(items) > 0 && l.mark(&items[len(items)-1]) != l.mark(&all[len(all)-1])) {
			t.Fatalf("page %q of %d: %d items, next %q", mark, limit, len(items), next)
		}
	})
}

// Whatever a caller sends as a key is refused, or is kept as it is.
func FuzzKey(f *testing.F) {
	for _, seed := range []string{"", `"a"`, "a", "8e03978e-40d5-43dd-bc93-6894a57f9324", strings.Repeat("x", 256), "ü", `"`, `""`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header["Idempotency-Key"] = []string{sent}
		k, err := keyOf(r)
		if err != nil {
			return
		}
		if k.key != sent && `"`+k.key+`"` != sent || k.key == "" || len(k.key) > maxOnceKey || k.who != [sha256.Size]byte{} {
			t.Fatalf("key %q came of %q", k.key, sent)
		}
	})
}
