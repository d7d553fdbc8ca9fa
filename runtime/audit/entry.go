package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Hash is that of an entry and of all before it.
type Hash [sha256.Size]byte

// String is 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText is the hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 hexadecimal digits, in lower case.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) || bytes.ContainsAny(text, "ABCDEF") {
		return fmt.Errorf("hash %.80q: want %d hexadecimal digits in lower case", text, hex.EncodedLen(len(h)))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// An Entry is one line of the record. Apart from N and Hash exactly one field is
// set, but for More, which goes with Event.
type Entry struct {
	N    uint64 `json:"n"` // from 1, without gaps, through all files
	Hash Hash   `json:"-"` // of this entry and all before it

	Event *flow.AuditEvent `json:"event,omitempty"`
	// More, if not 0, says that Event is the last of so many of one kind and
	// source that were not written one by one.
	More uint64 `json:"more,omitempty"`

	Begin  *Begin  `json:"begin,omitempty"`  // the first of a file
	Opened *Opened `json:"opened,omitempty"` // the node started
	Seal   *Seal   `json:"seal,omitempty"`
	Lost   uint64  `json:"lost,omitempty"` // so many events came faster than they could be written, or the disk took none
	Gone   *Gone   `json:"gone,omitempty"` // an old file was removed
}

// A Begin is on top of each file.
type Begin struct {
	At     time.Time   `json:"at"`
	Node   flow.NodeID `json:"node"`
	File   uint64      `json:"file"`   // from 1
	Before Hash        `json:"before"` // of the last entry of the file before; zero for the first file
	// Damage says why the file before could not be gone on with; its last entries
	// are not as they were written. "" is as it should be.
	Damage string `json:"damage,omitempty"`
}

// An Opened tells of a start.
type Opened struct {
	At  time.Time `json:"at"`
	Cut int64     `json:"cut,omitempty"` // bytes of an entry that was not wholly written before the node ended
}

// A Gone says which entries went with their file, because they were the oldest.
type Gone struct {
	At   time.Time `json:"at"`
	File uint64    `json:"file"`
	Upto uint64    `json:"upto"` // entries up to this number are gone
}

// maxText bounds what others may put into one field of an event, in bytes, and
// maxLine a line.
const (
	maxText = 1024
	maxLine = 64 << 10
)

// cut bounds the texts of an event, which may be a stranger's.
func cut(e flow.AuditEvent) flow.AuditEvent {
	for _, s := range []*string{&e.Who, &e.From, &e.What, &e.Why, (*string)(&e.Actor), (*string)(&e.Link), (*string)(&e.Kind)} {
		if len(*s) > maxText {
			*s = strings.ToValidUTF8((*s)[:maxText], "") + "…"
		}
	}
	return e
}

// line writes an entry down and fills in its hash.
func (e *Entry) line(before Hash) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write down an entry: %w", err)
	}
	e.Hash = hashOf(before, body)
	line := make([]byte, 0, 2*len(e.Hash)+len(body)+2)
	line = hex.AppendEncode(line, e.Hash[:])
	line = append(line, ' ')
	line = append(line, body...)
	return append(line, '\n'), nil
}

func hashOf(before Hash, body []byte) Hash {
	h := sha256.New()
	h.Write(before[:])
	h.Write(body)
	return Hash(h.Sum(nil))
}

var errHash = errors.New("its hash does not agree with what it says and with the entry before")

// parseLine reads a line without its end. With errHash the entry is what the line
// says; with another error it is nothing.
func parseLine(line []byte, before Hash) (e Entry, err error) {
	digits, body, ok := bytes.Cut(line, []byte(" "))
	if !ok {
		return e, errors.New("is not a hash and an entry")
	}
	var h Hash
	if err := h.UnmarshalText(digits); err != nil {
		return e, err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return Entry{}, fmt.Errorf("is no entry: %w", err)
	}
	if dec.More() {
		return Entry{}, errors.New("is more than one entry")
	}
	e.Hash = h
	if hashOf(before, body) != h {
		return e, errHash
	}
	return e, nil
}
