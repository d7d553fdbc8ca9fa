package main

import (
	_ "embed" // the configuration's text
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

//go:embed init_node.yaml
var nodeText string

// A newNode is what init was told of a node.
type newNode struct {
	Node, Dir, Certificate, Trust, Hospital, Door, Control string
	Page                                                   bool
}

// initCommand writes a node's configuration to begin with.
func initCommand() *cobra.Command {
	var n newNode
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a node's configuration, with every setting explained",
		Long: `Writes the configuration of a node, node.yaml by default, with every setting that
there is: those that are needed set, the others at rest with an example, each with
what it is for. A file that is there is left alone; FILE may be -, standard output.

If the certificate is there, the node's name and the hospital are taken from it.`,
		Example: `  wardflow init
  wardflow init /etc/wardflow/node.yaml --node bedside --door 10.0.0.5:7400 --control 10.0.0.5:7443
  wardflow init - | less`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return takes(1, "one FILE")(cmd, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			file := or(strings.Join(args, ""), "node.yaml")
			if err := n.complete(filepath.Dir(file)); err != nil {
				return err
			}
			if file == "-" {
				return n.write(cmd.OutOrStdout())
			}
			if err := n.create(file); err != nil {
				return err
			}
			n.tellNext(cmd.ErrOrStderr(), file)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&n.Node, "node", "", "its name (default: as its certificate has it, or this host's)")
	f.StringVar(&n.Dir, "dir", "data", "where it keeps what must survive")
	f.StringVar(&n.Certificate, "certificate", "certificate", "folder of its cert.pem and key.pem")
	f.StringVar(&n.Trust, "trust", "certificate/trust.pem", "file of the authorities that it believes")
	f.StringVar(&n.Hospital, "hospital", "", "trust domain, such as h1.health.example (default: as its certificate has it)")
	f.StringVar(&n.Door, "door", "127.0.0.1:7400", "`HOST:PORT` for the other nodes")
	f.StringVar(&n.Control, "control", "127.0.0.1:7443", "`HOST:PORT` for people")
	f.BoolVar(&n.Page, "page", true, "serve the live page")
	return cmd
}

// complete fills in what the certificate says, if it is there already.
func (n *newNode) complete(base string) error {
	dir := n.Certificate
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(base, dir)
	}
	chain, err := pki.LoadChain(filepath.Join(dir, "cert.pem"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("the node's certificate: %w", err)
	default:
		h, err := pki.Read(chain[0])
		if err != nil {
			return fmt.Errorf("the node's certificate: %w", err)
		}
		if h.Role != flow.RoleNode {
			return fmt.Errorf("%s is of %s, which is no node: give another --certificate", filepath.Join(dir, "cert.pem"), h.URI)
		}
		n.Node = or(n.Node, h.Name)
		domain, _, _ := strings.Cut(strings.TrimPrefix(h.URI, "spiffe://"), "/")
		n.Hospital = or(n.Hospital, domain)
	}
	if n.Node == "" {
		host, err := os.Hostname()
		if err != nil {
			return fmt.Errorf("what to call the node: %w: give its name with --node", err)
		}
		n.Node, _, _ = strings.Cut(strings.ToLower(host), ".")
	}
	return nil
}

// HospitalLine and PageLine are settings that may be at rest.
func (n newNode) HospitalLine() string {
	if n.Hospital == "" {
		return "#hospital: h1.health.example"
	}
	return "hospital: " + scalar(n.Hospital)
}

func (n newNode) PageLine() string {
	if !n.Page {
		return "#page: true"
	}
	return "page: true"
}

// scalar is a text as YAML has it, in quotes where it needs them.
func scalar(text string) string {
	out, err := yaml.Marshal(text)
	if err != nil {
		panic(err) // a string can always be written
	}
	return strings.TrimSpace(string(out))
}

func (n newNode) write(w io.Writer) error {
	said := n
	for _, s := range []*string{&said.Node, &said.Dir, &said.Certificate, &said.Trust, &said.Door, &said.Control} {
		*s = scalar(*s)
	}
	return template.Must(template.New("node.yaml").Parse(nodeText)).Execute(w, said)
}

// create writes the file, unless there is one.
func (n newNode) create(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write a configuration: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already\n  name another file, or move it away", file)
	}
	if err != nil {
		return fmt.Errorf("write a configuration: %w", err)
	}
	return errors.Join(n.write(f), f.Close())
}

// tellNext says what is still to do.
func (n newNode) tellNext(w io.Writer, file string) {
	fmt.Fprintf(w, "wrote %s: a node called %s\n", file, n.Node)
	cert := n.Certificate
	if !filepath.IsAbs(cert) {
		cert = filepath.Join(filepath.Dir(file), cert)
	}
	if !isFile(filepath.Join(cert, "cert.pem")) {
		fmt.Fprintf(w, "  wardflow enroll TOKEN --out %s      # its certificate\n", cert)
	}
	fmt.Fprintf(w, "  wardflow doctor --config %s    # what is missing\n", file)
	fmt.Fprintf(w, "  wardflow node run --config %s\n", file)
}
