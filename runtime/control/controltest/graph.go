package controltest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What runs in the ward, and how it is joined.

type part struct {
	id      flow.ActorID
	typ     string
	node    flow.NodeID
	in, out []string
	why     []string
	rate    float64
	speaks  string
	bound   string // what binds it to its host, or ""
	scales  bool
}

// monitors are the sensors of each bed, with their readings per second.
var monitors = [][]struct {
	name string
	rate float64
}{
	{{"ecg", 1}, {"glucose", 0.003}, {"hr", 1}, {"spo2", 1}, {"temp", 0.02}},
	{{"ecg", 1}, {"hr", 1}, {"spo2", 1}},
	{{"ecg", 12.5}, {"hr", 12.5}, {"spo2", 12.5}},
}

const domain = "spiffe://h1.health.example/"

func actorsOf(app string) []part {
	id := func(format string, args ...any) flow.ActorID {
		return flow.ActorID(app + ":" + fmt.Sprintf(format, args...))
	}
	var out []part
	for i, bed := range monitors {
		sum := 0.0
		for j, m := range bed {
			sum += m.rate
			out = append(out, part{id: id("bed%d:%s", i+1, m.name), typ: "ward.Sensor", node: "bedside", out: []string{"out"}, rate: m.rate, bound: "the device's certificate",
				speaks: fmt.Sprintf("%sdevice/giai/0614141.%d%02d", domain, i+1, j),
				why:    []string{`the rule asks for room "icu-3", which bedside has`, "bedside holds the device's certificate"}})
		}
		out = append(out,
			part{id: id("bed%d:collector", i+1), typ: "ward.Collector", node: "bedside", in: []string{"in"}, out: []string{"out"}, rate: sum,
				speaks: fmt.Sprintf("%scollector/bed%d", domain, i+1),
				why:    []string{`the rule asks for floor "3": bedside and ward are fit`, "all it takes from is on bedside"}},
			part{id: id("bed%d:check", i+1), typ: "ward.RuleCheck", node: "ward", in: []string{"in"}, out: []string{"passed", "refused"}, rate: sum, scales: true,
				why: []string{"it requires rules: ward and records offer it", "ward had the fewest actors"}})
	}
	out = append(out,
		part{id: id("log"), typ: "io.Log", node: "ward", in: []string{"in"}, rate: 0.1, why: []string{"any node is fit", "what it takes from is on ward"}},
		part{id: id("store"), typ: "ward.Store", node: "records", in: []string{"in"}, rate: 44, bound: "store", speaks: domain + "storage/records",
			why: []string{"it requires store: only records offers it"}})
	slices.SortFunc(out, func(a, b part) int { return cmp.Compare(a.id, b.id) })
	return out
}

func linksOf(app string) []flow.Link {
	end := func(port, format string, args ...any) flow.Endpoint {
		return flow.Endpoint{Actor: flow.ActorID(app + ":" + fmt.Sprintf(format, args...)), Port: port}
	}
	var out []flow.Link
	for i, bed := range monitors {
		for _, m := range bed {
			out = append(out, flow.Link{From: end("out", "bed%d:%s", i+1, m.name), To: end("in", "bed%d:collector", i+1)})
		}
		out = append(out,
			flow.Link{From: end("out", "bed%d:collector", i+1), To: end("in", "bed%d:check", i+1)},
			flow.Link{From: end("passed", "bed%d:check", i+1), To: end("in", "store")},
			flow.Link{From: end("refused", "bed%d:check", i+1), To: end("in", "log")})
	}
	slices.SortFunc(out, func(a, b flow.Link) int { return cmp.Compare(a.ID(), b.ID()) })
	return out
}

// wobble moves a rate a little with time, differently for each i.
func wobble(rate, t float64, i int) float64 {
	return rate * (1 + 0.06*math.Sin(t/2+float64(i)))
}

func identity(uri string) *flow.Identity {
	if uri == "" {
		return nil
	}
	id := &flow.Identity{URI: uri, NotAfter: Begin.Add(24 * time.Hour)}
	var rest string
	for _, role := range []flow.Role{flow.RoleNode, flow.RoleDevice, flow.RoleCollector, flow.RoleStorage} {
		prefix := domain + string(role) + "/"
		if len(uri) > len(prefix) && uri[:len(prefix)] == prefix {
			id.Role, rest = role, uri[len(prefix):]
		}
	}
	id.Name = rest
	if id.Role == flow.RoleDevice {
		id.Name, id.Group, id.EPC = rest[len("giai/"):], "h1/3/icu-3/monitor", "3414257BF400000000001F4A"
	}
	return id
}

func orNode(id *flow.Identity, node flow.NodeID) *flow.Identity {
	if id != nil {
		return id
	}
	return identity(domain + "node/" + string(node))
}

func refusals(now time.Time, t float64) []control.Refusal {
	kinds := []control.Refusal{
		{Actor: "ward:bed1:check", Device: "3414257BF400000000001F4A", Group: "h1/3/icu-3/thermometer", Stream: "temp", Kind: "8310-5", Name: "body temperature", Value: "1.1 Cel", Reason: flow.TooLow.String(), Clause: "1.1 Cel is below 25 Cel"},
		{Actor: "ward:bed2:check", Device: "3414257BF400000000001F52", Group: "h1/3/icu-3/monitor", Stream: "hr", Kind: "8867-4", Name: "heart rate", Value: "412 /min", Reason: flow.TooHigh.String(), Clause: "412 /min is above 300 /min"},
		{Actor: "ward:bed1:check", Device: "3414257BF400000000001F4C", Group: "h1/3/icu-3/monitor", Stream: "spo2", Kind: "59408-5", Name: "oxygen saturation", Value: "96 %", Reason: flow.OutOfSequence.String(), Clause: "number 88 of the stream was seen before"},
	}
	out := []control.Refusal{}
	for i := range min(8, int(t/9)) {
		r := kinds[i%len(kinds)]
		r.At, r.Rule, r.Version, r.Epoch, r.Block = now.Add(-time.Duration(i*9)*time.Second), manager, 3, 7, 1203+uint64(t)-uint64(9*i)
		out = append(out, r)
	}
	return out
}
