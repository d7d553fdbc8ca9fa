package mqtt

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A Topic is where a device publishes a stream's readings:
// site/floor/room/EPC/stream. The first three levels are those of the device's
// group, the EPC has 24 hex digits in capitals, and a stream may have levels of
// its own: h1/3/icu-3/3474257BF40000000000162E/ecg/MLII.
type Topic struct {
	Room   string // site/floor/room
	EPC    string // 24 hex digits, upper case
	Stream string // as in flow.Reading, or [CertificateStream]
}

// longestTopic is how many bytes the topic of a device may have: a group and a
// stream have their own limits, and this is above both together.
const longestTopic = 128 + 2*12 + proof.MaxText + 3

// answersRoot is the first level of the topics of answers; no topic of readings
// has only two levels.
const answersRoot = "answers"

// AnswersTo is the topic where a device hears what became of its readings, if
// it asks for that with MQTT's response topic: answers/EPC.
func AnswersTo(epc string) string { return answersRoot + "/" + epc }

// ParseTopic reads a topic of readings, in its one form.
func ParseTopic(topic string) (Topic, error) {
	if err := checkTopic(topic); err != nil {
		return Topic{}, fmt.Errorf("topic %.80q: %w", topic, err)
	}
	levels := strings.SplitN(topic, "/", 5)
	if len(levels) != 5 {
		return Topic{}, fmt.Errorf("topic %.80q: want site/floor/room/EPC/stream", topic)
	}
	t := Topic{Room: strings.Join(levels[:3], "/"), EPC: levels[3], Stream: levels[4]}
	if err := pki.CheckGroup(t.Room + "/x"); err != nil {
		return Topic{}, fmt.Errorf("topic %.80q: want site/floor/room before the EPC", topic)
	}
	if epc, err := pki.ParseEPCHex(t.EPC); err != nil || epc.Hex() != t.EPC {
		return Topic{}, fmt.Errorf("topic %.80q: the fourth level is no EPC: want 24 hex digits in capitals", topic)
	}
	if len(t.Stream) > proof.MaxText {
		return Topic{}, fmt.Errorf("topic %.80q: the stream has more than %d bytes", topic, proof.MaxText)
	}
	return t, nil
}

// checkTopic refuses what MQTT itself does not allow as a topic's name, and
// what we have no use for: control characters, empty levels, and those that
// begin with $.
func checkTopic(topic string) error {
	switch {
	case len(topic) > longestTopic:
		return fmt.Errorf("more than %d bytes", longestTopic)
	case !utf8.ValidString(topic):
		return errors.New("not UTF-8")
	case strings.ContainsAny(topic, "+#"):
		return errors.New("+ and # are for filters")
	case strings.ContainsFunc(topic, unicode.IsControl):
		return errors.New("a control character in it")
	}
	for level := range strings.SplitSeq(topic, "/") {
		if level == "" || level[0] == '$' {
			return errors.New("a level is empty or begins with $")
		}
	}
	return nil
}

// String is what [ParseTopic] reads.
func (t Topic) String() string { return t.Room + "/" + t.EPC + "/" + t.Stream }

// TopicOf is where a device publishes a stream.
func TopicOf(device flow.Identity, stream string) Topic {
	return Topic{Room: roomOf(device.Group), EPC: device.EPC, Stream: stream}
}

// mayPublish tells whether a topic is the device's own.
func mayPublish(device flow.Identity, t Topic) error {
	switch {
	case device.Role != flow.RoleDevice || device.EPC == "" || device.Group == "":
		return fmt.Errorf("%s is no device", device.URI)
	case t.EPC != device.EPC:
		return fmt.Errorf("the topic is of device %s, the certificate of %s", t.EPC, device.EPC)
	case t.Room != roomOf(device.Group):
		return fmt.Errorf("the topic is of room %s, the certificate of %s", t.Room, roomOf(device.Group))
	}
	return nil
}

// roomOf is site/floor/room of a group site/floor/room/type.
func roomOf(group string) string {
	i := strings.LastIndexByte(group, '/')
	if i < 0 {
		return ""
	}
	return group[:i]
}
