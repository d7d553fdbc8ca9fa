package mqtt_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/device/mqtt/mqtttest"
)

// soon bounds a wait for the broker; it is never waited for in vain.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// A waiter counts on Wake.
type waiter chan struct{}

func (w waiter) wake() {
	select {
	case w <- struct{}{}:
	default:
	}
}

// until waits for a condition, looking whenever something happened.
func (w waiter) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx := soon(t)
	for !is() {
		select {
		case <-w:
		case <-time.After(10 * time.Millisecond): // what the broker does, it does not tell
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func connect(t *testing.T, cfg mqtt.Config) (*mqtt.Client, waiter) {
	t.Helper()
	w := make(waiter, 1)
	cfg.Wake = w.wake
	c, err := mqtt.Connect(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, w
}

// subscribed waits until the broker knows the client's topics.
func subscribed(t *testing.T, b *mqtttest.Broker, w waiter, filter string) {
	t.Helper()
	w.until(t, "the broker knows of "+filter, func() bool {
		return len(b.Topics.Subscribers(strings.ReplaceAll(filter, "#", "x")).Subscriptions) > 0
	})
}

func TestPublishAndSubscribe(t *testing.T) {
	b := mqtttest.Start(t)
	c, w := connect(t, mqtt.Config{Broker: b.URL(), Topics: []string{"ward/#"}, QoS: 1})
	subscribed(t, b, w, "ward/#")
	for i := range 3 {
		if err := c.Publish(soon(t), mqtt.Message{Topic: "ward/bed", Payload: fmt.Append(nil, i), QoS: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		w.until(t, "a message comes", func() bool { _, ok := c.Next(); return ok })
		m, _ := c.Next()
		if m.Topic != "ward/bed" || string(m.Payload) != fmt.Sprint(i) {
			t.Errorf("message %d is %s %s", i, m.Topic, m.Payload)
		}
		c.Take(m)
	}
}

// What was not taken when the connection is lost comes again, and the topics
// are subscribed anew.
func TestReconnect(t *testing.T) {
	b := mqtttest.Start(t)
	c, w := connect(t, mqtt.Config{Broker: b.URL(), ClientID: "bed-1", Topics: []string{"ward/#"}, QoS: 1, Session: time.Hour})
	subscribed(t, b, w, "ward/#")
	b.Say("ward/bed", "first", false)
	w.until(t, "the message comes", func() bool { _, ok := c.Next(); return ok })
	b.Cut()
	w.until(t, "the client comes anew", func() bool { return b.Accepted() == 2 })
	w.until(t, "it is back", c.Up)
	w.until(t, "the message comes again", func() bool { m, ok := c.Next(); return ok && string(m.Payload) == "first" })
	m, _ := c.Next()
	c.Take(m)
	c.Take(m) // a second time does nothing
	b.Say("ward/bed", "second", false)
	w.until(t, "the next comes", func() bool { m, ok := c.Next(); return ok && string(m.Payload) == "second" })
}

// What nobody has taken stays with the broker; what was taken does not come
// again.
func TestMessagesWaitAtTheBroker(t *testing.T) {
	b := mqtttest.Start(t)
	c, w := connect(t, mqtt.Config{Broker: b.URL(), ClientID: "slow", Topics: []string{"ward/#"}, QoS: 1, Session: time.Hour})
	subscribed(t, b, w, "ward/#")
	const sent = 40
	for i := range sent {
		b.Say("ward/bed", fmt.Sprint(i), false)
	}
	held := func(n int) func() bool {
		return func() bool {
			at, ok := b.Clients.Get("slow")
			return ok && at.State.Inflight.Len() == n
		}
	}
	w.until(t, "the broker has sent them", held(sent))
	b.Cut()
	w.until(t, "the client comes anew", func() bool { return b.Accepted() == 2 })
	w.until(t, "it is back", c.Up)
	seen := map[string]bool{}
	for i := range sent {
		w.until(t, fmt.Sprint(i+1, " messages came"), func() bool { _, ok := c.Next(); return ok })
		m, _ := c.Next()
		if seen[string(m.Payload)] {
			t.Fatalf("message %s comes twice", m.Payload)
		}
		seen[string(m.Payload)] = true
		c.Take(m)
	}
	w.until(t, "the broker has forgotten them", held(0))
}

func TestPublishWithoutBroker(t *testing.T) {
	c, _ := connect(t, mqtt.Config{Broker: "mqtt://127.0.0.1:1"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := c.Publish(ctx, mqtt.Message{Topic: "a", QoS: 1})
	if err == nil || !strings.Contains(err.Error(), "broker mqtt://127.0.0.1:1 can't be reached") {
		t.Errorf("Publish = %v, want an error that names the broker", err)
	}
	if err := c.Publish(ctx, mqtt.Message{Topic: "a/+"}); err == nil || !strings.Contains(err.Error(), "one can't publish to + and #") {
		t.Errorf("Publish to a wildcard = %v", err)
	}
}

// A script reaches the brokers and topics that are listed, and no others.
func TestBrokersAllow(t *testing.T) {
	b := mqtttest.Start(t)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	brokers, err := mqtt.NewBrokers([]mqtt.Broker{{URL: b.URL(), Topics: []string{"ward/#", "lab/+/result"}}}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for want, r := range map[string]mqtt.Request{
		"": {Host: b.Host, Port: b.Port, Topics: []string{"ward/+/bed", "lab/7/result", "lab/+/result"}},
		"does not allow the broker elsewhere:1883": {Host: "elsewhere", Port: 1883},
		"does not allow the topic #":               {Host: b.Host, Port: b.Port, Topics: []string{"#"}},
		"does not allow the topic lab/#":           {Host: b.Host, Port: b.Port, Topics: []string{"lab/#"}},
		"does not allow the topic lab/7/other":     {Host: b.Host, Port: b.Port, Topics: []string{"lab/7/other"}},
		"does not allow the topic $SYS/ward":       {Host: b.Host, Port: b.Port, Topics: []string{"$SYS/ward"}},
		"does not allow the topic pharmacy":        {Host: b.Host, Port: b.Port, Will: &mqtt.Message{Topic: "pharmacy"}},
		"+ stands for a whole level":               {Host: b.Host, Port: b.Port, Topics: []string{"ward/b+"}},
	} {
		c, err := brokers.Open(r)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%+v) = %v, want %q", r, err, want)
		}
		if err == nil {
			if err := c.MayPublish("pharmacy/door"); err == nil {
				t.Error("MayPublish lets it out to pharmacy/door")
			}
			if err := c.MayPublish("ward/3"); err != nil {
				t.Errorf("MayPublish(ward/3) = %v", err)
			}
			c.Close()
		}
	}
	for want, b := range map[string]mqtt.Broker{
		"topics are missing":    {URL: "mqtt://b"},
		"want mqtt://HOST:PORT": {URL: "http://b", Topics: []string{"#"}},
		"so it is the last":     {URL: "mqtt://b", Topics: []string{"#/a"}},
		"it is empty":           {URL: "mqtt://b", Topics: []string{""}},
	} {
		if _, err := mqtt.NewBrokers([]mqtt.Broker{b}, quiet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("NewBrokers(%+v) = %v, want %q", b, err, want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		filter, topic string
		want          bool
	}{
		{"a/b", "a/b", true}, {"a/b", "a/c", false}, {"a/+", "a/b", true}, {"a/+", "a/b/c", false}, {"a/#", "a/b/c", true},
		{"a/#", "a", true}, {"#", "a", true}, {"#", "$SYS/x", false}, {"$SYS/#", "$SYS/x", true}, {"+/b", "a/b", true},
		{"+", "/a", false}, {"/+", "/a", true}, {"+/+", "/a", true}, {"a", "a/b", false},
	} {
		if got := mqtt.Match(tt.filter, tt.topic); got != tt.want {
			t.Errorf("Match(%s, %s) = %v", tt.filter, tt.topic, got)
		}
	}
}

// Whatever a filter is: checked, it matches itself as far as a topic can.
func FuzzMatch(f *testing.F) {
	for _, s := range []string{"a/b", "+/#", "#", "$SYS/+", "/", "a//b", "++", "\x00"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, filter, topic string) {
		got := mqtt.Match(filter, topic)
		if mqtt.CheckTopic(filter) == nil && got != (filter == topic) {
			t.Errorf("without wildcards, Match(%q, %q) = %v", filter, topic, got)
		}
	})
}

func TestMemory(t *testing.T) {
	b := &mqtt.Memory{}
	c, err := b.Open(mqtt.Request{Host: "anywhere", Topics: []string{"ward/+"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Set(map[string]any{"topic": "ward/3", "payload": "36.8"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Publish(t.Context(), mqtt.Message{Topic: "lab/3"}); err != nil {
		t.Fatal(err)
	}
	if m, ok := c.Next(); !ok || m.Topic != "ward/3" || string(m.Payload) != "36.8" {
		t.Errorf("Next = %v, %v", m, ok)
	}
	c.Take(mqtt.Message{})
	if m, ok := c.Next(); ok {
		t.Errorf("Next = %v, want none", m)
	}
	if n := len(b.Published()); n != 2 {
		t.Errorf("%d published, want 2", n)
	}
	for _, v := range []any{nil, "x", map[string]any{"topic": "a"}, map[string]any{"topic": "a/#", "payload": ""}} {
		if err := b.Set(v); err == nil {
			t.Errorf("Set(%v) gives no error", v)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
