package link

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The handshake by which the two actors of a link prove to each other who they
// are, over the TLS connection of their nodes. It is SIGMA (Krawczyk, Crypto
// 2003) with signatures over a transcript, as in TLS 1.3:
//
//	sender                                     receiver
//	offer:   terms, nonce, X25519 key   ──►
//	                                    ◄──    answer: nonce, X25519 key,
//	                                           certificates, signature, MAC
//	confirm: certificates, signature, MAC ──►
//
// A signature is by the key of the actor's certificate, over all that went
// before and the exporter of the TLS connection (RFC 8446, section 7.5), so it
// is worth nothing on another connection or between other nodes. The MAC, under
// a key from the exchange, shows that whoever signed also has the keys.
// Identities are not hidden here: TLS beneath hides them, and its hybrid key
// exchange protects against a later quantum computer.

const (
	handshakeVersion = 2
	exporterLen      = 32
	nonceLen         = 32
	keyLen           = 32 // X25519
	maxChain         = 4
	maxCertificate   = 8 << 10
	maxHandshake     = 64 << 10
	maxName          = 1024
)

// ExporterLabel is the TLS exporter's label for links: both nodes derive
// ExporterLen bytes with it and no context, and hand them to the handshake.
const (
	ExporterLabel = "EXPORTER-wardflow-link-v1"
	ExporterLen   = exporterLen
)

// ErrUnproven reports a handshake that does not prove what it must: the other
// end does not hold the key of its certificate, or something was altered,
// replayed or relayed on the way.
var ErrUnproven = errors.New("the other end does not prove who it is")

// An End is one end of a link: the actor, the node it runs on, and which
// activation of it.
type End struct {
	Actor flow.ActorID
	Node  flow.NodeID
	Epoch uint64
}

// Terms are what the two ends of a link agree on before anything else. The
// actors are those the link's name says. Life tells the link from an earlier one
// of the same name, whose tokens had the same numbers.
type Terms struct {
	Link     flow.LinkID
	Life     uint64
	From, To End
}

// A Judge decides whether a chain of certificates (leaf first) speaks for the
// actor at that end, on that node, and returns whose it is. Its error becomes
// the reason for which the link is refused.
type Judge func(end End, chain []*x509.Certificate) (flow.Identity, error)

// Secured is a link whose two ends have proved who they are.
type Secured struct {
	Peer flow.Identity // of the actor at the other end
	Seal *Sealer       // of what this end says
	Open *Opener       // of what the other end says
}

// Offered is the sender's side of a handshake that has begun.
type Offered struct {
	terms    Terms
	key      *ecdh.PrivateKey
	signer   flow.Signer
	exporter []byte
	offer    []byte
}

// Offer begins a handshake as the link's sender, on a TLS connection with that
// exporter, and returns what to send.
func Offer(t Terms, exporter []byte, s flow.Signer) (*Offered, []byte, error) {
	fail := func(err error) (*Offered, []byte, error) {
		return nil, nil, fmt.Errorf("offer link %s: %w", t.Link, err)
	}
	if err := t.check(); err != nil {
		return fail(err)
	}
	if err := usable(s, exporter); err != nil {
		return fail(err)
	}
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return fail(err)
	}
	b := t.append([]byte{handshakeVersion})
	b = appendNonce(b)
	b = append(b, key.PublicKey().Bytes()...)
	return &Offered{terms: t, key: key, signer: s, exporter: exporter, offer: b}, b, nil
}

// ReadTerms reads the terms of an offer. They are what the sender says, proved
// only by its confirm.
func ReadTerms(offer []byte) (Terms, error) {
	t, _, err := readOffer(offer)
	if err != nil {
		return Terms{}, fmt.Errorf("read link offer: %w", err)
	}
	return t, nil
}

// Answered is the receiver's side of a handshake.
type Answered struct {
	terms      Terms
	exporter   []byte
	transcript []byte // offer and answer
	secret     []byte
}

