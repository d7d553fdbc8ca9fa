package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
)

// What is read of a request: bounded in bytes and in time.

// readBody reads a body of at most so many bytes, which arrives within patience.
func readBody(w http.ResponseWriter, r *http.Request, most int64, patience time.Duration) ([]byte, error) {
	// Some writers can't set a deadline (in tests); the limit stands anyhow.
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Now().Add(patience))
	defer func() { _ = rc.SetReadDeadline(time.Time{}) }()
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return nil, problem(http.StatusRequestEntityTooLarge, "too-large", "too large", "the body is over %d bytes", large.Limit)
	}
	if err != nil {
		return nil, problem(http.StatusBadRequest, "bad-request", "bad request", "body: %v", err)
	}
	return data, nil
}

// readJSON takes one JSON value from a body, which has no field that we don't know.
func readJSON(w http.ResponseWriter, r *http.Request, most int64, patience time.Duration, v any) error {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return problem(http.StatusUnsupportedMediaType, "bad-request", "bad request", "content type %q", kind).hint("send application/json")
	}
	data, err := readBody(w, r, most, patience)
	if err != nil {
		return err
	}
	return decodeOne(data, v)
}

func decodeOne(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = errors.New("more than one JSON value")
		}
	}
	if err != nil {
		return problem(http.StatusBadRequest, "bad-request", "bad request", "body: %v", err)
	}
	return nil
}

// An entry is what opens a session: the secret of a one-time link.
type entry struct {
	Token string `json:"token"`
}

// forgetAll has the browser forget what it keeps of this page.
func forgetAll(w http.ResponseWriter) { w.Header().Set("Clear-Site-Data", `"cache", "cookies"`) }
