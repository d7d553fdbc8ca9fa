package merge_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control/merge"
)

type doc struct {
	At     time.Time         `json:"at"`
	Name   string            `json:"name"`
	Said   string            `json:"said,omitempty"`
	Items  []item            `json:"items" merge:"by=id"`
	News   []news            `json:"news" merge:"newest=5"`
	Plain  []string          `json:"plain,omitempty"`
	Part   *part             `json:"part,omitempty"`
	Counts map[string]uint64 `json:"counts,omitempty"`
	Since  time.Time         `json:"since,omitzero"`
	Any    any               `json:"any,omitempty"`
	Odd    odd               `json:"odd"`
	Hidden string            `json:"-"`
}

type base struct {
	ID   string `json:"id"`
	Boot uint64 `json:"boot,omitempty"`
}

type item struct {
	base
	Rate  float64  `json:"rate"`
	Up    bool     `json:"up"`
	Why   []string `json:"why,omitempty"`
	Part  *part    `json:"part,omitempty"`
	Inner part     `json:"inner"`
}

type part struct {
	N     int               `json:"n"`
	Words map[string]string `json:"words,omitempty"`
}

type news struct {
	Seq  uint64 `json:"seq"`
	Text string `json:"text"`
}

// An odd writes itself, as an object of one member or none.
type odd struct{ what string }

func (o odd) MarshalJSON() ([]byte, error) {
	if o.what == "" {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]any{o.what: 1, "deep": map[string]string{o.what: "x"}})
}

func (o *odd) UnmarshalJSON(b []byte) error {
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	for k, v := range m {
		if k != "deep" && v != nil {
			o.what = k
		}
	}
	return nil
}

// Whatever changes, a patch makes of what was what is: for our own Apply, and for
// whoever knows RFC 7396 and nothing of our types.
func TestPatchMakesTheNewOfTheOld(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 7))
		from := draw(rng)
		to := from
		if rng.IntN(4) > 0 {
			to = alter(rng, from)
		} else {
			to = draw(rng)
		}
		before := text(from)
		patch, any := merge.Append(nil, &from, &to)
		if !json.Valid(patch) || any != (text(from) != text(to)) {
			t.Fatalf("seed %d: patch %s (%t) from %s to %s", seed, patch, any, text(from), text(to))
		}
		if got := rfc7396(t, from, patch); got != loosely(t, to) {
			t.Fatalf("seed %d: by the RFC %s, want %s (patch %s)", seed, got, loosely(t, to), patch)
		}
		got, err := merge.Apply(from, patch)
		if err != nil || loosely(t, got) != loosely(t, to) {
			t.Fatalf("seed %d: Apply: %s, %v; want %s (patch %s)", seed, text(got), err, text(to), patch)
		}
		if text(from) != before {
			t.Fatalf("seed %d: Apply changed what it was given: %s, was %s", seed, text(from), before)
		}
	}
}

