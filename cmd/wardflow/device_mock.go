package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// deviceMockCommand drives devices that are made of nothing.
func deviceMockCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Drive devices that are made of nothing: set them, play recordings on them, make them go wrong",
		Long: `Drives mock devices: those that a node's file binds to the driver mock, and the
sensors that make up or play their readings (sensor.Generator, sensor.Player) as far as
the file lists them under mocks. A device that is really there can't be driven. A mock is
called NODE/NAME, or NAME alone where only one node has it. Driving takes the action
"mock", which the policy gives to admins only, and is noted in the audit record.

What comes after a mock sees a device: readings are signed, numbered, judged and stored
as ever, so a fault shows as a refusal or an alarm.`,
		Example: `  wardflow device mock list
  wardflow device mock set bedside/io.button press
  wardflow device mock fault bed-1-temp drift --per-minute 2 --for 5m
  wardflow device mock play bed-1-hr bidmc_01_Numerics.csv --channel HR
  wardflow device mock clear bed-1-temp`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.AddCommand(mockListCommand(&to, &out), mockSetCommand(&to, &out), mockPlayCommand(&to, &out), mockFaultCommand(&to, &out), mockClearCommand(&to, &out))
	return cmd
}

func mockListCommand(to *reach, out *output) *cobra.Command {
	var node string
	cmd := &cobra.Command{
		Use:   "list [MOCK]...",
		Short: "List mock devices: what they say, what is wrong with them, who drove them",
		Long: `Lists the mock devices of all nodes, or those named. What they say is shown to those who
may drive them; what actors have written to them may be of a patient.`,
		Example: "  wardflow device mock list\n  wardflow device mock list bedside/io.light -o json",
		Args:    cobra.ArbitraryArgs,
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, names []string) error {
			all, err := c.Mocks(ctx)
			if err != nil {
				return err
			}
			mocks := []control.Mock{}
			for _, m := range all {
				if node == "" || m.Node == flow.NodeID(node) {
					mocks = append(mocks, m)
				}
			}
			if len(names) > 0 {
				if mocks, err = pickMocks(mocks, names); err != nil {
					return err
				}
			}
			return out.list(cmd, control.List[namedMock]{APIVersion: control.APIVersion, Items: namedMocks(mocks)}, mockTable(mocks), noMocks)
		}),
	}
	cmd.Flags().StringVar(&node, "on", "", "only those of this node")
	return cmd
}

// noMocks is why there are none, and how to have some.
const noMocks = "no node has a mock: give one in a node's file, such as\n  devices: {io.button: {driver: mock}}\n  mocks: [\"bed-1-*\"]   # sensors that make up or play their readings"

// A namedMock is a mock as documents have it, with the name that commands take.
type namedMock struct {
	ID string `json:"id"`
	control.Mock
}

func namedMocks(all []control.Mock) []namedMock {
	out := make([]namedMock, len(all))
	for i, m := range all {
		out[i] = namedMock{mockID(m), m}
	}
	return out
}

func mockID(m control.Mock) string { return string(m.Node) + "/" + m.Name }

func mockTable(mocks []control.Mock) *table {
	t := &table{head: []string{"MOCK", ">VALUE", "UNIT", "STATE", "ACTORS", "DRIVEN BY"}}
	for _, m := range mocks {
		var actors []string
		for _, a := range m.Actors {
			actors = append(actors, string(a))
		}
		t.add(mockID(m), mockValue(m), m.Unit, mockState(m), strings.Join(actors, ", "), or(m.By, "nobody"))
	}
	return t
}

func mockValue(m control.Mock) string {
	switch {
	case m.Hidden:
		return "hidden"
	case m.Value == nil:
		return ""
	case len(m.Value) > 40:
		return string(m.Value[:40]) + "…"
	}
	return string(m.Value)
}

// mockState is what a mock does, in words.
func mockState(m control.Mock) string {
	var said []string
	switch {
	case m.Plays != nil:
		said = append(said, fmt.Sprintf("plays %s (%s)", m.Plays.Name, spanOf(m.Plays.Length)))
	case m.Held:
		said = append(said, "held")
	case m.Sensor:
		said = append(said, "its own signal")
	case m.Use == control.MockWrites:
		said = append(said, fmt.Sprintf("written %s", count(int(m.Writes), "time")))
	default:
		said = append(said, "set")
	}
	if f := m.Fault; f != nil {
		text := "fault " + f.Kind
		if f.Kind == "drift" {
			text += fmt.Sprintf(" of %g a minute", f.PerMinute)
		}
		if !f.Until.IsZero() {
			text += " until " + f.Until.UTC().Format("15:04:05")
		}
		said = append(said, text)
	}
	return strings.Join(said, ", ")
}

