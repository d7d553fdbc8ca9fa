package mqtt

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mochi-mqtt/server/v2/packets"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/proof"
)

// An answer is what a device hears about one message: MQTT's reason code (MQTT
// 5, section 3.4.2.1), and why in words.
type answer struct {
	code     byte
	why      string
	more     []packets.UserProperty
	outcomes []ingest.Outcome
}

// The limits of an answer: of its words in bytes, and of the readings that it
// names one by one. The topic of answers has all.
const (
	longestWhy = 240
	mostNamed  = 8
)

// refusal answers a message none of whose readings were taken.
func refusal(code packets.Code, err error) answer {
	return answer{code: code.Code, why: shorten(err.Error())}
}

// answerOf answers a message by what became of its readings: success when all
// are stored, be it from an earlier time; otherwise the code and the reason of
// the first that was refused, and a user property for each.
func answerOf(outcomes []ingest.Outcome) answer {
	a := answer{outcomes: outcomes}
	for _, o := range outcomes {
		key, val := o.Outcome, fmt.Sprintf("%s %d", o.Stream, o.Seq)
		switch o.Outcome {
		case ingest.Accepted:
			if o.Warning == "" {
				continue
			}
			key, val = "warning", val+": "+o.Warning
		case ingest.Already:
		default:
			val += ": " + o.Reason
			if o.Clause != "" {
				val += ": " + o.Clause
			}
			if a.code == 0 {
				a.code, a.why = codeOf(o.Code).Code, shorten(val)
			}
		}
		if len(a.more) < mostNamed {
			a.more = append(a.more, packets.UserProperty{Key: key, Val: shorten(val)})
		}
	}
	return a
}

// codeOf is the reason code for a reading that was refused.
func codeOf(r flow.Reason) packets.Code {
	switch r {
	case flow.BadSignature:
		return packets.ErrNotAuthorized
	case flow.MissingField, flow.TooLarge:
		return packets.ErrPayloadFormatInvalid
	}
	return packets.ErrImplementationSpecificError
}

// body is the answer as JSON.
func (a answer) body() []byte {
	b, err := json.Marshal(struct {
		Code     byte             `json:"code"`
		Why      string           `json:"why,omitempty"`
		Outcomes []ingest.Outcome `json:"outcomes,omitempty"`
	}{a.code, a.why, a.outcomes})
	if err != nil {
		panic("mqtt: " + err.Error()) // numbers and text always have a form
	}
	return b
}

// shorten cuts a text that a device reads.
func shorten(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= longestWhy {
		return s
	}
	cut := longestWhy
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// take brings messages to the core, as many at once as it takes, and answers
// each.
func (s *session) take(batch []message) []answer {
	answers := make([]answer, len(batch))
	var items []ingest.Item
	var whose []int // of each item, the message
	flush := func() {
		if len(items) > 0 {
			s.hand(items, whose, answers)
			items, whose = nil, nil
		}
	}
	for i, m := range batch {
		its, code, err := s.open(m)
		if err != nil {
			answers[i] = refusal(code, err)
			continue
		}
		if len(items)+len(its) > ingest.MaxItems {
			flush()
		}
		for _, it := range its {
			items, whose = append(items, it), append(whose, i)
		}
	}
	flush()
	return answers
}

// open judges a message's topic and decodes what is in it.
func (s *session) open(m message) ([]ingest.Item, packets.Code, error) {
	topic, err := ParseTopic(m.topic)
	code := packets.ErrTopicNameInvalid
	if err == nil {
		code, err = packets.ErrNotAuthorized, mayPublish(s.id, topic)
	}
	if err == nil && m.answerTo != "" && m.answerTo != AnswersTo(s.id.EPC) {
		err = fmt.Errorf("the response topic %.80q is not %s", m.answerTo, AnswersTo(s.id.EPC))
	}
	if err != nil {
		s.note(flow.AuditReading, fmt.Sprintf("publish to %.80q", m.topic), err.Error())
		return nil, code, err
	}
	items, err := decode(m.kind, m.payload)
	if err == nil {
		err = onStream(items, topic.Stream)
	}
	if err != nil {
		s.note(flow.AuditReading, "bring readings", err.Error())
		return nil, packets.ErrPayloadFormatInvalid, err
	}
	return items, packets.CodeSuccess, nil
}

// decode reads a payload. One without a content type tells its own by its first
// byte: no CBOR of ours begins as JSON does.
func decode(contentType string, payload []byte) ([]ingest.Item, error) {
	if contentType == "" {
		contentType = ingest.CBOR
		switch first := strings.TrimLeft(string(payload[:min(len(payload), 16)]), " \t\r\n"); {
		case strings.HasPrefix(first, "{"), strings.HasPrefix(first, "["):
			contentType = ingest.JSON
		case first == "":
			return nil, fmt.Errorf("%w: the message is empty", proof.ErrForm)
		}
	}
	return ingest.Decode(contentType, payload)
}

func onStream(items []ingest.Item, stream string) error {
	for _, it := range items {
		if it.Reading == nil || it.Reading.Stream != stream {
			return fmt.Errorf("%w: a reading is not of stream %q, which its topic names", proof.ErrForm, stream)
		}
	}
	return nil
}

// hand gives items to the core and puts what became of them into the answers of
// their messages.
func (s *session) hand(items []ingest.Item, whose []int, answers []answer) {
	outcomes, err := s.b.cfg.Core.Take(s.quit, s.sender(), items)
	if err == nil && len(outcomes) != len(items) {
		err = errors.New("the readings were not all answered; bring them again")
	}
	for from := 0; from < len(whose); {
		to := from
		for to < len(whose) && whose[to] == whose[from] {
			to++
		}
		if err != nil {
			answers[whose[from]] = failure(err)
		} else {
			answers[whose[from]] = answerOf(outcomes[from:to])
		}
		from = to
	}
}

// failure answers messages that could not be taken now, as HTTP would. Where it
// makes sense to try again or to go elsewhere, user properties say so.
func failure(err error) answer {
	a := refusal(packets.ErrImplementationSpecificError, err)
	r := (*ingest.Refusal)(nil)
	if !errors.As(err, &r) {
		return a
	}
	switch r.Status {
	case http.StatusForbidden:
		a.code = packets.ErrNotAuthorized.Code
	case http.StatusTooManyRequests:
		a.code = packets.ErrQuotaExceeded.Code
	case http.StatusRequestEntityTooLarge:
		a.code = packets.ErrPayloadFormatInvalid.Code
	}
	if r.After > 0 {
		seconds := int64((r.After + time.Second - 1) / time.Second)
		a.more = append(a.more, packets.UserProperty{Key: "retry-after", Val: strconv.FormatInt(seconds, 10)})
	}
	if r.Elsewhere != "" {
		a.more = append(a.more, packets.UserProperty{Key: "elsewhere", Val: shorten(r.Elsewhere)})
	}
	return a
}
