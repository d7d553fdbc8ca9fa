package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/play"
)

// actorTestCommand is wardflow actor-test. Types are the actor types there are.
func actorTestCommand(types func() flow.Types) *cobra.Command {
	return &cobra.Command{
		Use:   "actor-test",
		Short: "Try one actor: tokens in, tokens out",
		Long: "Try one actor. Standard input is a case in JSON:\n\n" +
			"  {\"actor\": \"std.Sum\", \"args\": {}, \"in\": {\"integer\": [1, 2, 3]}}\n\n" +
			"and standard output gets what each of its out-ports gave: {\"out\": {\"integer\": [1, 3, 6]}}.\n" +
			"An exception token is {\"$exception\": \"EOSToken\"}, with a value if one matters. A port\n" +
			"that collects gets its tokens as already collected, or peer by peer as the arguments name\n" +
			"them: {\"token\": {\"a.out\": [1], \"b.out\": [2]}}. \"devices\" says what mock devices read.\n\n" +
			"The actor runs in virtual time until it rests, has given 1000 tokens on a port, or 1000\n" +
			"seconds have passed. Its dead letters go to standard error.",
		Example: "  echo '{\"actor\": \"std.Sum\", \"in\": {\"integer\": [1, 2, 3]}}' | wardflow actor-test",
		Args:    takes(0, "nothing but standard input"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			all := types()
			c, err := play.ReadCase(cmd.InOrStdin(), all)
			if err != nil {
				return fmt.Errorf("actor-test: %w", err)
			}
			devices := device.Mocks()
			defer devices.Close()
			devices.Bind("io.stdout", cmd.ErrOrStderr())
			for name, v := range c.Devices {
				if err := devices.Put(name, v); err != nil {
					return fmt.Errorf("actor-test: %w", err)
				}
			}
			res, err := c.Run(cmd.Context(), all, devices.Capability)
			if err != nil {
				return fmt.Errorf("actor-test: %w", err)
			}
			b, err := res.MarshalJSON()
			if err == nil {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", b)
			}
			if err != nil {
				return fmt.Errorf("actor-test: %w", err)
			}
			for _, l := range res.Letters {
				b, err := flow.MarshalValue(l)
				if err != nil {
					return fmt.Errorf("actor-test: %w", err)
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "dead letter: %s\n", b)
			}
			if res.Stopped != "" {
				return fmt.Errorf("actor-test: it stopped: %s", res.Stopped)
			}
			return nil
		},
	}
}
