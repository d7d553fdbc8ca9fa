package remote

import (
	"strings"
	"testing"
)

// Two doors that both leave messages unsealed understand each other, one of
// them and a sealed one do not, and none opens where another host could reach it.
func TestUnsealedIsForMeasuring(t *testing.T) {
	h := newHall(t)
	plain := func(c *Config) { c.Unsealed = true }
	one, two, sealed := h.room("one", plain), h.room("two", plain), h.room("sealed")
	end := h.join(one, two, "x", one.cfg.Signer(), two.cfg.Signer(), 10)
	one.open(end)
	one.give(end.Terms.Link, 1, 30)
	two.inOrder(end.Terms.Link, 30)
	if sent := one.Sent(); sent.Packets == 0 || sent.Bytes == 0 {
		t.Errorf("30 tokens were sent, and Sent is %+v", sent)
	}

	end = h.join(one, sealed, "y", one.cfg.Signer(), sealed.cfg.Signer(), 10)
	one.open(end)
	sealed.wait("a refusal", func() bool { return sealed.why[end.Terms.Link] != nil })
	if got := len(sealed.ins[end.Terms.Link].got); got > 0 {
		t.Errorf("%d tokens came to a sealed end", got)
	}

	cfg := one.cfg
	cfg.Listen = ":0"
	if d, err := Listen(cfg); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("a door without seals opened at %v (%v)", d, err)
	}
}
