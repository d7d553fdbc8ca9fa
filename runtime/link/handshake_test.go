package link_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// signer makes a key and a certificate that only the judges below believe.
func signer(tb testing.TB, name string) flow.Signer {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return flow.Signer{Key: key, Chain: []*x509.Certificate{leaf}, ID: flow.Identity{URI: "spiffe://test/" + name}}
}

// only believes one signer, for the end that is meant.
func only(s flow.Signer, actor flow.ActorID) link.Judge {
	return func(end link.End, chain []*x509.Certificate) (flow.Identity, error) {
		if end.Actor != actor || !bytes.Equal(chain[0].Raw, s.Chain[0].Raw) {
			return flow.Identity{}, fmt.Errorf("%s may not speak for %s", chain[0].Subject.CommonName, end.Actor)
		}
		return s.ID, nil
	}
}

var terms = link.Terms{Link: "w:ecg.out > w:alarm.in", Life: 3,
	From: link.End{Actor: "w:ecg", Node: "bedside", Epoch: 3}, To: link.End{Actor: "w:alarm", Node: "desk", Epoch: 7}}

type pair struct {
	ecg, alarm flow.Signer
	ekm        []byte // the exporter of the nodes' connection
}

func newPair(tb testing.TB) pair {
	return pair{signer(tb, "ecg"), signer(tb, "alarm"), bytes.Repeat([]byte{7}, link.ExporterLen)}
}

func (p pair) secure(tb testing.TB) (from, to *link.Secured) {
	tb.Helper()
	offered, offer, err := link.Offer(terms, p.ekm, p.ecg)
	if err != nil {
		tb.Fatal(err)
	}
	answered, answer, err := link.Answer(offer, p.ekm, p.alarm)
	if err != nil {
		tb.Fatal(err)
	}
	from, confirm, err := offered.Confirm(answer, only(p.alarm, "w:alarm"))
	if err != nil {
		tb.Fatal(err)
	}
	to, err = answered.Secure(confirm, only(p.ecg, "w:ecg"))
	if err != nil {
		tb.Fatal(err)
	}
	return from, to
}

func TestHandshake(t *testing.T) {
	p := newPair(t)
	from, to := p.secure(t)
	if from.Peer.URI != p.alarm.ID.URI || to.Peer.URI != p.ecg.ID.URI {
		t.Fatalf("the ends know each other as %s and %s", from.Peer.URI, to.Peer.URI)
	}
	for i := range 3 {
		for _, way := range []struct{ a, b *link.Secured }{{from, to}, {to, from}} {
			plain := fmt.Appendf(nil, "message %d", i)
			sealed, err := way.a.Seal.Seal(nil, plain)
			if err != nil || len(sealed) != len(plain)+link.Overhead || bytes.Contains(sealed, plain) {
				t.Fatalf("Seal = %x, %v", sealed, err)
			}
			if got, err := way.b.Open.Open(sealed[:0], sealed); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("Open = %q, %v; want %q", got, err, plain)
			}
		}
	}
}

