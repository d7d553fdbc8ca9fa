package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

func deviceCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "device", Short: "Be a device that runs no node, or drive one that is made of nothing",
		Example: "  wardflow device send --cert monitor --to https://10.0.0.5:7443 readings.jsonl\n  wardflow device mock list", RunE: onlySubcommands}
	cmd.AddCommand(deviceSendCommand(), deviceMockCommand())
	return cmd
}

// A sending is one run of "device send".
type sending struct {
	cert, trust, to, ca string
	plain               bool
	patience            time.Duration
}

func deviceSendCommand() *cobra.Command {
	var s sending
	cmd := &cobra.Command{
		Use:   "send FILE|-",
		Short: "Bring a device's readings to a node over HTTPS",
		Long: `Brings readings, one JSON object a line, to the node at --to, over one connection that
is kept open, with the device's certificate. Each is signed with the device's key
(COSE_Sign1, ES256) unless --plain leaves that to the collector, which then vouches
for it. What has become of each is printed, one line of JSON; a reading is accepted
when it is stored, not before.

A line has stream, seq, kind (LOINC), unit (UCUM), at (RFC 3339, or nanoseconds
since 1970) and value (a decimal number as text); or, in place of value, samples
(integers), scale (millionths of the unit a step) and period (nanoseconds). The
device counts seq on each stream itself, from 1 and never lower again: whatever is
brought twice counts once, so after a crash it brings again what was not answered.

While the node is away or has no room the command tries again, for --patience each.
It ends with an error if a reading was refused.

From half of its life on the certificate is renewed, with a new key, at the CA
service that wardflow enroll has noted beside it, or at --ca.

The same without this program; the node's listener needs a certificate for the web,
which it gets from "wardflow ca serve" if it was invited with the names and addresses
by which devices call it: wardflow ca token --role node --host 10.0.0.5 --host ...
wardflow cert renew keeps the device's own certificate alive:

  curl --cert monitor/cert.pem --key monitor/key.pem --cacert trust.pem \
    -H 'Content-Type: application/json' https://ward.h1.health.example:7443/v1/readings \
    -d '{"stream":"temp","seq":1,"kind":"8310-5","unit":"Cel","at":"2026-03-01T08:00:00Z","value":"36.6"}'

It answers 200 with the outcome of each reading; of a single one 409 says that it was
brought before, 422 why it is refused. 429 and 503 say in Retry-After when to come
again with the same, 421 to which node to go.`,
		Example: "  wardflow device send --cert monitor --to https://10.0.0.5:7443 readings.jsonl\n" +
			"  tail -f readings.jsonl | wardflow device send --cert monitor --to https://10.0.0.5:7443 -",
		Args: takes(1, "a file of readings, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := cmd.InOrStdin()
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer f.Close()
				in = f
			}
			return s.run(cmd, in)
		},
	}
	cmd.Flags().StringVar(&s.cert, "cert", "", "folder with the device's cert.pem and key.pem")
	cmd.Flags().StringVar(&s.trust, "trust", "", "the hospital's roots (default: trust.pem in --cert, or here)")
	cmd.Flags().StringVar(&s.to, "to", "", "https://host:port of a node that listens for devices")
	cmd.Flags().StringVar(&s.ca, "ca", "", "https://host:port of the CA service, to renew the certificate (default: what wardflow enroll has noted)")
	cmd.Flags().BoolVar(&s.plain, "plain", false, "do not sign: the collector vouches for the readings")
	cmd.Flags().DurationVar(&s.patience, "patience", time.Minute, "how long one reading is tried")
	for _, name := range []string{"cert", "to"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // it is a few lines above
		}
	}
	return cmd
}

