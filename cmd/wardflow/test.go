package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/play"
	"github.com/wardflow/wardflow/runtime/script"
)

// testCommand is wardflow test. Types are the actor types that scripts may use.
func testCommand(types func() flow.Types) *cobra.Command {
	var from sources
	var args constants
	var pattern string
	var seed uint64
	var verbose bool
	cmd := &cobra.Command{
		Use:   "test FILE...",
		Short: "Run the tests in scripts",
		Long: "Run the test blocks of scripts, in virtual time and on mock devices. For each file a line\n" +
			"says how it went; a test that failed shows what was expected and what came. FILE may be -,\n" +
			"standard input.",
		Example: "  wardflow test ward.calvin\n  wardflow test -v -run alarm ward.calvin",
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				return usageError{errors.New("test: want FILE...: see wardflow test --help")}
			}
			only, err := regexp.Compile(pattern)
			if err != nil {
				return usageError{fmt.Errorf("test: -run: %w", err)}
			}
			cfg := play.TestConfig{Types: types(), Devices: device.Mocks, Seed: seed}
			failed := 0
			for _, file := range files {
				f, err := from.load(cmd, file)
				if err != nil {
					return fmt.Errorf("test: %w", err)
				}
				o := build(f, cfg.Types, script.WithArgs(args))
				if o.Graph == nil {
					showIssues(cmd.ErrOrStderr(), f, o.Issues, false)
					fmt.Fprintf(cmd.OutOrStdout(), "FAIL\t%s\t[it has mistakes]\n", file)
					failed++
					continue
				}
				if !testFile(cmd, file, o.Tests, only, cfg, verbose) {
					failed++
				}
			}
			if failed > 0 {
				return fmt.Errorf("test: %d of %d scripts failed", failed, len(files))
			}
			return nil
		},
	}
	from.flags(cmd)
	args.flag(cmd)
	cmd.Flags().StringVar(&pattern, "run", "", "run only tests whose name matches this regular expression")
	cmd.Flags().Uint64Var(&seed, "seed", 0, "another order of firings where the script leaves it open")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show tests that passed, and what was printed")
	return cmd
}

// testFile runs the tests of one script and reports whether all passed.
func testFile(cmd *cobra.Command, file string, tests []script.Trial, only *regexp.Regexp, cfg play.TestConfig, verbose bool) bool {
	w := cmd.OutOrStdout()
	ran, failed := 0, 0
	for _, t := range tests {
		if !only.MatchString(t.Name) {
			continue
		}
		ran++
		v := play.Test(t, cfg)
		v.Report(w, verbose)
		if !v.Passed() {
			failed++
		}
	}
	switch {
	case len(tests) == 0:
		fmt.Fprintf(w, "?   \t%s\t[no tests]\n", file)
	case ran == 0:
		fmt.Fprintf(w, "ok  \t%s\t[no tests to run]\n", file)
	case failed > 0:
		fmt.Fprintf(w, "FAIL\t%s\t%d of %d tests failed\n", file, failed, ran)
	case ran == 1:
		fmt.Fprintf(w, "ok  \t%s\t1 test\n", file)
	default:
		fmt.Fprintf(w, "ok  \t%s\t%d tests\n", file, ran)
	}
	return failed == 0
}

// goStyle lets test take -run, as go test does.
func goStyle(args []string) []string {
	if len(args) == 0 || args[0] != "test" {
		return args
	}
	args = slices.Clone(args)
	for i, a := range args {
		if a == "-run" || strings.HasPrefix(a, "-run=") {
			args[i] = "-" + a
		}
	}
	return args
}