func TestReadTerms(t *testing.T) {
	_, offer, err := link.Offer(terms, newPair(t).ekm, signer(t, "ecg"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := link.ReadTerms(offer); got != terms || err != nil {
		t.Fatalf("ReadTerms = %v, %v; want %v", got, err, terms)
	}
}

// Somebody in the middle changes one bit of any message, anywhere: nobody ends
// up with a link.
func TestHandshakeAltered(t *testing.T) {
	p := newPair(t)
	for _, which := range []string{"offer", "answer", "confirm"} {
		for at := 0; ; at += 3 {
			flip := func(name string, b []byte) []byte {
				if name != which || at >= len(b) {
					return b
				}
				b = bytes.Clone(b)
				b[at] ^= 1 << (at % 8)
				return b
			}
			offered, offer, err := link.Offer(terms, p.ekm, p.ecg)
			if err != nil {
				t.Fatal(err)
			}
			if which == "offer" && at >= len(offer) {
				break
			}
			answered, answer, err := link.Answer(flip("offer", offer), p.ekm, p.alarm)
			if err != nil {
				continue
			}
			if which == "answer" && at >= len(answer) {
				break
			}
			anyone := func(link.End, []*x509.Certificate) (flow.Identity, error) { return flow.Identity{URI: "anyone"}, nil }
			_, confirm, err := offered.Confirm(flip("answer", answer), anyone)
			if err != nil {
				continue
			}
			if which == "confirm" && at >= len(confirm) {
				break
			}
			if _, err := answered.Secure(flip("confirm", confirm), anyone); err == nil {
				t.Fatalf("byte %d of the %s was altered, and the link is up", at, which)
			}
		}
	}
}

// The rows of substrate.md section 4.3 that a handshake stops.
func TestHandshakeRefuses(t *testing.T) {
	p := newPair(t)
	rogue := signer(t, "rogue")
	other := bytes.Repeat([]byte{8}, link.ExporterLen)
	stolen := p.ecg
	stolen.Key = rogue.Key // the certificate of one, the key of another
	for _, tt := range []struct {
		name     string
		from, to flow.Signer
		ekm      []byte // of the receiver's connection
		want     error  // nil: the judge's
	}{
		{"a sender with another certificate", rogue, p.alarm, p.ekm, nil},
		{"a receiver with another certificate", p.ecg, rogue, p.ekm, nil},
		{"a sender without the certificate's key", stolen, p.alarm, p.ekm, link.ErrUnproven},
		{"a relay between two connections", p.ecg, p.alarm, other, link.ErrUnproven},
	} {
		t.Run(tt.name, func(t *testing.T) {
			offered, offer, err := link.Offer(terms, p.ekm, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			answered, answer, err := link.Answer(offer, tt.ekm, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			_, confirm, err := offered.Confirm(answer, only(p.alarm, "w:alarm"))
			if err == nil {
				_, err = answered.Secure(confirm, only(p.ecg, "w:ecg"))
			}
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("the link is up or refused for the wrong reason: %v, want %v", err, tt.want)
			}
		})
	}
}

// What was recorded on one connection is worth nothing on the next, even with
// the same exporter: nonces and keys are fresh.
func TestHandshakeReplayed(t *testing.T) {
	p := newPair(t)
	offered, offer, _ := link.Offer(terms, p.ekm, p.ecg)
	_, answer, _ := link.Answer(offer, p.ekm, p.alarm)
	_, confirm, err := offered.Confirm(answer, only(p.alarm, "w:alarm"))
	if err != nil {
		t.Fatal(err)
	}
	again, _, _ := link.Answer(offer, p.ekm, p.alarm)
	if _, err := again.Secure(confirm, only(p.ecg, "w:ecg")); !errors.Is(err, link.ErrUnproven) {
		t.Fatalf("a replayed confirm: %v, want ErrUnproven", err)
	}
	fresh, _, _ := link.Offer(terms, p.ekm, p.ecg)
	if _, _, err := fresh.Confirm(answer, only(p.alarm, "w:alarm")); !errors.Is(err, link.ErrUnproven) {
		t.Fatalf("a replayed answer: %v, want ErrUnproven", err)
	}
}

// What one end says is no answer to it: not its offer, and neither proof of the
// other's as its own.
func TestHandshakeReflected(t *testing.T) {
	p := newPair(t)
	offered, offer, _ := link.Offer(terms, p.ekm, p.ecg)
	answered, answer, _ := link.Answer(offer, p.ekm, p.alarm)
	if _, _, err := offered.Confirm(offer, only(p.alarm, "w:alarm")); err == nil {
		t.Error("a sender took its own offer for the answer")
	}
	const core = 64 // nonce and key, before the proof
	if _, err := answered.Secure(answer[core:], only(p.ecg, "w:ecg")); !errors.Is(err, link.ErrUnproven) {
		t.Errorf("a receiver took its own proof for the sender's: %v, want ErrUnproven", err)
	}
	_, confirm, err := offered.Confirm(answer, only(p.alarm, "w:alarm"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := offered.Confirm(append(slices.Clone(answer[:core]), confirm...), only(p.alarm, "w:alarm")); err == nil {
		t.Error("a sender took its own proof for the receiver's")
	}
}

// An old activation's terms differ, so its keys do.
func TestKeysAreOfTheTerms(t *testing.T) {
	p := newPair(t)
	from, _ := p.secure(t)
	_, to := p.secure(t)
	sealed, _ := from.Seal.Seal(nil, []byte("x"))
	if _, err := to.Open.Open(nil, sealed); !errors.Is(err, link.ErrForged) {
		t.Fatalf("a frame of another handshake: %v, want ErrForged", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		attack func(sealed [][]byte) [][]byte
		opened int // messages before the first that does not open
	}{
		{"replay", func(s [][]byte) [][]byte { return [][]byte{s[0], s[0]} }, 1},
		{"reordering", func(s [][]byte) [][]byte { return [][]byte{s[1], s[0]} }, 0},
		{"leaving one out", func(s [][]byte) [][]byte { return [][]byte{s[0], s[2]} }, 1},
		{"one bit", func(s [][]byte) [][]byte { s[1][0] ^= 1; return s }, 1},
		{"cutting short", func(s [][]byte) [][]byte { return [][]byte{s[0][:link.Overhead-1]} }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from, to := newPair(t).secure(t)
			var sealed [][]byte
			for i := range 3 {
				b, _ := from.Seal.Seal(nil, fmt.Append(nil, "frame", i))
				sealed = append(sealed, b)
			}
			for i, b := range tt.attack(sealed) {
				_, err := to.Open.Open(nil, b)
				if i < tt.opened && err != nil {
					t.Fatalf("message %d: %v", i, err)
				}
				if i == tt.opened {
					if !errors.Is(err, link.ErrForged) {
						t.Fatalf("message %d: %v, want ErrForged", i, err)
					}
					return
				}
			}
		})
	}
}

// What one end says does not pass for what the other says.
func TestOpenRefusesReflection(t *testing.T) {
	from, _ := newPair(t).secure(t)
	sealed, _ := from.Seal.Seal(nil, []byte("x"))
	if _, err := from.Open.Open(nil, sealed); !errors.Is(err, link.ErrForged) {
		t.Fatalf("a reflected message: %v, want ErrForged", err)
	}
}

func TestOfferRefuses(t *testing.T) {
	p := newPair(t)
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	crossed := terms
	crossed.From.Actor = "w:other"
	for _, tt := range []struct {
		name  string
		terms link.Terms
		ekm   []byte
		s     flow.Signer
	}{
		{"no exporter", terms, nil, p.ecg},
		{"no certificate", terms, p.ekm, flow.Signer{}},
		{"a key of another kind", terms, p.ekm, flow.Signer{Key: edKey, Chain: p.ecg.Chain}},
		{"ends that are not the link's", crossed, p.ekm, p.ecg},
		{"no link at all", link.Terms{}, p.ekm, p.ecg},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := link.Offer(tt.terms, tt.ekm, tt.s); err == nil {
				t.Fatal("offered all the same")
			}
		})
	}
}

// Whatever a stranger sends, no end believes it and none falls over.
func FuzzHandshake(f *testing.F) {
	p := newPair(f)
	offered, offer, _ := link.Offer(terms, p.ekm, p.ecg)
	answered, answer, _ := link.Answer(offer, p.ekm, p.alarm)
	_, confirm, _ := offered.Confirm(answer, only(p.alarm, "w:alarm"))
	f.Add(offer)
	f.Add(answer)
	f.Add(confirm)
	fresh, _, _ := link.Offer(terms, p.ekm, p.ecg)
	other, _, _ := link.Answer(offer, p.ekm, p.alarm)
	anyone := func(link.End, []*x509.Certificate) (flow.Identity, error) { return flow.Identity{}, nil }
	f.Fuzz(func(t *testing.T, b []byte) {
		link.ReadTerms(b)
		if _, _, err := fresh.Confirm(b, anyone); err == nil {
			t.Fatalf("a stranger's answer is believed: %x", b)
		}
		if _, err := other.Secure(b, anyone); err == nil {
			t.Fatalf("a stranger's confirm is believed: %x", b)
		}
		if s, err := answered.Secure(b, anyone); err == nil && !bytes.Equal(b, confirm) {
			t.Fatalf("another confirm is believed: %v %x", s, b)
		}
	})
}

func BenchmarkHandshake(b *testing.B) {
	p := newPair(b)
	for b.Loop() {
		p.secure(b)
	}
}

// One frame of 64 tokens, sealed and opened; bytes are those of the plain frame.
func BenchmarkSeal(b *testing.B) {
	from, to := newPair(b).secure(b)
	m := link.Message{Kind: link.KindFrame, Frame: link.Frame{Link: terms.Link, First: 1}}
	for i := range 64 {
		m.Frame.Tokens = append(m.Frame.Tokens, flow.Token{Seq: uint64(i + 1), Source: "w:ecg", Made: time.Unix(1e9, int64(i)),
			Value: flow.Sealed{Kind: "reading", Bytes: make([]byte, 86)}})
	}
	var got link.Message
	var buf []byte
	b.ReportAllocs()
	b.Run("sealed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			buf, _, _ = link.AppendMessage(buf[:0], &m, 64<<10)
			b.SetBytes(int64(len(buf)))
			buf, _ = from.Seal.Seal(buf[:0], buf)
			plain, err := to.Open.Open(buf[:0], buf)
			if err == nil {
				err = link.ReadMessage(plain, terms.Link, &got)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			buf, _, _ = link.AppendMessage(buf[:0], &m, 64<<10)
			b.SetBytes(int64(len(buf)))
			if err := link.ReadMessage(buf, terms.Link, &got); err != nil {
				b.Fatal(err)
			}
		}
	})
}
