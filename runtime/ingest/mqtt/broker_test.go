package mqtt

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A device's reading comes to the core with the identity of its certificate, in
// each form, and is acknowledged.
func TestPublish(t *testing.T) {
	h := openHouse(t, nil)
	monitor := h.Device(monitorURN, group)
	c := h.mustCall(monitor)
	topic := TopicOf(monitor.ID, "hr").String()
	sealed, err := proof.SealReading(monitor, &flow.Reading{Device: monitor.ID.EPC, Stream: "hr", Seq: 3, Kind: "8867-4", Unit: "/min",
		At: time.Now(), Scale: 1_000_000, Samples: []int64{72}})
	if err != nil {
		t.Fatal(err)
	}
	for _, payload := range []string{reading("1"), "[" + reading("2") + "]", string(sealed.Bytes)} {
		if r := c.publish(topic, payload); r.ReasonCode != 0 || len(r.Properties.User) != 0 {
			t.Errorf("publish: reason %#x %q", r.ReasonCode, r.Properties.ReasonString)
		}
	}
	took := h.core.what()
	if len(took) != 3 {
		t.Fatalf("the core took %d readings, want 3", len(took))
	}
	for i, x := range took {
		if x.from.ID.URI != monitor.ID.URI || x.from.ID.Group != group || x.from.Via != "mqtt" || x.from.From == "" || len(x.from.Chain) == 0 {
			t.Errorf("reading %d came from %+v", i, x.from)
		}
		if x.item.Reading.Seq != uint64(i+1) {
			t.Errorf("reading %d has number %d", i, x.item.Reading.Seq)
		}
	}
	if !slices.Equal(took[2].item.Sealed.Bytes, sealed.Bytes) {
		t.Error("the sealed bytes have changed on the way")
	}
	if got, want := *c.ack.Properties.ReceiveMaximum, uint16(64); got != want {
		t.Errorf("CONNACK: receive maximum %d, want %d", got, want)
	}
	if p := c.ack.Properties; p.RetainAvailable || p.WildcardSubAvailable || p.SharedSubAvailable || *p.MaximumQoS != 1 || *p.MaximumPacketSize != maxPacket {
		t.Errorf("CONNACK promises what there is not: %+v", p)
	}
}

// The acknowledgement waits until the readings are settled, and what the device
// publishes meanwhile is gathered.
func TestAcknowledgedWhenSettled(t *testing.T) {
	h := openHouse(t, nil)
	monitor := h.Device(monitorURN, group)
	entered, settle := make(chan int), make(chan struct{})
	h.core.do = func(_ context.Context, _ ingest.Sender, items []ingest.Item) ([]ingest.Outcome, error) {
		entered <- len(items)
		<-settle
		return all(items, ingest.Outcome{Outcome: ingest.Accepted}), nil
	}
	c := h.mustCall(monitor)
	topic := TopicOf(monitor.ID, "hr").String()
	acked := make(chan byte, 3)
	bring := func(seq string) {
		r, _ := c.Publish(c.ctx, &paho.Publish{Topic: topic, QoS: 1, Payload: []byte(reading(seq))})
		acked <- r.ReasonCode
	}
	go bring("1")
	if n := <-entered; n != 1 {
		t.Fatalf("the core was given %d readings at first, want 1", n)
	}
	go bring("2")
	go bring("3")
	s := h.broker.all()[0]
	h.until("the next messages are read", func() bool { return len(s.queue) == 2 })
	if len(acked) != 0 {
		t.Fatal("a message was acknowledged before it was settled")
	}
	close(settle)
	if n := <-entered; n != 2 {
		t.Errorf("the core was given %d readings then, want the 2 that waited", n)
	}
	for range 3 {
		if code := <-acked; code != 0 {
			t.Errorf("reason %#x, want success", code)
		}
	}
}

