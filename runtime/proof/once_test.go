package proof_test

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A counting trust counts what it is asked, and says what it is told to.
type counting struct {
	proof.Trust
	asked int
	says  error
}

func (c *counting) Identify(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	c.asked++
	if c.says != nil {
		return flow.Identity{}, c.says
	}
	return c.Trust.Identify(chain, at)
}

// A question is asked once; another certificate, another chain beneath it and
// another time are other questions, and what is not believed is asked again.
func TestOnce(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	c := &counting{Trust: h.Verifier()}
	once := proof.Once(c)
	now := time.Now()
	then := once.(interface {
		IdentifyThen([]*x509.Certificate, time.Time) (flow.Identity, error)
	})
	for _, tt := range []struct {
		what  string
		chain []*x509.Certificate
		at    time.Time
		says  error
		asked int
	}{
		{"first", w.Card.Chain, now, nil, 1},
		{"again", w.Card.Chain, now, nil, 0},
		{"another certificate", w.Collector.Chain, now, nil, 1},
		{"another time", w.Card.Chain, now.Add(time.Second), nil, 1},
		{"not believed", w.Judge.Chain, now, errors.New("no"), 1},
		{"still not believed", w.Judge.Chain, now, errors.New("no"), 1},
		{"believed", w.Judge.Chain, now, nil, 1},
		{"believed, again", w.Judge.Chain, now, nil, 0},
	} {
		c.asked, c.says = 0, tt.says
		id, err := once.Identify(tt.chain, tt.at)
		if c.asked != tt.asked || (err != nil) != (tt.says != nil) {
			t.Errorf("%s: asked %d times, %v; want %d", tt.what, c.asked, err, tt.asked)
		}
		want, _ := c.Trust.Identify(tt.chain, tt.at)
		if err == nil && id.URI != want.URI {
			t.Errorf("%s: %s, want %s", tt.what, id.URI, want.URI)
		}
	}
	c.asked, c.says = 0, nil
	for range 2 {
		if _, err := then.IdentifyThen(w.Card.Chain, now); err != nil {
			t.Error(err)
		}
	}
	if c.asked != 1 {
		t.Errorf("as things stood then: asked %d times, want 1, apart from how they stand now", c.asked)
	}
}

// A window that an opener opens is the same that OpenWindow does, with
// certificates that were parsed before.
func TestOpenerWindows(t *testing.T) {
	w := newWard(t, pkitest.New(t))
	o := proof.NewOpener()
	var last *proof.Window
	for range 2 {
		want := w.Window(t, w.Readings(t, 5))
		got, err := o.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: want.Bytes})
		if err != nil || got.Hash != want.Hash || len(got.Devices) != len(want.Devices) || len(got.Judgments) != len(want.Judgments) {
			t.Fatalf("opened %+v, %v; want %+v", got, err, want)
		}
		for i, c := range got.Card {
			if !c.Equal(want.Card[i]) || last != nil && c != last.Card[i] {
				t.Errorf("certificate %d of the card is another, or was parsed again", i)
			}
		}
		for hash, c := range got.Devices {
			if !c.Equal(want.Devices[hash]) || last != nil && c != last.Devices[hash] {
				t.Errorf("certificate %x is another, or was parsed again", hash[:4])
			}
		}
		last = got
	}
}