func spanOf(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second / 10).String()
}

// pickMocks finds mocks by NODE/NAME, or by NAME where one node only has it.
func pickMocks(all []control.Mock, names []string) ([]control.Mock, error) {
	var picked []control.Mock
	for _, name := range names {
		var found []control.Mock
		for _, m := range all {
			if mockID(m) == name || m.Name == name {
				found = append(found, m)
			}
		}
		switch len(found) {
		case 1:
			picked = append(picked, found[0])
		case 0:
			return nil, noMock(all, name)
		default:
			var there []string
			for _, m := range found {
				there = append(there, mockID(m))
			}
			return nil, usageError{fmt.Errorf("mock %s is on several nodes: say which of %s", name, strings.Join(there, ", "))}
		}
	}
	return picked, nil
}

// noMock is the error for a mock that is not there: which was meant, or which there are.
func noMock(all []control.Mock, name string) error {
	err := fmt.Errorf("mock %s: %w", name, control.ErrNotFound)
	there := names(all, mockID)
	near := nearest(name, slices.Concat(there, names(all, func(m control.Mock) string { return m.Name })))
	switch {
	case near != "":
		return fmt.Errorf("%w\n  did you mean %s?", err, near)
	case len(there) == 0:
		return fmt.Errorf("%w\n  %s", err, noMocks)
	case len(there) > 6:
		return fmt.Errorf("%w\n  `wardflow device mock list` shows what there is", err)
	}
	return fmt.Errorf("%w\n  there is %s", err, strings.Join(there, ", "))
}

// oneMock is the mock of a name, as it is now. NODE/NAME that nobody lists is
// left for its node to refuse, who knows why.
func oneMock(ctx context.Context, c *control.Client, name string) (control.Mock, error) {
	all, err := c.Mocks(ctx)
	if err != nil {
		return control.Mock{}, err
	}
	found, err := pickMocks(all, []string{name})
	if err == nil {
		return found[0], nil
	}
	if node, of, ok := strings.Cut(name, "/"); ok && !slices.ContainsFunc(all, func(m control.Mock) bool { return mockID(m) == name }) {
		return control.Mock{Node: flow.NodeID(node), Name: of}, nil
	}
	return control.Mock{}, err
}

// completeMock completes the name of a mock that there is now, and what more says
// behind it; nil: a file.
func completeMock(more func(control.Mock) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) (names []string, _ cobra.ShellCompDirective) {
		if len(args) == 1 && more == nil && cmd.Name() == "play" {
			return nil, cobra.ShellCompDirectiveDefault
		}
		all, _ := peek(cmd, (*control.Client).Mocks)
		for _, m := range all {
			switch {
			case len(args) == 0 && (strings.HasPrefix(mockID(m), begun) || strings.HasPrefix(m.Name, begun)):
				names = append(names, mockID(m)+"\t"+m.Doc)
			case len(args) == 1 && more != nil && (mockID(m) == args[0] || m.Name == args[0]):
				names = append(names, more(m)...)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// driveMock has a mock do something and writes how it is then.
func driveMock(ctx context.Context, c *control.Client, cmd *cobra.Command, out *output, m control.Mock, drives ...control.Drive) error {
	var now *control.Mock
	for _, d := range drives {
		var err error
		if now, err = c.DriveMock(ctx, m.Node, m.Name, d); err != nil {
			return err
		}
	}
	return out.write(cmd.OutOrStdout(), namedMock{mockID(*now), *now}, func(w io.Writer) {
		value := mockValue(*now)
		if now.Unit != "" && value != "" {
			value += " " + now.Unit
		}
		fmt.Fprintf(w, "%s: %s; %s\n", mockID(*now), or(value, "nothing read yet"), mockState(*now))
	})
}

func mockSetCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "set MOCK VALUE",
		Short: "Have a mock device read a value",
		Long: `Has a mock device read VALUE from now on: JSON, or a text as it is. Switches and lamps
take on and off too, and "press" presses a button once. A sensor with a signal of its own
is held at the value until "device mock clear".`,
		Example: "  wardflow device mock set bed-1-temp 39.4\n  wardflow device mock set bedside/io.button press\n  wardflow device mock set bedside/io.switch on",
		Args:    takes(2, "a mock and what it shall read"),
		ValidArgsFunction: completeMock(func(m control.Mock) []string {
			return map[control.MockForm][]string{control.MockButton: {"press"}, control.MockSwitch: {"on", "off"}, control.MockBool: {"on", "off"}, control.MockKnob: {"1", "-1"}}[m.Form]
		}),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			m, err := oneMock(ctx, c, args[0])
			if err != nil {
				return err
			}
			drives, err := drivesOf(m, args[1])
			if err != nil {
				return err
			}
			return driveMock(ctx, c, cmd, out, m, drives...)
		}),
	}
}