func (s *sending) run(cmd *cobra.Command, in io.Reader) error {
	own, err := pki.LoadSigner(s.cert)
	if err != nil {
		return fmt.Errorf("--cert: %w", err)
	}
	if own.ID.Role != flow.RoleDevice {
		return fmt.Errorf("--cert %s: it is that of %s, and only a device brings readings", s.cert, own.ID.URI)
	}
	if end := own.ID.NotAfter; time.Now().After(end) {
		return fmt.Errorf("--cert %s: the certificate has ended at %s: %s", s.cert, end.UTC().Format(time.RFC3339), askAnew(own))
	}
	file := trustFor(s.cert, s.trust)
	trust, err := pki.LoadTrust(file)
	if err != nil {
		return fmt.Errorf("--trust: %w", err)
	}
	verifier := pki.NewVerifier(trust)
	ca, err := serviceOf(s.cert, s.ca)
	if err != nil {
		return usageError{fmt.Errorf("--ca: %w", err)}
	}
	kept, err := keepSigner(cmd.Context(), s.cert, file, ca, verifier, own, cmd.ErrOrStderr())
	if err != nil {
		return fmt.Errorf("--ca: %w", err)
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer kept.run(ctx)()
	defer stop()
	client, err := ingest.NewClient(ingest.ClientConfig{URL: s.to, Own: kept.signer, Verifier: verifier, Patience: s.patience,
		Told: func(err error) { fmt.Fprintln(cmd.ErrOrStderr(), "tried again:", err) }})
	if err != nil {
		return usageError{fmt.Errorf("--to: %w", err)}
	}
	defer client.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, ingest.MaxBody)
	refused := 0
	out := json.NewEncoder(cmd.OutOrStdout())
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		contentType, body, err := s.body(kept.signer(), line)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		outcomes, err := client.Send(cmd.Context(), contentType, body)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, s.mend(err, kept.signer()))
		}
		for _, o := range outcomes {
			if o.Outcome == ingest.Refused {
				refused++
			}
			if err := out.Encode(o); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("a line has more than %d bytes", ingest.MaxBody)
	} else if err != nil {
		return err
	}
	switch {
	case refused == 1:
		return errors.New("1 reading was refused")
	case refused > 1:
		return fmt.Errorf("%d readings were refused", refused)
	}
	return nil
}

// mend adds to an error what is to be done.
func (s *sending) mend(err error, own flow.Signer) error {
	var no *ingest.Refusal
	var name x509.HostnameError
	switch {
	case errors.As(err, &name):
		return fmt.Errorf("%w: the node's certificate for browsers and devices names %s: call it so, or enrol the node again with the name in --to: wardflow ca token --role node --again --host HOST", err, namesOf(name.Certificate))
	case time.Now().After(own.ID.NotAfter):
		return fmt.Errorf("%w: your certificate has ended at %s: %s", err, own.ID.NotAfter.UTC().Format(time.RFC3339), askAnew(own))
	case errors.Is(err, ingest.ErrCertificate), errors.As(err, &no) && no.Status == http.StatusForbidden:
		return fmt.Errorf("%w: your certificate was revoked or is not believed: %s", err, askAnew(own))
	}
	return err
}

// askAnew says how a device gets another certificate when it can't renew.
func askAnew(own flow.Signer) string {
	return "ask for a new one: wardflow ca token --again --epc " + epcOf(own) + " --group " + own.ID.Group + ", and wardflow enroll --replace"
}

func epcOf(own flow.Signer) string {
	if epc, err := pki.ParseEPCHex(own.ID.EPC); err == nil {
		return epc.URI()
	}
	return own.ID.EPC
}

// namesOf are the hosts that a certificate names.
func namesOf(c *x509.Certificate) string {
	all := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	return strings.Join(all, ", ")
}

// body is one line as it is sent.
func (s *sending) body(own flow.Signer, line []byte) (contentType string, body []byte, err error) {
	items, err := ingest.Decode(ingest.JSON, line)
	switch {
	case err != nil:
		return "", nil, err
	case len(items) != 1:
		return "", nil, errors.New("want one reading a line")
	case s.plain:
		return ingest.JSON, line, nil
	case len(items[0].Sealed.Bytes) > 0:
		return ingest.COSE, items[0].Sealed.Bytes, nil
	}
	r := *items[0].Reading
	if r.Device != "" && !strings.EqualFold(r.Device, own.ID.EPC) {
		return "", nil, fmt.Errorf("the reading is of device %s, the certificate is that of %s", r.Device, own.ID.EPC)
	}
	r.Device = own.ID.EPC
	sealed, err := proof.SealReading(own, &r)
	return ingest.COSE, sealed.Bytes, err
}
