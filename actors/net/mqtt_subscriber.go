package netactors

import (
	"strings"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/flow"
)

// MQTTSubscriber is net.MQTTSubscriber, for brokers of MQTT 5. A message is
// acknowledged when it is given: what there is no room for stays with the
// broker, for an hour also while the actor runs nowhere.
func MQTTSubscriber() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.MQTTSubscriber", Fault: flow.FaultRetry,
			Doc: "Give the messages that are published under some topics at a broker",
			Args: []flow.ArgSpec{mqttArgs[0], mqttArgs[1],
				{Name: "topics", Doc: "list of topics that the node allows; + stands for one level, # for all that follow", Kind: "list<string>", Required: true},
				mqttArgs[2]},
			Out:      []flow.Port{{Name: "message", Doc: "a message; its payload as text", Kind: "record{topic: string, payload: string}"}},
			Requires: []string{"mqtt.subscribe"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			s := &mqttSubscriber{}
			s.request, _ = readBroker(&a)
			topics, ok := a.Any("topics").([]any)
			if a.Err() == nil && (!ok || len(topics) == 0) {
				a.Refuse("topics", "want a list of topics, not %s", value.Text(args["topics"]))
			}
			for _, v := range topics {
				topic, _ := v.(string)
				if err := mqtt.CheckFilter(topic); err != nil {
					a.Refuse("topics", "%v", err)
				}
				s.request.Topics = append(s.request.Topics, topic)
			}
			return s, a.Err()
		},
	}
}

type mqttSubscriber struct {
	request mqtt.Request
	conn    mqtt.Conn
}

// Start connects and subscribes.
func (s *mqttSubscriber) Start(env flow.Env) (err error) {
	s.conn, err = openBroker(env, "mqtt.subscribe", s.request)
	return err
}

// Stop says goodbye to the broker.
func (s *mqttSubscriber) Stop() {
	if s.conn != nil {
		s.conn.Close()
	}
}

// Actions give the oldest message.
func (s *mqttSubscriber) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"message"}, Guard: func() bool { _, ok := s.conn.Next(); return ok }, Fire: func(f *flow.Firing) error {
		m, ok := s.conn.Next()
		if !ok {
			return flow.ErrLater // the connection was lost meanwhile; it comes again
		}
		f.Give(0, map[string]any{"topic": m.Topic, "payload": strings.ToValidUTF8(string(m.Payload), "\uFFFD")})
		s.conn.Take(m)
		return nil
	}}}
}

// Awaits reports that a message may come.
func (s *mqttSubscriber) Awaits() bool {
	_, instant := s.conn.(interface{ Instant() })
	return !instant
}
