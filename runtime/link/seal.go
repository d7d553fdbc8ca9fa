package link

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
)

// ErrForged reports a sealed message that was altered, repeated, left out
// before, or put out of order: close the connection.
var ErrForged = errors.New("a sealed message does not open: it was altered, repeated or is out of order")

// ErrWorn reports a key that has sealed as many messages as it may. Close the
// link; the next handshake makes new keys.
var ErrWorn = errors.New("the link's key has sealed all it may")

// Overhead is how many bytes a sealed message is longer than the plain one.
const Overhead = 16

const (
	sealingKey = 16 // AES-128-GCM
	saltLen    = 4
	sealingLen = sealingKey + saltLen
	maxSealed  = 1 << 32 // messages under one key
)

// A sealing is the key of one direction. The nonce is a salt and the count of
// messages so far (RFC 5116, section 3.2), and is not sent: both ends count.
// The count begins at 0 with each handshake, so a nonce never comes twice under
// one key, whatever tokens are sent again. What is authenticated beside the
// message is the digest of the handshake, and so link, ends, nodes and epochs.
type sealing struct {
	aead  cipher.AEAD
	nonce [saltLen + 8]byte
	count uint64
	bound [32]byte
}

func newSealing(key []byte, bound [32]byte) *sealing {
	block, err := aes.NewCipher(key[:sealingKey])
	if err != nil {
		panic("link: " + err.Error()) // only for a wrong length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("link: " + err.Error())
	}
	s := &sealing{aead: aead, bound: bound}
	copy(s.nonce[:], key[sealingKey:])
	return s
}

func (s *sealing) next() ([]byte, error) {
	if s.count >= maxSealed {
		return nil, ErrWorn
	}
	binary.BigEndian.PutUint64(s.nonce[saltLen:], s.count)
	s.count++
	return s.nonce[:], nil
}

// A Sealer seals what one end says. It is not safe for concurrent use, and the
// other end must get the messages in the order in which they were sealed.
type Sealer sealing

// Seal appends the sealed form of plain to dst. To seal in place, pass
// plain[:0] with [Overhead] bytes of room.
func (s *Sealer) Seal(dst, plain []byte) ([]byte, error) {
	nonce, err := (*sealing)(s).next()
	if err != nil {
		return dst, err
	}
	return s.aead.Seal(dst, nonce, plain, s.bound[:]), nil
}

// An Opener opens what a [Sealer] sealed. It is not safe for concurrent use.
type Opener sealing

// Open appends the plain form of sealed to dst; to open in place pass
// sealed[:0]. [ErrForged] means that it is not the very next message.
func (o *Opener) Open(dst, sealed []byte) ([]byte, error) {
	nonce, err := (*sealing)(o).next()
	if err != nil {
		return dst, err
	}
	plain, err := o.aead.Open(dst, nonce, sealed, o.bound[:])
	if err != nil {
		return dst, ErrForged
	}
	return plain, nil
}
