package member

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"

	"github.com/hashicorp/memberlist"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A record is the short form of a statement, for memberlist's metadata.
type record struct {
	at     number
	door   string   // host:port
	digest [32]byte // SHA-256 of the statement's body
	leaf   [32]byte // SHA-256 of the certificate that signs
	signed []byte
	sig    []byte
}

const (
	recordFormat = 1
	maxDoor      = 255 // bytes
)

// recordOf signs the record of a statement.
func recordOf(s flow.Signer, st *statement) ([]byte, error) {
	if len(st.info.Door) > maxDoor {
		return nil, fmt.Errorf("door address of %d bytes, at most %d", len(st.info.Door), maxDoor)
	}
	b := []byte{recordFormat}
	b = binary.BigEndian.AppendUint64(b, st.at.boot)
	b = binary.BigEndian.AppendUint64(b, st.at.seq)
	digest := sha256.Sum256(st.body)
	b = append(append(b, digest[:]...), st.leaf[:]...)
	b = appendBytes(b, []byte(st.info.Door))
	sig, err := sign(s, signedRecord, recordBody(st.info.ID, b))
	if err != nil {
		return nil, err
	}
	if b = appendBytes(b, sig); len(b) > memberlist.MetaMaxSize {
		return nil, fmt.Errorf("member record of %d bytes, at most %d", len(b), memberlist.MetaMaxSize)
	}
	return b, nil
}

// recordBody is what is signed: the node's name, then the record up to its
// signature.
func recordBody(id flow.NodeID, b []byte) []byte {
	return append(appendBytes(nil, []byte(id)), b...)
}

// readRecord takes a record apart. Its signature is not checked yet.
func readRecord(b []byte) (*record, error) {
	const fixed = 1 + 8 + 8 + 32 + 32
	if len(b) < fixed {
		return nil, errShort
	}
	if b[0] != recordFormat {
		return nil, fmt.Errorf("member record in format %d is not known here: its node runs a newer wardflow", b[0])
	}
	r := &record{at: number{binary.BigEndian.Uint64(b[1:]), binary.BigEndian.Uint64(b[9:])},
		digest: [32]byte(b[17:]), leaf: [32]byte(b[49:])}
	door, rest, err := readBytes(b[fixed:])
	if err != nil {
		return nil, err
	}
	r.door, r.signed = string(door), b[:len(b)-len(rest)]
	if r.sig, rest, err = readBytes(rest); err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%d bytes follow the member record", len(rest))
	}
	return r, nil
}

func (r *record) check(id flow.NodeID, leaf *x509.Certificate) error {
	return checkSignature(leaf, signedRecord, recordBody(id, r.signed), r.sig)
}
