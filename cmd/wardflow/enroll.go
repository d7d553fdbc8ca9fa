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
directory, with trust.pem and the address of the CA service, ca.url. The token says which root the CA service must have;
a server that does not is not shown the token. A node also gets a node.yaml
to start with, and renews its certificate by itself from then on; wardflow cert
renew does that for others. In a node.yaml that is there already only --door and
--control are changed.

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
	if err := os.WriteFile(filepath.Join(out, serviceFile), []byte(t.CA+"\n"), 0o644); err != nil {
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
// this node's own. In one that is there already the addresses are set that were
// given on the command line; the rest stays as it is.
func writeNodeFile(cmd *cobra.Command, file, common string, own map[string]any) error {
	if exists(file) {
		return changeNodeFile(cmd, file, own)
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

// changeNodeFile sets door and control in a node's file, if they were given.
func changeNodeFile(cmd *cobra.Command, file string, own map[string]any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	changed := ""
	for _, key := range []string{"door", "control"} {
		to, _ := own[key].(string)
		if to == "" {
			continue
		}
		if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
			return fmt.Errorf("%s: it has no settings: delete it, and enrol again", file)
		}
		setScalar(doc.Content[0], key, to)
		changed += fmt.Sprintf(": its %s is %s now", key, to)
	}
	if changed == "" {
		fmt.Fprintf(cmd.OutOrStdout(), "%s is there already and stays as it is\n", file)
		return nil
	}
	if b, err = yaml.Marshal(&doc); err != nil {
		return err
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s was there already%s\n", file, changed)
	return nil
}

func setScalar(m *yaml.Node, key, to string) {
	value := &yaml.Node{Kind: yaml.ScalarNode, Value: to}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			value.LineComment = m.Content[i+1].LineComment
			m.Content[i+1] = value
			return
		}
	}
	m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
}
