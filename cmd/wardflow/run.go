package main

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/play"
	"github.com/wardflow/wardflow/runtime/script"
)

// A running is the command line of wardflow run.
type running struct {
	from    sources
	args    constants
	world   world
	span    time.Duration
	virtual bool
	migrate bool
	seed    uint64
	format  output
	verbose bool
}

// runScriptCommand is wardflow run. Types are the actor types that scripts may use.
func runScriptCommand(types func() flow.Types) *cobra.Command {
	var r running
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a script in this process",
		Long: "Run a script in this process, without a cluster. What io.Print prints goes to standard\n" +
			"output; with -o json or yaml it goes to standard error, and standard output gets what each\n" +
			"test.Sink took: {\"sinks\": {\"APP:NAME\": [TOKEN, ...]}}; with -o name only their names.\n\n" +
			"With --virtual the clock moves when nothing else does, so an hour takes no time. Without\n" +
			"--for such a run goes on until nothing can happen any more, or for a million firings; one\n" +
			"in real time goes on until it is interrupted or at rest. Devices are mocks: --device sets\n" +
			"one, --config takes those of a node. FILE may be -, standard input.",
		Example: "  wardflow run ward.calvin --virtual --for 5s -o json\n" +
			"  wardflow run ward.calvin --for 10s --device io.temperature=37.2 --arg PERIOD=0.5",
		Args: takes(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.run(cmd, args[0], types())
		},
	}
	r.from.flags(cmd)
	r.args.flag(cmd)
	r.world.flags(cmd)
	cmd.Flags().DurationVar(&r.span, "for", 0, "how long to run, such as 5s")
	cmd.Flags().BoolVar(&r.virtual, "virtual", false, "run in virtual time")
	cmd.Flags().BoolVar(&r.migrate, "migrate", false, "move the actors about while they run")
	cmd.Flags().Uint64Var(&r.seed, "seed", 0, "another order of firings where the script leaves it open")
	r.format.flag(cmd)
	cmd.Flags().BoolVarP(&r.verbose, "verbose", "v", false, "show what actors log")
	return cmd
}

func (r *running) run(cmd *cobra.Command, file string, types flow.Types) error {
	f, err := r.from.load(cmd, file)
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	o := build(f, types, script.WithArgs(r.args))
	showIssues(cmd.ErrOrStderr(), f, o.Issues, false)
	if o.Graph == nil {
		return fmt.Errorf("run %s: %w: mend what is shown above", file, errMistakes)
	}
	level := slog.LevelError
	if r.verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
	devices, err := r.world.open(log)
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	defer devices.Close()
	r.bind(cmd, file, devices)
	res, err := play.Run(cmd.Context(), play.Config{Graph: o.Graph, Types: types,
		Capability: func(_ flow.ActorID, name string) (any, error) { return devices.Capability(name) },
		For:        r.span, Virtual: r.virtual, Migrate: r.migrate, Seed: r.seed, Log: log})
	if err != nil {
		return fmt.Errorf("run %s: %w", file, err)
	}
	return r.show(cmd, file, res)
}

// bind gives the script this process's standard input and output, as far as
// nobody else uses them.
func (r *running) bind(cmd *cobra.Command, file string, devices *device.Set) {
	out := cmd.OutOrStdout()
	if r.format != "table" {
		out = cmd.ErrOrStderr()
	}
	devices.Bind("io.stdout", out)
	if file != "-" && r.world.config == "" {
		devices.Bind("io.stdin", device.NewLines(cmd.InOrStdin()))
	}
}

// show writes the sinks, and for people what went wrong and why the run ended.
func (r *running) show(cmd *cobra.Command, file string, res play.Result) error {
	if err := r.writeSinks(cmd.OutOrStdout(), res); err != nil {
		return fmt.Errorf("run %s: %w", file, err)
	}
	w := cmd.ErrOrStderr()
	for _, l := range res.Letters {
		b, err := flow.MarshalValue(l)
		if err != nil {
			return fmt.Errorf("run %s: %w", file, err)
		}
		fmt.Fprintf(w, "dead letter: %s\n", b)
	}
	for _, id := range slices.Sorted(maps.Keys(res.Stayed)) {
		fmt.Fprintf(w, "%s was not moved: %s\n", id, res.Stayed[id])
	}
	for _, id := range slices.Sorted(maps.Keys(res.Stopped)) {
		fmt.Fprintf(w, "%s stopped: %s\n", id, res.Stopped[id])
	}
	fmt.Fprintf(w, "ended: %s\n", res.Ended)
	if n := len(res.Stopped); n > 0 {
		return fmt.Errorf("run %s: %d of its actors stopped: see above", file, n)
	}
	return nil
}

// writeSinks writes what the sinks took, for programs: people have seen what was
// printed.
func (r *running) writeSinks(w io.Writer, res play.Result) error {
	if r.format == "name" {
		for _, id := range slices.Sorted(maps.Keys(res.Sinks)) {
			if _, err := fmt.Fprintln(w, id); err != nil {
				return err
			}
		}
		return nil
	}
	if r.format != "json" {
		return r.format.write(w, res, func(io.Writer) {})
	}
	doc, err := document(res) // in one line: tokens may be a million
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", stilled(doc))
	return err
}
