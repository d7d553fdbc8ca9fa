package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A chainServer is a chain that one process holds alone.
type chainServer struct {
	dir, listen, cert, trust, level string

	crls      []string
	heartbeat time.Duration
}

func chainRunCommand() *cobra.Command {
	var s chainServer
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Keep a chain without a node: make its blocks and serve it to others",
		Long: `Keeps the chain of a directory until it is told to stop, where no node does:
it makes the blocks alone and serves JSON-RPC at https://HOST:PORT/chain/rpc.
Nodes and staff of the hospital may read there and hand in transactions; both
ends show certificates.

Nodes read it with this in their configuration:

  chain: {rpc: "https://HOST:PORT/chain/rpc", manager: "0x…"}

One of them pays for the transactions of all: it also names the file of the key,
a copy of the directory's collector.key, under payer.

A directory that nodes hold together ("chain: {dir: …}") can't be run alone:
that would make a second chain.`,
		Example: "  wardflow chain run --dir chain --listen 10.0.0.9:8545 --cert nodes/ledger --trust ca/trust.pem",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var min slog.Level
			if err := min.UnmarshalText([]byte(s.level)); err != nil {
				return usageError{err}
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: min}))
			if err := s.run(cmd.Context(), log); err != nil {
				return fmt.Errorf("chain run: %w", err)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.dir, "dir", "chain", "directory of the chain, made by wardflow chain init")
	f.StringVar(&s.listen, "listen", "127.0.0.1:8545", "host:port to serve JSON-RPC on")
	f.StringVar(&s.cert, "cert", "", "folder with a node's certificate: cert.pem and key.pem")
	f.StringVar(&s.trust, "trust", "", "file with the authorities you trust: trust.pem")
	f.StringArrayVar(&s.crls, "crl", nil, "file with a list of revocations, read again each minute; may be repeated")
	f.DurationVar(&s.heartbeat, "heartbeat", 5*time.Second, "an empty block when there was none for so long, at least 1s")
	f.StringVar(&s.level, "log-level", "info", "debug, info, warn or error")
	return cmd
}

func (s *chainServer) run(ctx context.Context, log *slog.Logger) (err error) {
	if s.cert == "" || s.trust == "" {
		return usageError{errors.New("who serves, and who is believed? Give --cert DIR, a node's, and --trust FILE")}
	}
	if chain.Shared(s.dir) {
		return fmt.Errorf("nodes hold the chain in %s together: start the node whose folder it is, or carry the chain into another folder with wardflow chain export and import", s.dir)
	}
	own, err := pki.LoadSigner(s.cert)
	if err != nil {
		return err
	}
	trust, err := pki.LoadTrust(s.trust)
	if err != nil {
		return err
	}
	v := pki.NewVerifier(trust)
	if own.ID, err = v.Identify(own.Chain, time.Now()); err != nil {
		return fmt.Errorf("its own certificate in %s: %w", s.cert, err)
	}
	if err := s.readRevoked(v); err != nil {
		return err
	}
	c, err := chain.Open(chain.Config{Dir: s.dir, Log: log, Heartbeat: s.heartbeat})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	listen, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	log.Info("chain served", "at", "https://"+listen.Addr().String()+"/chain/rpc")
	return s.serve(ctx, log, listen, c.Handler(), v, func() flow.Signer { return own })
}

// serve answers until ctx ends.
func (s *chainServer) serve(ctx context.Context, log *slog.Logger, listen net.Listener, rpc http.Handler, v *pki.Verifier, own func() flow.Signer) error {
	mux := http.NewServeMux()
	mux.Handle("/chain/rpc", s.fresh(v, rpc))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	conf := pki.ServerTLS(own, v, pki.Ours(own, flow.RoleNode, flow.RoleStaff), "h2", "http/1.1")
	server.TLSConfig = conf
	secure := gate.New(gate.Limits{}).TLS(listen, conf, func(addr net.Addr, err error) {
		log.Info("connection refused", "addr", addr.String(), "err", err)
	})
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(secure) }()
	each := time.NewTicker(time.Minute)
	defer each.Stop()
	for {
		select {
		case <-each.C:
			if err := s.readRevoked(v); err != nil {
				log.Warn("what is revoked could not be read again", "err", err)
			}
		case err := <-ended:
			return err
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			err := server.Shutdown(last)
			if errors.Is(err, context.DeadlineExceeded) { // what is still being answered is cut
				err = server.Close()
			}
			if stopped := <-ended; !errors.Is(stopped, http.ErrServerClosed) {
				err = errors.Join(err, stopped)
			}
			return err
		}
	}
}

// fresh asks for the caller's certificate again at each request: a connection
// outlives a certificate and its revocation.
func (s *chainServer) fresh(v *pki.Verifier, to http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := v.Identify(r.TLS.PeerCertificates, time.Now()); err != nil {
			http.Error(w, "your certificate does not hold any more: "+err.Error(), http.StatusForbidden)
			return
		}
		to.ServeHTTP(w, r)
	})
}

func (s *chainServer) readRevoked(v *pki.Verifier) error {
	for _, file := range s.crls {
		b, err := os.ReadFile(file)
		if err == nil {
			_, err = v.Revoke(b)
		}
		if err != nil {
			return fmt.Errorf("list of revocations %s: %w", file, err)
		}
	}
	return nil
}