// Answer goes on with a handshake as the link's receiver and returns what to
// send. The caller has read the terms and agrees to them.
func Answer(offer, exporter []byte, s flow.Signer) (*Answered, []byte, error) {
	t, theirs, err := readOffer(offer)
	if err != nil {
		return nil, nil, fmt.Errorf("answer link offer: %w", err)
	}
	fail := func(err error) (*Answered, []byte, error) {
		return nil, nil, fmt.Errorf("answer link %s: %w", t.Link, err)
	}
	if err := usable(s, exporter); err != nil {
		return fail(err)
	}
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return fail(err)
	}
	b := appendNonce(nil)
	b = append(b, key.PublicKey().Bytes()...)
	secret, err := exchange(key, theirs, join(offer, b), exporter)
	if err != nil {
		return fail(err)
	}
	if b, err = prove(b, join(offer), roleTo, exporter, secret, s); err != nil {
		return fail(err)
	}
	return &Answered{terms: t, exporter: exporter, transcript: join(offer, b), secret: secret}, b, nil
}

// Confirm ends the sender's side: it checks the answer, asks judge about the
// receiver, and returns the link's keys and the last message. An answer that
// does not prove what it must is [ErrUnproven].
func (o *Offered) Confirm(answer []byte, judge Judge) (*Secured, []byte, error) {
	fail := func(err error) (*Secured, []byte, error) {
		return nil, nil, fmt.Errorf("confirm link %s: %w", o.terms.Link, err)
	}
	if len(answer) < nonceLen+keyLen {
		return fail(errHandshake)
	}
	theirs, err := ecdh.X25519().NewPublicKey(answer[nonceLen : nonceLen+keyLen])
	if err != nil {
		return fail(err)
	}
	secret, err := exchange(o.key, theirs, join(o.offer, answer[:nonceLen+keyLen]), o.exporter)
	if err != nil {
		return fail(err)
	}
	peer, err := checkProof(answer, nonceLen+keyLen, join(o.offer), roleTo, o.exporter, secret, o.terms.To, judge)
	if err != nil {
		return fail(err)
	}
	transcript := join(o.offer, answer)
	confirm, err := prove(nil, transcript, roleFrom, o.exporter, secret, o.signer)
	if err != nil {
		return fail(err)
	}
	forward, back := keys(secret, join(transcript, confirm))
	return &Secured{Peer: peer, Seal: (*Sealer)(forward), Open: (*Opener)(back)}, confirm, nil
}

// Secure ends the receiver's side: it checks the sender's last message and asks
// judge about the sender. One that does not prove what it must is [ErrUnproven].
func (a *Answered) Secure(confirm []byte, judge Judge) (*Secured, error) {
	peer, err := checkProof(confirm, 0, a.transcript, roleFrom, a.exporter, a.secret, a.terms.From, judge)
	if err != nil {
		return nil, fmt.Errorf("secure link %s: %w", a.terms.Link, err)
	}
	forward, back := keys(a.secret, join(a.transcript, confirm))
	return &Secured{Peer: peer, Seal: (*Sealer)(back), Open: (*Opener)(forward)}, nil
}

// A role keeps what one end signs from being taken for the other's.
type role string

const (
	roleFrom role = "sender"
	roleTo   role = "receiver"
)

// prove appends chain, signature and MAC to b, a message that follows transcript.
func prove(b, transcript []byte, r role, exporter, secret []byte, s flow.Signer) ([]byte, error) {
	b = append(b, byte(len(s.Chain)))
	for _, c := range s.Chain {
		b = appendBytes(b, c.Raw)
	}
	digest := signed(join(transcript, b), r, exporter)
	sig, err := s.Key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	b = appendBytes(b, sig)
	return append(b, mac(secret, r, join(transcript, b))...), nil
}

