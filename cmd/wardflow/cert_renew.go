package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/pki"
)

// certRenewCommand renews for programs that can't do it themselves.
func certRenewCommand() *cobra.Command {
	var service, trust string
	cmd := &cobra.Command{
		Use:   "renew DIR",
		Short: "Renew a certificate that half of its life is over",
		Long: `Renews the certificate in a folder, with a new key, at the CA service that wardflow
enroll has noted there, or at --service, and takes over a new trust.pem. Before half
of its life is over nothing is done, so that it may run from a timer, every hour say.
One that has ended or was revoked is not renewed: wardflow enroll with a new token.

Nodes and "wardflow device send" renew by themselves. Other programs may ask by EST
(RFC 7030) as well:

  openssl ecparam -name prime256v1 -genkey -noout -out next.key
  openssl req -new -key next.key -subj / -outform DER | base64 >next.b64
  curl --cert monitor/cert.pem --key monitor/key.pem --cacert monitor/trust.pem \
    --connect-to ca.h1.health.example::10.0.0.5:7480 -H 'Content-Type: application/pkcs10' \
    --data-binary @next.b64 https://ca.h1.health.example:7480/.well-known/est/simplereenroll |
    base64 -d | openssl pkcs7 -inform DER -print_certs -out next.pem`,
		Example: "  wardflow cert renew monitor\n  wardflow cert renew monitor --service https://10.0.0.5:7480",
		Args:    takes(1, "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := renewFolder(cmd, args[0], trust, service); err != nil {
				return fmt.Errorf("cert renew: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&service, "service", "", "address of the CA service, https://HOST:PORT (default: what wardflow enroll has noted)")
	cmd.Flags().StringVar(&trust, "trust", "", "the hospital's roots (default: trust.pem in DIR)")
	return cmd
}

func renewFolder(cmd *cobra.Command, dir, trust, service string) error {
	own, err := pki.LoadSigner(dir)
	if err != nil {
		return err
	}
	ca, err := serviceOf(dir, service)
	if err != nil {
		return usageError{err}
	}
	if ca == "" {
		return usageError{errors.New("where is the CA service? give --service https://HOST:PORT")}
	}
	now := time.Now()
	if now.After(own.ID.NotAfter) {
		return fmt.Errorf("%s has ended at %s and can't be renewed: enrol again with a token: wardflow ca token --again, wardflow enroll --out %s --replace",
			own.ID.URI, own.ID.NotAfter.UTC().Format(time.RFC3339), dir)
	}
	file := trustFor(dir, trust)
	roots, err := pki.LoadTrust(file)
	if err != nil {
		return err
	}
	v := pki.NewVerifier(roots)
	if !isDue(own, v, now) {
		fmt.Fprintf(cmd.OutOrStdout(), "%s is good until %s: nothing to do before %s\n", own.ID.URI,
			own.ID.NotAfter.UTC().Format(time.RFC3339), halfLife(own).UTC().Format(time.RFC3339))
		return nil
	}
	next, err := renewOnce(cmd.Context(), dir, file, ca, v, own)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "renewed %s in %s, good until %s\n", next.ID.URI, dir, next.ID.NotAfter.UTC().Format(time.RFC3339))
	return nil
}