// What became of readings is told with MQTT's codes and in words.
func TestAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		outcome ingest.Outcome
		err     error
		code    byte
		why     string // in the reason string
		more    string // key=value of a user property
	}{
		{"accepted", ingest.Outcome{Outcome: ingest.Accepted}, nil, 0, "", ""},
		{"already", ingest.Outcome{Outcome: ingest.Already}, nil, 0, "", "already=hr 1"},
		{"warning", ingest.Outcome{Outcome: ingest.Accepted, Warning: "clock"}, nil, 0, "", "warning=hr 1: clock"},
		{"rule", ingest.Outcome{Outcome: ingest.Refused, Code: flow.TooLow, Reason: "too low", Clause: "1 is below 25"}, nil, 0x83, "hr 1: too low: 1 is below 25", "refused=hr 1: too low: 1 is below 25"},
		{"another's", ingest.Outcome{Outcome: ingest.Refused, Code: flow.BadSignature, Reason: "bad signature"}, nil, 0x87, "bad signature", ""},
		{"too many", ingest.Outcome{}, &ingest.Refusal{Status: http.StatusTooManyRequests, Why: "too many", After: 1500 * time.Millisecond}, 0x97, "too many", "retry-after=2"},
		{"elsewhere", ingest.Outcome{}, &ingest.Refusal{Status: http.StatusMisdirectedRequest, Why: "another node", Elsewhere: "https://b:1"}, 0x83, "another node", "elsewhere=https://b:1"},
		{"no device", ingest.Outcome{}, &ingest.Refusal{Status: http.StatusForbidden, Why: "no"}, 0x87, "no", ""},
		{"broken", ingest.Outcome{}, errors.New("broken"), 0x83, "broken", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := openHouse(t, nil)
			monitor := h.Device(monitorURN, group)
			h.core.do = func(_ context.Context, _ ingest.Sender, items []ingest.Item) ([]ingest.Outcome, error) {
				return all(items, tt.outcome), tt.err
			}
			r := h.mustCall(monitor).publish(TopicOf(monitor.ID, "hr").String(), reading("1"))
			if r.ReasonCode != tt.code || !strings.Contains(r.Properties.ReasonString, tt.why) {
				t.Errorf("reason %#x %q, want %#x %q", r.ReasonCode, r.Properties.ReasonString, tt.code, tt.why)
			}
			var more []string
			for _, p := range r.Properties.User {
				more = append(more, p.Key+"="+p.Value)
			}
			if tt.more != "" && !slices.Contains(more, tt.more) {
				t.Errorf("user properties %q, want %q", more, tt.more)
			}
		})
	}
}

// A device that names its own answers as the response topic hears all outcomes
// there, with its ticket.
func TestResponseTopic(t *testing.T) {
	h := openHouse(t, nil)
	monitor := h.Device(monitorURN, group)
	c := h.mustCall(monitor)
	if _, err := c.Subscribe(c.ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: AnswersTo(monitor.ID.EPC)}}}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Publish(c.ctx, &paho.Publish{Topic: TopicOf(monitor.ID, "hr").String(), Payload: []byte("[" + reading("1") + "," + reading("2") + "]"),
		Properties: &paho.PublishProperties{ResponseTopic: AnswersTo(monitor.ID.EPC), CorrelationData: []byte("t1")}}) // QoS 0: there is no other answer
	if err != nil {
		t.Fatal(err)
	}
	select {
	case p := <-c.heard:
		var got struct{ Outcomes []ingest.Outcome }
		if err := json.Unmarshal(p.Payload, &got); err != nil || len(got.Outcomes) != 2 || got.Outcomes[1].Seq != 2 || string(p.Properties.CorrelationData) != "t1" {
			t.Errorf("heard %s with ticket %q, %v", p.Payload, p.Properties.CorrelationData, err)
		}
	case <-c.ctx.Done():
		t.Fatal("no answer came")
	}
}

// A message whose readings are not all of its topic's stream, or that is no
// message of readings, is refused as a whole.
func TestBadPayload(t *testing.T) {
	h := openHouse(t, nil)
	monitor := h.Device(monitorURN, group)
	c := h.mustCall(monitor)
	for name, payload := range map[string]string{"empty": "", "no JSON": "{", "float": `{"stream":"hr","seq":1,"at":1,"value":7.5}`,
		"another stream": "[" + reading("1") + "," + strings.Replace(reading("2"), "hr", "rr", 1) + "]", "CBOR": "\xa1\x01", "COSE": "\xd2\x84"} {
		if r := c.publish(TopicOf(monitor.ID, "hr").String(), payload); r.ReasonCode != 0x99 || r.Properties.ReasonString == "" {
			t.Errorf("%s: reason %#x %q, want 0x99 and why", name, r.ReasonCode, r.Properties.ReasonString)
		}
	}
	if took := h.core.what(); len(took) != 0 {
		t.Errorf("the core was given %v", took)
	}
}

// A device has one session, its newest. Nobody else's client id takes it away.
func TestOneSession(t *testing.T) {
	h := openHouse(t, nil)
	monitor, pump := h.Device(monitorURN, group), h.Device(pumpURN, group)
	first := h.mustCall(monitor)
	other := h.mustCall(pump) // calls itself as the monitor does
	topic := TopicOf(monitor.ID, "hr").String()
	if r := first.publish(topic, reading("1")); r.ReasonCode != 0 {
		t.Errorf("after another device came: reason %#x", r.ReasonCode)
	}
	second := h.mustCall(monitor)
	if code := first.ended(); code != 0x8E {
		t.Errorf("the old session ended with %#x, want 0x8E: taken over", code)
	}
	if r := second.publish(topic, reading("2")); r.ReasonCode != 0 {
		t.Errorf("the new session: reason %#x", r.ReasonCode)
	}
	if r := other.publish(TopicOf(pump.ID, "hr").String(), reading("1")); r.ReasonCode != 0 {
		t.Errorf("the other device: reason %#x", r.ReasonCode)
	}
}
