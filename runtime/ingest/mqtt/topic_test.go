package mqtt

import (
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

const monitorEPC = "3474257BF40000000000162E"

func TestParseTopic(t *testing.T) {
	for _, tt := range []struct {
		topic string
		want  Topic // zero: refused
	}{
		{"h1/3/icu-3/" + monitorEPC + "/hr", Topic{"h1/3/icu-3", monitorEPC, "hr"}},
		{"h1/3/icu-3/" + monitorEPC + "/ecg/MLII", Topic{"h1/3/icu-3", monitorEPC, "ecg/MLII"}},
		{"h1/3/icu-3/" + monitorEPC, Topic{}},
		{"h1/3/icu-3/" + monitorEPC + "/", Topic{}},
		{"h1/3/icu-3/" + strings.ToLower(monitorEPC) + "/hr", Topic{}},
		{"h1/3/icu-3/0123/hr", Topic{}},
		{"h1//icu-3/" + monitorEPC + "/hr", Topic{}},
		{"h1/3/icu 3/" + monitorEPC + "/hr", Topic{}},
		{"$SYS/3/icu-3/" + monitorEPC + "/hr", Topic{}},
		{"h1/3/icu-3/" + monitorEPC + "/$x", Topic{}},
		{"h1/3/icu-3/" + monitorEPC + "/#", Topic{}},
		{"h1/+/icu-3/" + monitorEPC + "/hr", Topic{}},
		{"h1/3/icu-3/" + monitorEPC + "/h\x00r", Topic{}},
		{"h1/3/icu-3/" + monitorEPC + "/\xff", Topic{}},
		{"h1/3/icu-3/" + monitorEPC + "/" + strings.Repeat("s", 257), Topic{}},
		{AnswersTo(monitorEPC), Topic{}},
		{"", Topic{}},
	} {
		got, err := ParseTopic(tt.topic)
		if got != tt.want || (err == nil) != (tt.want != Topic{}) {
			t.Errorf("ParseTopic(%q) = %+v, %v, want %+v", tt.topic, got, err, tt.want)
		}
	}
}

func TestMayPublish(t *testing.T) {
	monitor := flow.Identity{URI: "spiffe://h1/device/x", Role: flow.RoleDevice, EPC: monitorEPC, Group: "h1/3/icu-3/ecg"}
	own := TopicOf(monitor, "hr")
	if err := mayPublish(monitor, own); err != nil {
		t.Errorf("own topic %s: %v", own, err)
	}
	other, room := own, own
	other.EPC, room.Room = "3074257BF7194E4000001A85", "h1/3/icu-4"
	collector := monitor
	collector.Role = flow.RoleCollector
	for name, err := range map[string]error{
		"another device's": mayPublish(monitor, other),
		"another room's":   mayPublish(monitor, room),
		"no device":        mayPublish(collector, own),
		"nobody":           mayPublish(flow.Identity{}, own),
	} {
		if err == nil {
			t.Errorf("%s topic was allowed", name)
		}
	}
}

// What is read as a topic is written as the same bytes, and belongs to exactly
// the device and the room that stand in it.
func FuzzTopic(f *testing.F) {
	for _, s := range []string{"h1/3/icu-3/" + monitorEPC + "/hr", "a/b/c/" + monitorEPC + "/d/e", "////", "$SYS/broker", AnswersTo(monitorEPC), "h1/3/+/" + monitorEPC + "/#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		topic, err := ParseTopic(s)
		if err != nil {
			return
		}
		if topic.String() != s {
			t.Errorf("%q is read as %+v and written as %q", s, topic, topic)
		}
		id := flow.Identity{Role: flow.RoleDevice, EPC: topic.EPC, Group: topic.Room + "/ecg"}
		if err := mayPublish(id, topic); err != nil {
			t.Errorf("%q is refused to its own device: %v", s, err)
		}
		if s == AnswersTo(topic.EPC) {
			t.Errorf("%q is a topic of readings and of answers", s)
		}
	})
}
