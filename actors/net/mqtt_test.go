package netactors

import (
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/device/mqtt/mqtttest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// reaching is a node that lets its actors use a broker's topics below ward/.
func reaching(t *testing.T, b *mqtttest.Broker) *actortest.Env {
	t.Helper()
	env := actortest.NewEnv()
	brokers, err := mqtt.NewBrokers([]mqtt.Broker{{URL: b.URL(), Topics: []string{"ward/#"}}}, env.Log())
	if err != nil {
		t.Fatal(err)
	}
	return env.Offer("mqtt.publish", brokers).Offer("mqtt.subscribe", brokers)
}

func at(b *mqtttest.Broker, more map[string]flow.Value) map[string]flow.Value {
	args := map[string]flow.Value{"hostname": b.Host, "port": int64(b.Port), "settings": nil}
	for k, v := range more {
		args[k] = v
	}
	return args
}

func TestMQTT(t *testing.T) {
	broker := mqtttest.Start(t)
	env := reaching(t, broker)
	sub := actortest.Start(t, env, MQTTSubscriber(), at(broker, map[string]flow.Value{"topics": []any{"ward/#"}}))
	drive(t, sub, "the broker knows its topics", func() bool { return len(broker.Topics.Subscribers("ward/x").Subscriptions) > 0 })
	pubEnv := reaching(t, broker)
	pubEnv.Actor = "test:publisher"
	pub := actortest.Start(t, pubEnv, MQTTPublisher(), at(broker, map[string]flow.Value{"settings": map[string]any{"topic": "ward/3/"}}))
	pub.Feed("topic", "bed", "bed", "bed", "be+d", int64(7))
	pub.Feed("payload", "36.8", map[string]any{"t": int64(37)}, nil, "x", "y")
	drive(t, pub, "all is published", func() bool { return pub.Left("topic") == 0 })
	if got := pub.Letters(); len(got) != 2 || !strings.Contains(got[0].Why, "one can't publish to + and #") || !strings.Contains(got[1].Why, "topic: want a string") {
		t.Errorf("dead letters %v, want two", got)
	}
	got := gather(t, sub, "message", 3)
	want := []flow.Value{map[string]any{"topic": "ward/3/bed", "payload": "36.8"}, map[string]any{"topic": "ward/3/bed", "payload": `{"t":37}`},
		map[string]any{"topic": "ward/3/bed", "payload": ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("gives %v, want %v", got, want)
	}
	sub.Actor().(flow.Stopper).Stop() // what comes meanwhile waits at the broker
	broker.Say("ward/late", "x", false)
	sub.Restart()
	if got := gather(t, sub, "message", 1); !reflect.DeepEqual(got, []flow.Value{map[string]any{"topic": "ward/late", "payload": "x"}}) {
		t.Errorf("gives %v after a restart", got)
	}
}

// In the memory of one process, for the tests of scripts.
func TestMQTTOfMemory(t *testing.T) {
	broker := &mqtt.Memory{}
	env := actortest.NewEnv().Offer("mqtt.publish", broker).Offer("mqtt.subscribe", broker)
	args := map[string]flow.Value{"hostname": "anywhere", "port": int64(1883), "settings": map[string]any{}}
	pub := actortest.Start(t, env, MQTTPublisher(), args)
	sub := actortest.Start(t, env, MQTTSubscriber(), map[string]flow.Value{"hostname": "anywhere", "port": int64(1883), "settings": nil, "topics": []any{"a/+"}})
	pub.Feed("topic", "a/b")
	pub.Feed("payload", "x")
	drive(t, pub, "it is published", func() bool { return pub.Left("topic") == 0 })
	sub.Run()
	if got := sub.Take("message"); len(got) != 1 {
		t.Errorf("gives %v", got)
	}
}

func TestMQTTRefuses(t *testing.T) {
	base := map[string]flow.Value{"hostname": "h", "port": int64(1), "settings": nil, "topics": []any{"a"}}
	for want, change := range map[string]map[string]flow.Value{
		"argument hostname: is empty":                    {"hostname": ""},
		"argument settings: settings: want a dictionary": {"settings": "x"},
		`there is no "user": want auth, will`:            {"settings": map[string]any{"user": "x"}},
		"tls is set in the node's configuration":         {"settings": map[string]any{"tls": map[string]any{"ca_certs": "/etc/passwd"}}},
		"transport: want tcp, not websocket":             {"settings": map[string]any{"transport": "websocket"}},
		"qos: want 0 or 1, not 2":                        {"settings": map[string]any{"qos": int64(2)}},
		"auth.username: want a string, not a number":     {"settings": map[string]any{"auth": map[string]any{"username": int64(1)}}},
		"will: want a dictionary, not a string":          {"settings": map[string]any{"will": "x"}},
		"argument topics: want a list of topics, not a":  {"topics": "a"},
		"argument topics: want a list of topics, not []": {"topics": []any{}},
		`argument topics: topic "a#": # stands for all`:  {"topics": []any{"a#"}},
		`argument topics: topic "": it is empty`:         {"topics": []any{int64(1)}},
	} {
		args := map[string]flow.Value{}
		for k, v := range base {
			args[k] = v
		}
		for k, v := range change {
			args[k] = v
		}
		if _, err := actortest.New(MQTTSubscriber(), args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%v) = %v, want %q", change, err, want)
		}
	}
	broker := mqtttest.Start(t)
	for want, args := range map[string]map[string]flow.Value{
		"does not allow the topic pharmacy/#": at(broker, map[string]flow.Value{"topics": []any{"pharmacy/#"}}),
		"does not allow the broker elsewhere": {"hostname": "elsewhere", "port": int64(1), "settings": nil, "topics": []any{"ward/x"}},
	} {
		a, err := actortest.New(MQTTSubscriber(), args)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.(flow.Starter).Start(reaching(t, broker)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Start = %v, want %q", err, want)
		}
	}
}
