package sensor

import (
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/wardflow/wardflow/actors/sensor/recording"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Player is sensor.Player.
//
// A reading is stamped with the present time, as if it were measured now: the
// recorded spacing ÷ speed after the one before. A player that has been stopped
// goes on in the recording where it was, and in time from now.
//
// Its numbers go on after a restart too. A device that remembers nothing, as
// after its application was deployed anew, must not use a number again: it
// counts on from the clock, in milliseconds since 1970.
func Player() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.Player", Fault: flow.FaultRetry,
			Doc: "Play one channel of a recording as the readings of a device",
			Args: []flow.ArgSpec{
				{Name: "device", Doc: "name of the device's certificate on its node", Kind: "string", Required: true},
				{Name: "file", Doc: "FOLDER/FILE of the node's recordings: .hea (WFDB), .edf or .csv/.txt", Kind: "string", Required: true},
				{Name: "channel", Doc: "name of the channel in the recording, or #0 and so on", Kind: "string", Required: true},
				{Name: "kind", Doc: "LOINC code, such as 8867-4 (heart rate)", Kind: "string", Required: true},
				{Name: "unit", Doc: "UCUM code, such as /min", Kind: "string", Required: true},
				{Name: "speed", Doc: "how many times as fast as it was recorded", Kind: "number", Default: int64(1)},
				{Name: "loop", Doc: "begin again at the end", Kind: "bool", Default: true},
				{Name: "stream", Doc: "name of the stream; \"\" is the channel's", Kind: "string", Default: ""},
				{Name: "chunk", Doc: "recorded seconds in one reading of a waveform", Default: "1s"},
				{Name: "columns", Doc: "of CSV: {time, format, rate, name, value, where, absent}; {} recognises BIDMC, Challenge 2012 and Dexcom",
					Kind: "dict", Default: map[string]any{}}},
			Out:      []flow.Port{{Name: "reading", Doc: "readings signed by the device", Kind: "reading"}},
			Requires: []string{"recordings"},
			State:    1, Identity: "device", Speaks: flow.RoleDevice},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			of := a.Name("device")
			p := &player{file: a.Name("file"), channel: a.Name("channel"), chunk: a.Seconds("chunk"),
				tape: tape{speed: a.Number("speed"), loop: a.Bool("loop")}}
			p.device = device{name: of, stream: a.Text("stream"), kind: a.Name("kind"), unit: a.Name("unit"), signal: &p.tape}
			if p.stream == "" {
				p.stream = p.channel
			}
			if s := p.tape.speed; a.Err() == nil && (s < 1e-3 || s > 1e6) {
				a.Refuse("speed", "want 0.001 to 1000000, not %v", s)
			}
			if a.Err() == nil {
				p.columns = columns(&a, a.Any("columns"))
			}
			return p, a.Err()
		},
	}
}

type player struct {
	device
	file, channel string
	chunk         time.Duration
	columns       recording.Map
	tape          tape
}

// Start opens the recording and reads the channel to its end, so that what is
// wrong with it is said now.
func (p *player) Start(env flow.Env) error {
	v, err := env.Capability("recordings")
	if err != nil {
		return err
	}
	fsys, ok := v.(fs.FS)
	if !ok {
		return fmt.Errorf("capability recordings is a %T, want an fs.FS", v)
	}
	rec, err := recording.Open(fsys, p.file, p.columns)
	if err != nil {
		return err
	}
	ch, err := recording.Find(rec, p.channel)
	if err != nil {
		return fmt.Errorf("%s: %w", p.file, err)
	}
	c := rec.Channels()[ch]
	if is := ucum(c.Unit); is != "" && is != p.unit {
		return fmt.Errorf("%s: channel %s is in %s (%s), the script says unit=%q", p.file, c.Name, c.Unit, is, p.unit)
	}
	n, err := recording.Check(rec, ch)
	if err == nil && n == 0 {
		err = fmt.Errorf("channel %s holds no sample", c.Name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.file, err)
	}
	if err := p.tape.load(rec, ch, p.chunk); err != nil {
		return fmt.Errorf("%s: channel %s: %w", p.file, c.Name, err)
	}
	return p.device.start(env)
}

// Stop closes the recording.
func (p *player) Stop() {
	p.device.Stop()
	p.tape.close()
}
func (p *player) Actions() []flow.Action { return p.device.actions() }
func (p *player) Save() ([]byte, error)  { return p.device.save() }

func (p *player) Restore(version int, state []byte) error {
	return p.device.restore(version, state)
}

// columns reads the argument of that name.
func columns(a *value.Args, v flow.Value) recording.Map {
	var m recording.Map
	dict, ok := v.(map[string]any)
	if !ok {
		a.Refuse("columns", "want a dictionary, not %s", value.Kind(v))
	}
	for _, key := range sorted(dict) {
		v := dict[key]
		into, ok := map[string]*string{"time": &m.Time, "format": &m.Format, "name": &m.Name, "value": &m.Value, "rate": &m.Rate}[key]
		switch {
		case ok:
			*into = value.Text(v)
		case key == "where":
			m.Where = map[string]string{}
			cells, _ := v.(map[string]any)
			for column, cell := range cells {
				m.Where[column] = value.Text(cell)
			}
		case key == "absent":
			cells, _ := v.([]any)
			for _, cell := range cells {
				m.Absent = append(m.Absent, value.Text(cell))
			}
		default:
			a.Refuse("columns", "there is no %q: want time, format, rate, name, value, where or absent", key)
		}
	}
	return m
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// ucum is the UCUM code of a unit as recordings write it; "" when it is not
// known, and then the script's word stands.
func ucum(unit string) string {
	return map[string]string{
		"mV": "mV", "uV": "uV", "µV": "uV", "μV": "uV", "V": "V",
		"mmHg": "mm[Hg]", "mm[Hg]": "mm[Hg]", "%": "%", "mg/dL": "mg/dL", "mmol/L": "mmol/L",
		"Cel": "Cel", "°C": "Cel", "degC": "Cel", "/min": "/min", "bpm": "/min",
	}[unit]
}

// most is how many samples a reading may have so that its signed bytes fit
// whatever the samples are.
const most = proof.MaxReading/8 - 256
