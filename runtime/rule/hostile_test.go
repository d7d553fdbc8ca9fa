package rule

import (
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A rule contract that is not ours is judged by itself, whatever it says it is,
// and one that gives no answer that counts refuses, and stops nobody else.
func TestHostileRules(t *testing.T) {
	t.Parallel()
	limits := Rule{Group: "h1", Limits: []Limit{{Kind: "8310-5", Unit: "Cel", Min: 25e6, Max: 45e6}}}
	c := NewCourt(t, limits)
	honest := c.Rules().Rules()[0].Parts[0]
	for _, tt := range []struct {
		name   string
		kind   string
		answer func(int) []byte
		want   flow.Reason
	}{
		{"accepts whatever its parameters", KindLimits, saying(0), flow.Accepted},
		{"claims to be a slope", KindSlope, saying(byte(flow.TooSteep)), flow.TooSteep},
		{"claims to be an agreement", KindAgreement, saying(byte(flow.Disagrees)), flow.Disagrees},
		{"of a kind of its own", "somebody.else/7", saying(byte(flow.TooLarge)), flow.TooLarge},
		{"answers for the manager", "x", saying(byte(flow.Revoked)), flow.BadRule},
		{"answers for the signature", "x", saying(byte(flow.BadSignature)), flow.BadRule},
		{"answers what is no reason", "x", saying(200), flow.BadRule},
		{"reverts", KindLimits, reverting, flow.BadRule},
		{"says nothing", KindLimits, mute, flow.BadRule},
		{"never ends", KindLimits, spending, flow.BadRule},
	} {
		at := c.make(forged(tt.kind, honest.Digest, tt.answer))
		group := "h1/" + strings.ReplaceAll(tt.name, " ", "-")
		c.Set(Rule{Group: group, Codes: []chain.Address{honest.Address, at}})
		set, st := c.Rules(), c.State()
		r, _ := set.Rule(group)
		if len(r.Parts) != 2 || r.Parts[1].Kind != tt.kind || len(r.Codes) != 1 || len(r.Limits) != 1 {
			t.Errorf("%s: read as %+v", tt.name, r)
		}
		now := time.UnixMilli(1_790_000_000_000)
		reading := &flow.Reading{Device: monitorEPC, Kind: "8310-5", Unit: "Cel", At: now, Scale: 1e6, Samples: []int64{36}}
		v, err := set.Judge(st, &flow.Case{Group: group, Now: now, Reading: reading})
		if err != nil || v.Reason != tt.want || v.Rule != at.Hex() || v.Version != 1 || v.Clause == "" {
			t.Errorf("%s: %+v, %v, want %v", tt.name, v, err, tt.want)
		}
		reading.Samples[0] = 1 // the honest part comes first
		v, err = set.Judge(st, &flow.Case{Group: group, Now: now, Reading: reading})
		if err != nil || v.Reason != flow.TooLow || v.Rule != honest.Address.Hex() || v.Clause != "1 Cel is below 25 Cel" {
			t.Errorf("%s: of the honest part: %+v, %v", tt.name, v, err)
		}
		v, err = set.Judge(st, &flow.Case{Group: "h1/else", Now: now, Reading: reading})
		if err != nil || v.Reason != flow.TooLow {
			t.Errorf("%s: of another group: %+v, %v", tt.name, v, err)
		}
	}
}

// What is no rule manager is told from one that can't be reached.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	c := NewCourt(t)
	for _, tt := range []struct {
		at   chain.Address
		want string
	}{
		{chain.Address{7}, "no contract at the address: is it another chain?"},
		{c.make(forged("x", chain.Hash{}, saying(1))), "not a rule manager of this wardflow"},
		{c.make(forged("x", chain.Hash{}, reverting)), "revert"},
	} {
		if set, err := LoadState(c.State(), tt.at); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("LoadState = %v, %v, want %q", set, err, tt.want)
		}
	}
}

// The words of an answer are read strictly.
func FuzzAnswer(f *testing.F) {
	f.Add(make([]byte, 128))
	f.Fuzz(func(t *testing.T, out []byte) {
		a, ok := answerOf(out)
		if !ok {
			return
		}
		want, err := managerABI().UnpackCheck(out)
		if err != nil || want.Reason != uint32(a.reason) || want.Rule != a.rule || want.Version != a.version || want.CurrentEpoch != a.epoch {
			t.Errorf("%x read as %+v, the generated code says %+v, %v", out, a, want, err)
		}
	})
}

func BenchmarkContract(b *testing.B) {
	c, j := newJudges(b)
	now := time.UnixMilli(1_790_000_000_000)
	for _, bb := range []struct {
		name, group string
	}{{"limits", "h1/3/icu-9/monitor"}, {"five contracts", "h1/3/slow/monitor"}} {
		b.Run(bb.name, func(b *testing.B) {
			k := &flow.Case{Group: bb.group, Now: now, Size: 86, Reading: &flow.Reading{Device: monitorEPC, Stream: "s", Seq: 1, Kind: "8867-4", Unit: "/min", At: now, Scale: 1e6, Samples: []int64{80}}}
			if bb.name == "limits" {
				k.Reading.Kind, k.Reading.Unit, k.Reading.Samples[0] = "8310-5", "Cel", 36
			}
			f := factsOf(k)
			b.ReportAllocs()
			defer CPU(b)()
			for b.Loop() {
				a, err := j.set.ask(j.st, &f)
				if err != nil || a.reason != flow.Accepted {
					b.Fatal(a, err)
				}
			}
		})
	}
	_ = c
}

func BenchmarkQuestion(b *testing.B) {
	now := time.UnixMilli(1_790_000_000_000)
	f := factsOf(&flow.Case{Group: "h1/3/icu-1/monitor", Now: now, Reading: &flow.Reading{Device: monitorEPC, Kind: "8310-5", Unit: "Cel", At: now, Scale: 1, Samples: []int64{1}}})
	var call []byte
	b.ReportAllocs()
	for b.Loop() {
		call = appendQuestion(call[:0], &f)
	}
}
