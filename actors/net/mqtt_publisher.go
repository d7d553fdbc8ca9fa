package netactors

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/flow"
)

// MQTTPublisher is net.MQTTPublisher, for brokers of MQTT 5. Tokens are taken
// when the broker has the message.
func MQTTPublisher() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.MQTTPublisher", Fault: flow.FaultRetry,
			Doc:  "Publish messages at a broker",
			Args: mqttArgs,
			In: []flow.Port{{Name: "topic", Doc: "where to publish, after the settings' topic", Kind: "string"},
				{Name: "payload", Doc: "a string as it is, null as nothing, all else as JSON"}},
			Requires: []string{"mqtt.publish"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := &mqttPublisher{}
			p.request, p.prefix = readBroker(&a)
			return p, a.Err()
		},
	}
}

// publishTime is how long the broker may take to have a message.
const publishTime = 10 * time.Second

type mqttPublisher struct {
	request mqtt.Request
	prefix  string
	conn    mqtt.Conn
	ask[mqtt.Message, struct{}]
}

// Start connects.
func (p *mqttPublisher) Start(env flow.Env) (err error) {
	if p.conn, err = openBroker(env, "mqtt.publish", p.request); err != nil {
		return err
	}
	p.start(env, p.conn, func(ctx context.Context, m mqtt.Message) (struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, publishTime)
		defer cancel()
		return struct{}{}, p.conn.Publish(ctx, m)
	}, func(a, b mqtt.Message) bool { return reflect.DeepEqual(a, b) })
	return nil
}

// Stop says goodbye to the broker.
func (p *mqttPublisher) Stop() {
	p.close()
	if p.conn != nil {
		p.conn.Close()
	}
}

// Actions take the tokens of a message that the broker has, or send one.
func (p *mqttPublisher) Actions() []flow.Action {
	in := []string{"topic", "payload"}
	done := func() bool { _, _, ok := p.peek(); return ok }
	return []flow.Action{{In: in, Guard: done, Fire: p.fire}, {In: in, Guard: p.idle, Fire: p.fire}}
}

func (p *mqttPublisher) fire(f *flow.Firing) error {
	m, err := p.message(f.In[0].Value, f.In[1].Value)
	if err != nil {
		return fmt.Errorf("%w: %w", flow.ErrUnfit, err)
	}
	if p.idle() {
		return p.begin(m)
	}
	_, err = p.end(m)
	return err
}

func (p *mqttPublisher) message(topic, payload flow.Value) (mqtt.Message, error) {
	name, ok := topic.(string)
	if !ok {
		return mqtt.Message{}, fmt.Errorf("topic: want a string, not %s", value.Kind(topic))
	}
	m := mqtt.Message{Topic: p.prefix + name, QoS: p.request.QoS}
	if payload != nil {
		m.Payload = []byte(value.Text(payload))
	}
	if len(m.Payload) > mostToken {
		return m, fmt.Errorf("payload: %d bytes are more than %d", len(m.Payload), mostToken)
	}
	return m, p.conn.MayPublish(m.Topic)
}
