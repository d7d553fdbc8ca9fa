package member

import (
	"encoding/binary"

	"github.com/wardflow/wardflow/runtime/flow"
)

// memberlist (v0.7) takes messages that no member of ours sends, and some of
// them end the process: a packet in the padded form of encryption (version 0)
// whose last byte says more padding than there is, and an encrypted stream with
// nothing in it. A member with a good certificate has the key to make them. So
// what arrives is looked at before memberlist sees it.

const (
	sealedVersion = 1           // of memberlist's encryption: AES-GCM without padding
	sealedEmpty   = 1 + 12 + 16 // version, nonce and tag around nothing
	streamSealed  = 10          // memberlist's encryptMsg
	streamHead    = 1 + 4 + 1   // that, a length, and the version
)

// vetPacket refuses a packet that can't be gossip of ours.
func vetPacket(b []byte) error {
	if len(b) <= sealedEmpty || b[0] != sealedVersion {
		return errCipher
	}
	return nil
}

// vetted is a stream for memberlist whose beginning is looked at.
type vetted struct {
	*conn
	node flow.NodeID // at the other end
	head []byte      // looked at, to be read
	seen bool
	err  error
}

// Read reads what has been looked at first.
func (v *vetted) Read(b []byte) (int, error) {
	if !v.seen {
		v.look()
	}
	switch {
	case v.err != nil:
		return 0, v.err
	case len(v.head) > 0:
		n := copy(b, v.head)
		v.head = v.head[n:]
		return n, nil
	}
	return v.conn.Read(b)
}

func (v *vetted) look() {
	v.seen, v.head = true, make([]byte, streamHead)
	for n := 0; n < streamHead && v.err == nil; {
		var m int
		m, v.err = v.conn.Read(v.head[n:])
		n += m
	}
	if v.err == nil && (v.head[0] != streamSealed || binary.BigEndian.Uint32(v.head[1:]) <= sealedEmpty || v.head[5] != sealedVersion) {
		v.err = v.of.refuse(v.by, v.node, errCipher)
	}
}
