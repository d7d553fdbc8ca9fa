package device

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/flow"
)

// patience is how long a write waits for the broker.
const patience = 5 * time.Second

// A topic is a device behind a topic of a broker: what is published there is
// its value, and what is written to it is published there.
type topic struct {
	converter
	name   string
	qos    byte
	retain bool
	client *mqtt.Client
	log    *slog.Logger

	mu    sync.Mutex // guards what follows
	value flow.Value
	heard bool
	bad   error // the last message was none
	feeds watchers
}

func openTopic(c Capability, s *settings) (any, error) {
	t := &topic{name: s.need("topic", "such as ward/3/bed-1/temperature"), retain: s.bool("retain", false), log: s.log}
	cfg := mqtt.Config{Broker: s.need("broker", "such as mqtts://broker.h1.example:8883"), Username: s.text("username", ""),
		Password: s.secret("password_file"), TLS: s.roots("roots"), ClientID: s.text("client_id", ""), Log: s.log, Wake: t.take}
	switch qos := s.number("qos", 1); qos {
	case 0, 1:
		t.qos = byte(qos)
	default:
		s.refuse("qos", "want 0 (may be lost) or 1 (comes at least once), not %v", qos)
	}
	t.converter = newConverter(c, s)
	if err := s.err(); err != nil {
		return nil, err
	}
	if c.Use != Writes {
		cfg.Topics, cfg.QoS = []string{t.name}, t.qos
	}
	if err := mqtt.CheckTopic(t.name); err != nil {
		return nil, fmt.Errorf("devices: %s: %w", c.Name, err)
	}
	t.mu.Lock() // take waits until the client is there
	defer t.mu.Unlock()
	var err error
	if t.client, err = mqtt.Connect(cfg); err != nil {
		return nil, fmt.Errorf("devices: %s: %w", c.Name, err)
	}
	return t, nil
}

// take makes what has arrived the value.
func (t *topic) take() {
	t.mu.Lock()
	for m, ok := t.client.Next(); ok; m, ok = t.client.Next() {
		t.client.Take(m)
		t.hear(m.Payload)
	}
	t.mu.Unlock()
	t.feeds.wake()
}

func (t *topic) hear(payload []byte) {
	if len(payload) > longest {
		t.bad = fmt.Errorf("%s: a message has more than %d bytes", t.c.Name, longest)
		return
	}
	v, err := t.converter.value(string(payload))
	if t.bad = err; err != nil {
		t.log.Warn("message is no value", "device", t.c.Name, "err", err)
		return
	}
	t.value, t.heard = v, true
	t.feeds.push(v)
}

// Read is the value of the last message.
func (t *topic) Read(time.Time) (flow.Value, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.bad != nil:
		return nil, t.bad
	case !t.heard:
		return nil, ErrSilent
	}
	return t.value, nil
}

// Watch gives the value of each message from now on.
func (t *topic) Watch(wake func()) Feed {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.feeds.add(wake, nil)
	f.awaits = true
	return f
}

// Write publishes a value, and waits until the broker has it.
func (t *topic) Write(v flow.Value) error {
	text, err := t.text(v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err = t.client.Publish(ctx, mqtt.Message{Topic: t.name, Payload: []byte(text), QoS: t.qos, Retain: t.retain})
	if err != nil {
		return fmt.Errorf("%s: %w", t.c.Name, err)
	}
	return nil
}

// Close ends the connection.
func (t *topic) Close() error { return t.client.Close() }

// secret is the first line of a file, so that no password stands in a
// configuration; "" where the key is missing.
func (s *settings) secret(key string) string {
	if _, ok := s.get(key); !ok {
		return ""
	}
	b, err := os.ReadFile(s.path(key, "a file with one line"))
	if err != nil {
		s.refuse(key, "%v", err)
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return strings.TrimSuffix(string(line), "\r")
}

// roots are the certificates of a PEM file; nil, the system's, where the key is
// missing.
func (s *settings) roots(key string) *tls.Config {
	if _, ok := s.get(key); !ok {
		return nil
	}
	pem, err := os.ReadFile(s.path(key, "a file of certificates, PEM"))
	if err != nil {
		s.refuse(key, "%v", err)
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		s.refuse(key, "holds no certificate")
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}
