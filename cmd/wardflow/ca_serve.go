package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

func caServeCommand() *cobra.Command {
	var folder caFolder
	var cfg enroll.Config
	var settings, publicURL, level string
	var leash bool
	var devices deviceKeeper
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Enrol, renew and revoke for the whole hospital, over the network",
		Long: `Serves the authorities of a folder until it is told to stop:

  POST /v1/enroll, /v1/renew     what wardflow enroll and running nodes use
  /.well-known/est/...           EST (RFC 7030), for devices of other makers:
                                 the token is the password of HTTP Basic
  /crl/issuing.crl, /ocsp        revocation lists and OCSP, also on --public

With wardflow ca token a registrar, or who has the folder, invites somebody.

With --device-registry it keeps the registry of devices on the chain in step, as
wardflow ca registry publish does.`,
		Example: `  wardflow ca serve --ca ca --listen 10.0.0.5:7480 --name ca.h1.health.example --registrar ada`,
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if leash && folder.passphrase == "-" {
				return usageError{errors.New("ca serve: standard input can't be both the passphrase and the leash: give --passphrase-file a file")}
			}
			var min slog.Level
			if err := min.UnmarshalText([]byte(level)); err != nil {
				return usageError{err}
			}
			cfg.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: min}))
			if settings != "" {
				b, err := os.ReadFile(settings)
				if err != nil {
					return fmt.Errorf("ca serve: %w", err)
				}
				cfg.Node = b
			}
			ctx := cmd.Context()
			if leash {
				ctx = untilClosed(ctx, os.Stdin)
			}
			if err := caServe(ctx, cmd, &folder, cfg, publicURL, &devices); err != nil {
				return fmt.Errorf("ca serve: %w", err)
			}
			return nil
		},
	}
	folder.flags(cmd)
	devices.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&cfg.Listen, "listen", "127.0.0.1:7480", "host:port to listen on, with TLS")
	f.StringVar(&cfg.Public, "public", "", "host:port to listen on without TLS, for revocation lists and OCSP only")
	f.StringVar(&publicURL, "public-url", "", "what --public is called from elsewhere, http://HOST:PORT: stands in each certificate from then on")
	f.StringArrayVar(&cfg.Names, "name", nil, "DNS name below the hospital's, or IP address, by which curl and browsers reach the service; may be repeated")
	f.StringVar(&cfg.URL, "url", "", "what --listen is called from elsewhere, https://HOST:PORT: stands in tokens (default: --listen)")
	f.StringArrayVar(&cfg.Registrars, "registrar", nil, "name in the certificate of a member of staff who may invite and revoke; may be repeated")
	f.StringVar(&settings, "node-settings", "", "YAML file with the settings that all nodes have in common, for wardflow enroll to put into node.yaml")
	f.StringVar(&level, "log-level", "info", "debug, info, warn or error")
	f.BoolVar(&leash, "until-stdin-closes", false, "also stop when standard input ends, as it does when the parent process dies")
	return cmd
}

func caServe(ctx context.Context, cmd *cobra.Command, folder *caFolder, cfg enroll.Config, publicURL string, devices *deviceKeeper) (err error) {
	record, err := folder.record(ctx, "audit")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	open := folder.openers(cmd)
	load := func() (*pki.Authority, error) {
		a, err := folder.load(open)
		if err == nil {
			err = a.SetPublic(publicURL)
		}
		return a, err
	}
	cfg.Office, err = enroll.OpenOffice(folder.dir, load, func(e flow.AuditEvent) {
		record.Add(e)
		cfg.Log.Info("audit", "kind", e.Kind, "peer", e.Who, "proven", e.Proven, "addr", e.From, "what", e.What, "err", e.Why)
	})
	if err != nil {
		return err
	}
	s, err := enroll.Serve(cfg)
	if err != nil {
		return err
	}
	at := filepath.Join(folder.dir, urlFile)
	if err := os.WriteFile(at, []byte(s.URL()+"\n"), 0o644); err != nil {
		return errors.Join(err, s.Close())
	}
	fmt.Fprintf(cmd.OutOrStdout(), "CA service of %s is at %s\n", cfg.Office.Domain(), s.URL())
	cfg.Log.Info("CA service started", "url", s.URL(), "listens", s.Addrs(), "root", cfg.Office.Root())
	devices.run(ctx, folder.dir, cfg.Office, cfg.Log)
	<-ctx.Done()
	start := time.Now()
	devices.wait()
	err = errors.Join(os.Remove(at), s.Close())
	cfg.Log.Info("CA service stopped", "took", time.Since(start))
	return err
}