// drivesOf is what sets a mock as a text says.
func drivesOf(m control.Mock, text string) ([]control.Drive, error) {
	set := func(json string) control.Drive { return control.Drive{Set: []byte(json)} }
	states := map[string]string{"on": "1", "off": "0", "true": "true", "false": "false"}
	if m.Form == control.MockBool {
		states = map[string]string{"on": "true", "off": "false"}
	}
	switch m.Form {
	case control.MockButton:
		if text == "press" {
			return []control.Drive{set("1"), set("0")}, nil
		}
	case control.MockSwitch, control.MockBool:
		if s, ok := states[text]; ok {
			return []control.Drive{set(s)}, nil
		}
	case control.MockText:
		b, err := json.Marshal(text)
		return []control.Drive{{Set: b}}, err
	}
	v, err := flow.UnmarshalValue([]byte(text))
	if err != nil {
		v = text
	}
	b, err := flow.MarshalValue(v)
	return []control.Drive{{Set: b}}, err
}

func mockFaultCommand(to *reach, out *output) *cobra.Command {
	var lasts time.Duration
	var perMinute float64
	var value string
	kinds := []string{"stuck", "drift", "out-of-range", "silence"}
	cmd := &cobra.Command{
		Use:   "fault MOCK KIND",
		Short: "Make a mock device go wrong",
		Long: `Makes a mock device go wrong, until "device mock clear" or for --for:

  stuck         it says what it said last, whatever goes on; a lamp stays as it is
  drift         its value moves away from what is true, by --per-minute in its unit
  out-of-range  it says --value, which can't be; otherwise a tenth of the range too much
  silence       it says nothing; what actors write to it fails`,
		Example:           "  wardflow device mock fault bed-1-temp out-of-range --for 30s\n  wardflow device mock fault bed-1-hr drift --per-minute 20",
		Args:              takes(2, "a mock and a fault: "+strings.Join(kinds, ", ")),
		ValidArgsFunction: completeMock(func(m control.Mock) []string { return m.Faults }),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			if !slices.Contains(kinds, args[1]) {
				return usageError{fmt.Errorf("fault %s: want %s", args[1], strings.Join(kinds, ", "))}
			}
			if lasts < 0 {
				return usageError{fmt.Errorf("--for %v: want a time above 0", lasts)}
			}
			m, err := oneMock(ctx, c, args[0])
			if err != nil {
				return err
			}
			f := &control.MockFault{Kind: args[1], For: lasts.Seconds(), PerMinute: perMinute}
			if value != "" {
				if _, err := strconv.ParseFloat(value, 64); err != nil {
					return usageError{fmt.Errorf("--value %s: want a number", value)}
				}
				f.Value = []byte(value)
			}
			return driveMock(ctx, c, cmd, out, m, control.Drive{Fault: f})
		}),
	}
	cmd.Flags().DurationVar(&lasts, "for", 0, "how long (default: until it is cleared)")
	cmd.Flags().Float64Var(&perMinute, "per-minute", 0, "how fast it drifts, in its unit (default: a twentieth of its range)")
	cmd.Flags().StringVar(&value, "value", "", "what it says out of range (default: a tenth of the range too much)")
	return cmd
}

func mockClearCommand(to *reach, out *output) *cobra.Command {
	var mend bool
	cmd := &cobra.Command{
		Use:   "clear MOCK",
		Short: "Make a mock device be well again, and let it go",
		Long: `Ends the fault of a mock device, and what it plays; a sensor goes on with its own
signal, and all else keeps what it read last. --fault ends the fault alone.`,
		Example:           "  wardflow device mock clear bed-1-temp",
		Args:              takes(1, "a mock"),
		ValidArgsFunction: completeMock(nil),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			m, err := oneMock(ctx, c, args[0])
			if err != nil {
				return err
			}
			return driveMock(ctx, c, cmd, out, m, control.Drive{Mend: mend, Clear: !mend})
		}),
	}
	cmd.Flags().BoolVar(&mend, "fault", false, "end the fault only")
	return cmd
}
