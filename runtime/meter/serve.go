package meter

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// A Plain answers scrapes without TLS, on a loopback address: what is said there
// does not leave the host. It is made by [Meter.Serve].
type Plain struct {
	http   *http.Server
	listen net.Listener
	done   sync.WaitGroup
}

// CheckAddr reports an address that a [Plain] can't have: want an IP address of
// this host alone and a port, such as 127.0.0.1:9464.
func CheckAddr(addr string) error {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return fmt.Errorf("%q: want an IP address and a port, such as 127.0.0.1:9464", addr)
	}
	if !at.Addr().IsLoopback() {
		return fmt.Errorf("%s could be reached from other hosts, and is without TLS: take 127.0.0.1, or scrape /metrics at the control API", addr)
	}
	return nil
}

// Serve listens at a loopback address for GET /metrics, until [Plain.Close]. Who
// can log in to the host can ask.
func (m *Meter) Serve(addr string) (*Plain, error) {
	if err := CheckAddr(addr); err != nil {
		return nil, err
	}
	listen, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for scrapes: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler)
	p := &Plain{listen: listen, http: &http.Server{Handler: local(mux), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: within,
		WriteTimeout: 2 * within, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}}
	p.done.Go(func() { _ = p.http.Serve(listen) }) // it ends with Close
	return p, nil
}

// local lets requests through whose Host is an IP address of this host or
// localhost: a page that somebody looks at there, and that has had its own name
// point here (DNS rebinding), says that name.
func local(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		ip, err := netip.ParseAddr(host)
		if host != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "this is for programs of this host: ask for it by an address such as 127.0.0.1", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Addr is where it listens.
func (p *Plain) Addr() net.Addr { return p.listen.Addr() }

// Close ends it: after a moment, what is being answered too.
func (p *Plain) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := p.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = p.http.Close()
	}
	p.done.Wait()
	return err
}
