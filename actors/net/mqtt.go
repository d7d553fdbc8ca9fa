package netactors

import (
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/flow"
)

// brokers are what a node lets its actors reach.
type brokers interface {
	Open(mqtt.Request) (mqtt.Conn, error)
}

// mqttArgs are what both actors are told of their broker. How it is reached,
// with or without TLS, is the node's business, and passwords best are too.
var mqttArgs = []flow.ArgSpec{
	{Name: "hostname", Doc: "of a broker that the node allows", Kind: "string", Required: true},
	{Name: "port", Doc: "its port, such as 1883 or 8883", Kind: "integer", Required: true},
	{Name: "settings", Doc: "{auth: {username, password}, will: {topic, payload, qos, retain}, client_id, qos, topic}, each optional, or null: " +
		"qos is 0 (may be lost) or 1 (comes at least once; the default), topic a prefix of those published", Required: true}}

// readBroker reads the arguments.
func readBroker(a *value.Args) (r mqtt.Request, prefix string) {
	r = mqtt.Request{Host: a.Name("hostname"), Port: int(a.Int("port")), QoS: 1}
	s := settings{a}
	dict := s.dict("settings", a.Any("settings"))
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		v := dict[key]
		switch key {
		case "auth":
			auth := s.dict("auth", v)
			r.Username, r.Password = s.text("auth.username", auth["username"]), s.text("auth.password", auth["password"])
		case "will":
			will := s.dict("will", v)
			if len(will) > 0 {
				r.Will = &mqtt.Message{Topic: s.text("will.topic", will["topic"]), Payload: []byte(s.text("will.payload", will["payload"])),
					QoS: s.qos("will.qos", will["qos"]), Retain: will["retain"] == true}
			}
		case "client_id":
			r.ClientID = s.text(key, v)
		case "qos":
			r.QoS = s.qos(key, v)
		case "topic":
			prefix = s.text(key, v)
		case "transport":
			if v != nil && v != "tcp" {
				a.Refuse("settings", "transport: want tcp, not %s", value.Text(v))
			}
		case "tls":
			if !absent(v) {
				a.Refuse("settings", "tls is set in the node's configuration: files of a node are not for scripts to name")
			}
		default:
			a.Refuse("settings", "there is no %q: want auth, will, client_id, qos or topic", key)
		}
	}
	return r, prefix
}

type settings struct{ a *value.Args }

func (s settings) dict(key string, v flow.Value) map[string]any {
	if absent(v) {
		return nil
	}
	d, ok := v.(map[string]any)
	if !ok {
		s.a.Refuse("settings", "%s: want a dictionary, not %s", key, value.Kind(v))
	}
	return d
}

func (s settings) text(key string, v flow.Value) string {
	t, ok := v.(string)
	if !ok && v != nil {
		s.a.Refuse("settings", "%s: want a string, not %s", key, value.Kind(v))
	}
	return t
}

func (s settings) qos(key string, v flow.Value) byte {
	switch v {
	case nil, int64(1):
		return 1
	case int64(0):
		return 0
	}
	s.a.Refuse("settings", "%s: want 0 or 1, not %s", key, value.Text(v))
	return 0
}

// openBroker connects an actor. Its name at the broker is its own, so that its
// session follows it to another node, and a twin is thrown out.
func openBroker(env flow.Env, capability string, r mqtt.Request) (mqtt.Conn, error) {
	b, err := devices.Need[brokers](env, capability)
	if err != nil {
		return nil, err
	}
	if r.ClientID == "" {
		r.ClientID = "wardflow-" + strings.ReplaceAll(string(env.ID()), ":", "-")
	}
	r.Wake = env.Wake
	return b.Open(r)
}