// checkProof checks what prove appended to the first core bytes of b.
func checkProof(b []byte, core int, transcript []byte, r role, exporter, secret []byte, end End, judge Judge) (flow.Identity, error) {
	nobody := flow.Identity{}
	if len(b) > maxHandshake || len(b) < core+1+sha256.Size {
		return nobody, errHandshake
	}
	body, tag := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if !hmac.Equal(tag, mac(secret, r, join(transcript, body))) {
		return nobody, fmt.Errorf("%w: it does not share our key", ErrUnproven)
	}
	chain, rest, err := readChain(body[core:])
	if err != nil {
		return nobody, err
	}
	sig, end0, err := readBytes(rest, maxCertificate)
	if err != nil || len(end0) > 0 {
		return nobody, errHandshake
	}
	id, err := judge(end, chain)
	if err != nil {
		return nobody, err
	}
	pub, ok := chain[0].PublicKey.(*ecdsa.PublicKey)
	digest := signed(join(transcript, body[:len(body)-len(rest)]), r, exporter)
	if !ok || !ecdsa.VerifyASN1(pub, digest[:], sig) {
		return nobody, fmt.Errorf("%w: %s has not signed this handshake", ErrUnproven, id.URI)
	}
	return id, nil
}

func signed(transcript []byte, r role, exporter []byte) [32]byte {
	sum := sha256.Sum256(transcript)
	return sha256.Sum256(join([]byte("wardflow link v1"), []byte(r), sum[:], exporter))
}

func mac(secret []byte, r role, transcript []byte) []byte {
	h := hmac.New(sha256.New, expand(secret, "wardflow link v1 mac "+string(r), sha256.Size))
	h.Write(transcript)
	return h.Sum(nil)
}

// exchange is the secret that both ends reach: bound to what they said so far
// and to their nodes' connection.
func exchange(ours *ecdh.PrivateKey, theirs *ecdh.PublicKey, transcript, exporter []byte) ([]byte, error) {
	shared, err := ours.ECDH(theirs) // refuses points of low order
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnproven, err)
	}
	salt := sha256.Sum256(join(transcript, exporter))
	return hkdf.Extract(sha256.New, shared, salt[:])
}

// keys are those of the two directions: what the sender says, and the receiver.
func keys(secret, transcript []byte) (forward, back *sealing) {
	sum := sha256.Sum256(transcript)
	make := func(r role) *sealing {
		return newSealing(expand(secret, "wardflow link v1 keys "+string(r)+string(sum[:]), sealingLen), sum)
	}
	return make(roleFrom), make(roleTo)
}

func expand(secret []byte, info string, n int) []byte {
	b, err := hkdf.Expand(sha256.New, secret, info, n)
	if err != nil {
		panic("link: " + err.Error()) // only for more than 255 blocks
	}
	return b
}

func usable(s flow.Signer, exporter []byte) error {
	switch {
	case len(exporter) != exporterLen:
		return fmt.Errorf("want a TLS exporter of %d bytes, have %d", exporterLen, len(exporter))
	case s.Key == nil || len(s.Chain) == 0:
		return errors.New("there is no certificate to speak with")
	case len(s.Chain) > maxChain:
		return fmt.Errorf("%d certificates are too many, at most %d", len(s.Chain), maxChain)
	}
	for _, c := range s.Chain {
		if len(c.Raw) > maxCertificate {
			return fmt.Errorf("a certificate of %d bytes is too large, at most %d", len(c.Raw), maxCertificate)
		}
	}
	if _, ok := s.Key.Public().(*ecdsa.PublicKey); !ok {
		return fmt.Errorf("a %T can't sign a link; want an ECDSA key", s.Key)
	}
	return nil
}

func appendNonce(b []byte) []byte {
	var nonce [nonceLen]byte
	rand.Read(nonce[:]) // never fails: it ends the process instead
	return append(b, nonce[:]...)
}

// join puts byte strings one after the other, each with its length, so that no
// two different sequences look the same.
func join(parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += 4 + len(p)
	}
	b := make([]byte, 0, n)
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return b
}
