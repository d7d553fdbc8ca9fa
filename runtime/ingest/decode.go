package ingest

import (
	"errors"
	"fmt"
	"mime"
	"strings"

	"github.com/wardflow/wardflow/runtime/proof"
)

// The content types that are understood.
const (
	JSON = "application/json"
	CBOR = "application/cbor" // RFC 8949
	COSE = "application/cose" // RFC 9052: one sealed reading, a COSE_Sign1
)

// ErrType reports a content type that is none of [JSON], [CBOR] and [COSE].
var ErrType = errors.New("unknown content type: want " + JSON + ", " + CBOR + " or " + COSE)

// Decode reads the readings of one request or message: with [COSE] one that its
// device has sealed, with [JSON] one object or an array, with [CBOR] see
// [proof.Items]. A JSON object has the keys
//
//	stream   which of the device's streams, such as "temp"
//	seq      the device's own count on the stream, from 1, never lower again
//	kind     LOINC code          unit   UCUM code
//	at       when the first sample was taken: RFC 3339, or ns since 1970
//	value    a decimal number as text, "36.6", or an integer
//
// or, in place of value, samples (integers), scale (millionths of the unit a
// step) and period (ns between samples); it may name its device (24 hex digits)
// and group, which must then be those of the certificate. {"sealed": base64} is
// a reading that the device has signed.
//
// It is strict: an unknown or repeated key, a float, more than [MaxItems] or more
// than [MaxBody] bytes are errors. They wrap [proof.ErrForm],
// [proof.ErrUnsigned] or [ErrType].
func Decode(contentType string, body []byte) ([]Item, error) {
	if len(body) > MaxBody {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", proof.ErrForm, len(body), MaxBody)
	}
	switch mediaType(contentType) {
	case JSON:
		return itemsJSON(body, MaxItems)
	case CBOR:
		return proof.Items(body, MaxItems)
	case COSE:
		it, _, err := proof.SealedItem(body)
		return []Item{it}, err
	}
	return nil, ErrType
}

func mediaType(s string) string {
	switch s {
	case JSON, CBOR, COSE:
		return s
	}
	m, _, err := mime.ParseMediaType(s)
	if err != nil {
		return ""
	}
	return strings.ToLower(m)
}
