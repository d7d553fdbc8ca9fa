package node

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/device"
)

// Whatever people ask of a mock: it does it or says why not, and what is read of
// it then is what such a device can say, or beyond its range by a fault.
func FuzzDrive(f *testing.F) {
	for i, body := range []string{`{"set":36.8}`, `{"set":"x"}`, `{"set":{"$exception":"EOSToken"}}`, `{"set":[[[[1]]]]}`, `{"set":1e999}`, `{"set":9223372036854775808}`,
		`{"play":{"name":"n","values":[1,0,1],"times":[0,0.5,2],"speed":2}}`, `{"play":{"values":[1,"x"],"every":1e300}}`, `{"play":{"values":[1],"every":1e-9}}`,
		`{"fault":{"kind":"drift","perMinute":-1e300}}`, `{"fault":{"kind":"out-of-range","value":-1e9,"for":0.001}}`, `{"fault":{"kind":"stuck","for":-1}}`, `{"fault":{"kind":"silence","for":1e18}}`,
		`{"mend":true}`, `{"clear":true}`, `{"set":1,"mend":true}`, `{}`, `null`} {
		for j := range 2 { // not all with all: the fuzzer runs each before it begins
			f.Add([]byte(body), uint(3*i+20*j), int64(i))
		}
	}
	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	all := device.Capabilities()
	f.Fuzz(func(t *testing.T, body []byte, n uint, after int64) {
		var d control.Drive
		if json.Unmarshal(body, &d) != nil || d.Check() != nil {
			return
		}
		c := all[n%uint(len(all))]
		m := device.NewMock(c)
		was := m.State(start)
		if err := doDrive(m, d, start); err != nil {
			if now := m.State(start); now.Fault != nil || now.Trace != "" || string(shownValue(now.Value)) != string(shownValue(was.Value)) {
				t.Fatalf("%s %s was refused (%v), and it is %+v", c.Name, body, err, now)
			}
			return
		}
		_ = said(d)
		now := start.Add(time.Duration(max(0, after)))
		v, err := m.Read(now)
		if fault := m.State(now).Fault; err == nil && c.Check(v) != nil && (fault == nil || fault.Kind == device.Stuck) {
			t.Fatalf("%s reads %v after %s: %v", c.Name, v, body, c.Check(v))
		}
		if b := shownValue(v); !json.Valid(b) || len(b) > 2*longestShown {
			t.Fatalf("%s is shown as %.200s after %s", c.Name, b, body)
		}
	})
}
