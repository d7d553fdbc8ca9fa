package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

func enrollCommand() *cobra.Command {
	var out, door, people string
	var replace bool
	cmd := &cobra.Command{
		Use:   "enroll TOKEN",
		Short: "Fetch a certificate with a token, once",
		Long: `Makes a key, fetches the certificate that the token is for, and puts both into a
directory, with trust.pem. The token says which root the CA service must have;
a server that does not is not shown the token. A node also gets a node.yaml
to start with, and renews its certificate by itself from then on.

TOKEN may be - to read it from standard input, where other users of the
computer do not see it.`,
		Example: "  wardflow enroll - --out bedside < token\n  wardflow node run --config bedside/node.yaml",
		Args:    takes(1, "TOKEN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := enrollInto(cmd, args[0], out, replace, map[string]any{"door": door, "control": people}); err != nil {
				return fmt.Errorf("enroll: %w", err)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "directory to put cert.pem, key.pem and trust.pem in")
	f.BoolVar(&replace, "replace", false, "replace the key and certificate that are there")
	f.StringVar(&door, "door", "", "for a node: host:port for other nodes, for node.yaml")
	f.StringVar(&people, "control", "", "for a node: host:port for people, for node.yaml")
	return cmd
}

func enrollInto(cmd *cobra.Command, token, out string, replace bool, own map[string]any) error {
	if out == "" {
		return usageError{errors.New("say where to put the certificate: --out DIR")}
	}
	if exists(filepath.Join(out, "key.pem")) && !replace {
		return fmt.Errorf("there is a key in %s already: name another --out, or --replace it", out)
	}
	if token == "-" {
		line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 8192)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		token = strings.TrimSpace(line)
	}
	t, err := enroll.ParseToken(token)
	if err != nil {
		return usageError{err}
	}
	e, err := enroll.Enroll(cmd.Context(), t)
	if err != nil {
		return err
	}
	if err := pki.SaveSigner(out, e.Signer); err != nil {
		return err
	}
	if err := pki.SaveTrust(filepath.Join(out, "trust.pem"), e.Trust); err != nil {
		return err
	}
	id := e.Signer.ID
	fmt.Fprintf(cmd.OutOrStdout(), "enrolled %s in %s, good until %s\n", id.URI, out, id.NotAfter.UTC().Format(time.RFC3339))
	if id.Role != flow.RoleNode {
		return nil
	}
	own["node"], own["ca"] = id.Name, t.CA
	return writeNodeFile(cmd, filepath.Join(out, "node.yaml"), e.Node, own)
}

// writeNodeFile makes a node's file of what all nodes have in common and what is
// this node's own. One that is there already stays.
func writeNodeFile(cmd *cobra.Command, file, common string, own map[string]any) error {
	if exists(file) {
		fmt.Fprintf(cmd.OutOrStdout(), "%s is there already and stays as it is\n", file)
		return nil
	}
	settings := map[string]any{}
	if err := yaml.Unmarshal([]byte(common), &settings); err != nil {
		return fmt.Errorf("the settings that the CA service gave: %w", err)
	}
	maps.Copy(settings, map[string]any{"dir": "data", "certificate": ".", "trust": "trust.pem"})
	for k, v := range own {
		if v != "" {
			settings[k] = v
		}
	}
	b, err := yaml.Marshal(settings)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		return err
	}
	missing := ""
	if settings["door"] == nil {
		missing = ": its door is missing in it: host:port for other nodes"
	}
	fmt.Fprintf(cmd.OutOrStdout(), "wrote %s%s\nnext: wardflow node run --config %s\n", file, missing, file)
	return nil
}
