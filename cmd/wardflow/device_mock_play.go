package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/actors/sensor/recording"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/device"
)

// A playing is one run of "device mock play".
type playing struct {
	channel, time string
	speed         float64
	once          bool
	from          time.Duration
}

func mockPlayCommand(to *reach, out *output) *cobra.Command {
	var p playing
	cmd := &cobra.Command{
		Use:   "play MOCK FILE",
		Short: "Play one channel of a recording on a mock device",
		Long: `Plays one channel of a recording on a mock device, at the pace at which it was recorded:
WFDB (.hea), EDF (.edf) or CSV (.csv, .txt). The columns of CSV are recognised as
sensor.Player does, or --time names that of the seconds; one called time needs no naming. The file is read here and its
values are sent, at most 20000 of them: of a longer one --from says where to begin.`,
		Example: "  wardflow device mock play bed-1-hr bidmc_01_Numerics.csv --channel HR\n" +
			"  wardflow device mock play bed-1-temp fever.csv --time s --channel celsius --speed 60 --once",
		Args:              takes(2, "a mock and a recording"),
		ValidArgsFunction: completeMock(nil),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			m, err := oneMock(ctx, c, args[0])
			if err != nil {
				return err
			}
			t, unit, err := p.read(args[1], m.Form)
			if err != nil {
				return err
			}
			if unit != "" && m.Unit != "" && !sameUnit(unit, m.Unit) {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s is in %s, and %s says %s: the numbers are taken as they are\n", t.Name, unit, mockID(m), m.Unit)
			}
			return driveMock(ctx, c, cmd, out, m, control.Drive{Play: t})
		}),
	}
	f := cmd.Flags()
	f.StringVar(&p.channel, "channel", "", "name of the channel, or #0 and so on (default: the only one)")
	f.StringVar(&p.time, "time", "", "of CSV: the column of the time, in seconds")
	f.Float64Var(&p.speed, "speed", 1, "how many times as fast as it was recorded")
	f.BoolVar(&p.once, "once", false, "do not begin again at the end")
	f.DurationVar(&p.from, "from", 0, "where in the recording to begin")
	return cmd
}

func sameUnit(a, b string) bool {
	plain := func(u string) string {
		return strings.ToLower(strings.NewReplacer("bpm", "/min", "°c", "cel").Replace(strings.ToLower(u)))
	}
	return plain(a) == plain(b)
}

// read takes the channel out of a file, with the unit that the file says.
func (p *playing) read(file string, form control.MockForm) (*control.MockTrace, string, error) {
	var columns recording.Map
	if p.time != "" {
		columns = recording.Map{Time: p.time, Format: "seconds"}
	}
	dir, name := os.DirFS(filepath.Dir(file)), filepath.Base(file)
	rec, err := recording.Open(dir, name, columns)
	if err != nil && p.time == "" { // as the page saves what a mock said
		if saved, other := recording.Open(dir, name, recording.Map{Time: "time", Format: "seconds"}); other == nil {
			rec, err = saved, nil
		}
	}
	if err != nil {
		return nil, "", err
	}
	ch, err := p.find(rec)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", file, err)
	}
	c := rec.Channels()[ch]
	src, err := rec.Read(ch)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", file, err)
	}
	defer src.Close()
	t := &control.MockTrace{Name: filepath.Base(file) + " " + c.Name, Speed: p.speed, Once: p.once}
	for {
		s, err := src.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", file, err)
		}
		if s.At < p.from {
			continue
		}
		if len(t.Values) == device.MaxTrace {
			t.Name += fmt.Sprintf(", first %d values", device.MaxTrace)
			break
		}
		value := decimal(s.Value, c.Step)
		if form != control.MockNumber && form != control.MockAny {
			value = strings.TrimSuffix(value, ".0") // a switch says 1, which 1.0 is not
		}
		t.Values = append(t.Values, json.RawMessage(value))
		t.Times = append(t.Times, (s.At - p.from).Seconds())
	}
	if len(t.Values) == 0 {
		return nil, "", fmt.Errorf("%s: channel %s has no sample from %v on", file, c.Name, p.from)
	}
	return t, c.Unit, nil
}

func (p *playing) find(rec recording.Recording) (int, error) {
	all := rec.Channels()
	if p.channel != "" {
		return recording.Find(rec, p.channel)
	}
	if len(all) == 1 {
		return 0, nil
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	return 0, usageError{fmt.Errorf("it has %d channels: say --channel, one of %s", len(all), strings.Join(names, ", "))}
}

// decimal writes a sample as a decimal number, exactly.
func decimal(v, step int64) string {
	n := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(v), big.NewInt(step)), big.NewInt(1_000_000))
	text := strings.TrimRight(n.FloatString(6), "0")
	if strings.HasSuffix(text, ".") {
		text += "0"
	}
	return text
}