func text(d doc) string {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// loosely is a doc as the RFC sees it: no member is null.
func loosely(t *testing.T, d doc) string {
	t.Helper()
	m := asMap(t, []byte(text(d)))
	return rendered(t, mergeRFC(map[string]any{}, m))
}

// rfc7396 puts a patch on by the pseudo-code of the RFC, with the lists by key
// written as objects before and the news put in front after.
func rfc7396(t *testing.T, from doc, patch []byte) string {
	t.Helper()
	p := asMap(t, patch)
	m := mergeRFC(map[string]any{}, asMap(t, []byte(text(from)))).(map[string]any) // without nulls
	if front, ok := p["newNews"].([]any); ok {
		old, _ := m["news"].([]any)
		all := append(slices.Clone(front), old...)
		m["news"] = all[:min(5, len(all))]
		delete(p, "newNews")
	}
	if changes, ok := p["items"].(map[string]any); ok {
		byID := map[string]any{}
		for _, it := range orNone(m["items"]) {
			byID[it.(map[string]any)["id"].(string)] = it
		}
		merged := mergeRFC(byID, changes).(map[string]any)
		list := []any{}
		for _, id := range sortedKeys(merged) {
			list = append(list, merged[id])
		}
		m["items"] = list
		delete(p, "items")
	}
	return rendered(t, mergeRFC(m, p))
}

func orNone(v any) []any {
	list, _ := v.([]any)
	return list
}

func mergeRFC(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out, ok := target.(map[string]any)
	if !ok {
		out = map[string]any{}
	}
	for name, v := range p {
		if v == nil {
			delete(out, name)
		} else {
			out[name] = mergeRFC(out[name], v)
		}
	}
	return out
}

func asMap(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func rendered(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sortedKeys(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func draw(rng *rand.Rand) doc {
	d := doc{At: time.Unix(rng.Int64N(3), 0).UTC(), Name: word(rng), Said: word(rng), Hidden: word(rng), Odd: odd{word(rng)}}
	for i := range rng.IntN(5) {
		if rng.IntN(3) > 0 {
			d.Items = append(d.Items, drawItem(rng, i))
		}
	}
	for i := range rng.IntN(6) {
		d.News = append(d.News, news{uint64(100 - i), word(rng)})
	}
	if rng.IntN(2) > 0 {
		d.Plain = []string{word(rng), "<&>\u2028\"\\\n"}
	}
	if rng.IntN(2) > 0 {
		d.Part = drawPart(rng)
		d.Since = d.At
		d.Any = map[string]any{word(rng): 1.0, "deep": map[string]any{word(rng): true}}
		d.Counts = map[string]uint64{word(rng): rng.Uint64N(3), word(rng): 1}
	}
	return d
}

func drawItem(rng *rand.Rand, i int) item {
	it := item{base: base{fmt.Sprintf("a > %d", i), rng.Uint64N(2)}, Rate: float64(rng.IntN(4)) / 4, Up: rng.IntN(2) > 0, Inner: *drawPart(rng)}
	if rng.IntN(2) > 0 {
		it.Why, it.Part = []string{word(rng)}, drawPart(rng)
	}
	return it
}

func drawPart(rng *rand.Rand) *part {
	p := &part{N: rng.IntN(3)}
	if rng.IntN(2) > 0 {
		p.Words = map[string]string{word(rng): word(rng), word(rng): "x"}
	}
	return p
}

func word(rng *rand.Rand) string { return []string{"", "hr", "spo2", "\"ü\t"}[rng.IntN(4)] }

// alter changes a little, as what runs does.
func alter(rng *rand.Rand, d doc) doc {
	d.Items = slices.Clone(d.Items)
	for i := range d.Items {
		if rng.IntN(2) > 0 {
			d.Items[i].Rate++
		}
	}
	switch rng.IntN(5) {
	case 0:
		d.News = append([]news{{101, "a"}, {100, word(rng)}}, d.News...)
		d.News = d.News[:min(5, len(d.News))]
	case 1:
		d.Part = nil
	case 2:
		d.Items = d.Items[:len(d.Items)/2]
	case 3:
		d.Odd = odd{word(rng)}
	}
	return d
}

// What changes often is written short.
func TestShort(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	from := doc{At: at, Items: []item{{base: base{ID: "ward:a.out > ward:b.in"}, Rate: 1, Part: &part{N: 1}}, {base: base{ID: "x"}}}, News: []news{{1, "old"}}}
	for _, tt := range []struct {
		name   string
		change func(*doc)
		want   string
	}{
		{"nothing", func(*doc) {}, `{}`},
		{"less than anybody sees", func(d *doc) { d.Items[0].Rate = 1.00001 }, `{}`},
		{"a rate", func(d *doc) { d.Items[0].Rate = 12.34567 }, `{"items":{"ward:a.out > ward:b.in":{"rate":12.35}}}`},
		{"a small one", func(d *doc) { d.Items[0].Rate = 0.00000123456 }, `{"items":{"ward:a.out > ward:b.in":{"rate":1.235e-06}}}`},
		{"a large one", func(d *doc) { d.Items[0].Rate = 1234567 }, `{"items":{"ward:a.out > ward:b.in":{"rate":1235000}}}`},
		{"inside", func(d *doc) { d.Items[0].Part = &part{N: 2} }, `{"items":{"ward:a.out > ward:b.in":{"part":{"n":2}}}}`},
		{"gone inside", func(d *doc) { d.Items[0].Part = nil }, `{"items":{"ward:a.out > ward:b.in":{"part":null}}}`},
		{"an item gone", func(d *doc) { d.Items = d.Items[1:] }, `{"items":{"ward:a.out > ward:b.in":null}}`},
		{"all gone", func(d *doc) { d.Items = []item{} }, `{"items":{"ward:a.out > ward:b.in":null,"x":null}}`},
		{"news", func(d *doc) { d.News = []news{{3, "c"}, {2, "b"}, {1, "old"}} }, `{"newNews":[{"seq":3,"text":"c"},{"seq":2,"text":"b"}]}`},
		{"news that changed", func(d *doc) { d.News = []news{{1, "new"}} }, `{"news":[{"seq":1,"text":"new"}]}`},
	} {
		to := from
		to.Items = slices.Clone(from.Items)
		tt.change(&to)
		if got, _ := merge.Append(nil, &from, &to); string(got) != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// An item whose place in the order is another is found all the same.
func TestUnsorted(t *testing.T) {
	from := doc{Items: []item{{base: base{ID: "b"}}, {base: base{ID: "a"}}}}
	to := doc{Items: []item{{base: base{ID: "a"}, Up: true}, {base: base{ID: "b"}}}}
	if got, _ := merge.Append(nil, &from, &to); string(got) != `{"items":{"a":{"up":true}}}` {
		t.Errorf("patch %s", got)
	}
}

func TestWhatIsNotKnownIsPassedOver(t *testing.T) {
	got, err := merge.Apply(doc{Name: "a"}, []byte(`{"later":{"x":1},"name":"b","items":{"n":{"rate":2,"more":[]},"none":null}}`))
	want := doc{Name: "b", Items: []item{{base: base{ID: "n"}, Rate: 2}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []string{``, `[]`, `{"name":1}`, `{"items":{"a":[]}}`, `{"newNews":{}}`, `{"part":"x"}`, `{"counts":{"a":"b"}}`} {
		if got, err := merge.Apply(doc{Name: "a"}, []byte(bad)); err == nil || got.Name != "a" {
			t.Errorf("Apply(%s) = %+v, want an error and what was", bad, got)
		}
	}
}

// Whatever comes is an error or a document that can be written; what was is left.
func FuzzApply(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		from, to := draw(rng), draw(rng)
		patch, _ := merge.Append(nil, &from, &to)
		f.Add(patch)
	}
	from := draw(rng)
	was := text(from)
	f.Fuzz(func(t *testing.T, patch []byte) {
		got, err := merge.Apply(from, patch)
		if text(from) != was {
			t.Fatalf("Apply(%s) changed what it was given", patch)
		}
		if err != nil {
			return
		}
		var list struct{ Items []json.RawMessage }
		if json.Unmarshal(patch, &list) == nil && len(list.Items) > 0 {
			return // a list that came whole is as it came
		}
		again, any := merge.Append(nil, &got, &got)
		if any {
			t.Fatalf("a document differs from itself: %s", again)
		}
		if !slices.IsSortedFunc(got.Items, func(a, b item) int { return strings.Compare(a.ID, b.ID) }) {
			t.Fatalf("items are not sorted after %s", patch)
		}
	})
}
