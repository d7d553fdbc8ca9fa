package control

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"
)

func by(who, key string) keyed { return keyed{sha256.Sum256([]byte(who)), key} }

func of(body string) [sha256.Size]byte { return sha256.Sum256([]byte(body)) }

func TestOnce(t *testing.T) {
	var o onceOnly
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	k := by("admin", "1")
	if d, err := o.begin(k, of("move"), now); d != nil || err != nil {
		t.Fatalf("the first: %v, %v", d, err)
	}
	if d, err := o.begin(k, of("move"), now); err != errUnderWay || d == nil {
		t.Errorf("while it is under way: %v, %v", d, err)
	}
	if _, err := o.begin(k, of("stop"), now); err != errOtherBody {
		t.Errorf("another request: %v, want errOtherBody", err)
	}
	if d, err := o.begin(by("other", "1"), of("move"), now); d != nil || err != nil {
		t.Errorf("another's key of the same name: %v, %v", d, err)
	}
	o.end(k, 204, http.Header{"A": {"b"}}, []byte("x"), true)
	if d, err := o.begin(k, of("move"), now.Add(onceFor-1)); err != nil || d.code != 204 || string(d.body) != "x" || d.head.Get("A") != "b" {
		t.Errorf("again: %+v, %v", d, err)
	}
	if d, err := o.begin(k, of("stop"), now.Add(onceFor)); d != nil || err != nil {
		t.Errorf("when it is forgotten: %v, %v", d, err)
	}
	o.end(k, 503, nil, nil, false)
	if d, err := o.begin(k, of("move"), now.Add(onceFor)); d != nil || err != nil {
		t.Errorf("after one that is not kept: %v, %v", d, err)
	}
}

// However many come, what is kept is bounded; what is under way is not forgotten,
// and nobody pushes out another's.
func TestOnceIsBounded(t *testing.T) {
	var o onceOnly
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	mine := by("nurse", "mine")
	if _, err := o.begin(mine, of("x"), now); err != nil {
		t.Fatal(err)
	}
	o.end(mine, 200, nil, []byte("mine"), true)
	for i := range 2 * onceEach {
		k := by("flood", fmt.Sprint(i))
		if _, err := o.begin(k, of("x"), now); err != nil {
			t.Fatal(err)
		}
		o.end(k, 200, nil, nil, true)
	}
	if n := o.order.Len(); n != onceEach+1 {
		t.Errorf("%d answers kept of one caller and another, want %d", n, onceEach+1)
	}
	if d, err := o.begin(mine, of("x"), now); err != nil || d == nil || string(d.body) != "mine" {
		t.Errorf("mine: %v, %v", d, err)
	}
	for i := range 2 * onceBytes / (1 << 20) { // large ones push out the flood's own
		k := by("flood", fmt.Sprint("large", i))
		if _, err := o.begin(k, of("x"), now); err != nil {
			t.Fatal(err)
		}
		o.end(k, 200, nil, make([]byte, 1<<20), true)
	}
	if d, err := o.begin(mine, of("x"), now); err != nil || d == nil || o.bytes > onceOwn+1<<20 {
		t.Errorf("mine, when another's answers are large: %v, %v; %d bytes", d, err, o.bytes)
	}
	for i := range onceEach {
		if _, err := o.begin(by("busy", fmt.Sprint(i)), of("x"), now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.begin(by("busy", "more"), of("x"), now); err != errFullKeys {
		t.Errorf("one more than may be under way: %v, want errFullKeys", err)
	}
}

// Its sums are right whatever happens.
func TestOnceAddsUp(t *testing.T) {
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var o onceOnly
		now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
		open := map[keyed]bool{}
		for range 200 {
			now = now.Add(time.Duration(rng.IntN(600)) * time.Second)
			k := by(fmt.Sprint(rng.IntN(3)), fmt.Sprint(rng.IntN(30)))
			if d, err := o.begin(k, of(fmt.Sprint(rng.IntN(2))), now); d == nil && err == nil {
				open[k] = true
			}
			for k := range open {
				if rng.IntN(3) > 0 {
					o.end(k, 200, nil, make([]byte, rng.IntN(onceBytes/4)), rng.IntN(4) > 0)
					delete(open, k)
				}
			}
		}
		bytes, of := 0, map[[sha256.Size]byte]share{}
		for e := o.order.Front(); e != nil; e = e.Next() {
			d := e.Value.(*doneOnce)
			bytes, of[d.who] = bytes+d.size(), share{of[d.who].answers + 1, of[d.who].bytes + d.size()}
		}
		if bytes != o.bytes || bytes > onceBytes || len(o.all) != o.order.Len() || fmt.Sprint(of) != fmt.Sprint(o.of) {
			t.Fatalf("seed %d: %d bytes, counted as %d; %d answers, %d by key; %v by caller, counted as %v", seed, bytes, o.bytes, o.order.Len(), len(o.all), of, o.of)
		}
	}
}
