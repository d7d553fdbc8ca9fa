package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
)

// A world is what a script that runs in this process finds around it: mocks of
// all devices, some of them set, or what a node's configuration binds.
type world struct {
	config string
	set    []string // NAME=VALUE
}

func (w *world) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&w.set, "device", nil, "NAME=VALUE: what a mock device reads, in JSON or as it is; may be given more than once")
	cmd.Flags().StringVar(&w.config, "config", "", "a node's configuration, whose devices take the places of the mocks")
}

// open makes the devices. Whoever calls it closes them.
func (w *world) open(log *slog.Logger) (*device.Set, error) {
	set := device.Mocks()
	if w.config != "" {
		if err := w.bind(set, log); err != nil {
			return nil, errors.Join(err, set.Close())
		}
	}
	for _, s := range w.set {
		name, text, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, errors.Join(usageError{fmt.Errorf("--device %s: want NAME=VALUE", s)}, set.Close())
		}
		v, err := flow.UnmarshalValue([]byte(text))
		if err != nil {
			v = text
		}
		if err := set.Put(name, v); err != nil {
			return nil, errors.Join(fmt.Errorf("--device %s: %w", s, err), set.Close())
		}
	}
	return set, nil
}

// bind puts the devices of a configuration, and what it allows to be reached, in
// the places of mocks. All else in the configuration is for a node.
func (w *world) bind(set *device.Set, log *slog.Logger) error {
	real, err := node.LoadDevices(w.config, log)
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	set.Adopt(real)
	return nil
}
