package control

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A DeskConfig says where a [Desk] is and whose. Client and Page are required.
type DeskConfig struct {
	Client *Client // of the person, with the certificate to show and to sign with
	Page   fs.FS   // from the person's own binary
	Addr   string  // host:port to listen on, of this machine only; default "127.0.0.1:0"
	// Host is what the browser calls the desk. Default: a name under localhost that
	// nobody can guess, since browsers show a cookie to every port of a host, and
	// with it to what others on this machine may serve.
	Host string
	Log  *slog.Logger // default: none

	LoginFor   time.Duration // how long the one-time link can be used; default 10 min
	SessionFor time.Duration // how long a browser stays logged in; default 12 h, a shift
	Patience   time.Duration // for a body to arrive and for a viewer to take what comes; default 10 s
	MaxBody    int64         // bytes of a request; default 4 MiB
}

func (c *DeskConfig) setDefaults() error {
	switch {
	case c.Client == nil:
		return errors.New("control: DeskConfig.Client is not set")
	case c.Page == nil:
		return errors.New("control: DeskConfig.Page is not set")
	}
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.Host == "" {
		c.Host = "wardflow-" + strings.ToLower(rand.Text()[:16]) + ".localhost"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.LoginFor <= 0 {
		c.LoginFor = 10 * time.Minute
	}
	if c.SessionFor <= 0 {
		c.SessionFor = 12 * time.Hour
	}
	if c.Patience <= 0 {
		c.Patience = 10 * time.Second
	}
	if c.MaxBody <= 0 {
		c.MaxBody = 4 << 20
	}
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("desk address %q: %w", c.Addr, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("desk address %q: want one of this machine only, such as 127.0.0.1:0: whoever reaches it acts in your name", c.Addr)
	}
	return nil
}

// A Desk serves the page on a person's own machine, and asks the node in that
// person's name: it shows the node the person's certificate, and signs what the
// person deploys, which no node can. The key stays where it is, on a card as well.
//
// Whoever gets in acts as the person. So it listens to this machine only; the way
// in is a one-time link, which becomes a session of one browser; it answers to its
// own name only, so that no page elsewhere gets here by giving its name this
// machine's address (DNS rebinding); and it heeds no request that a page of another
// origin sends. It is made by [ServeDesk].
type Desk struct {
	cfg    DeskConfig
	at     string // host:port as the browser says
	listen []net.Listener
	http   *http.Server
	passes passes
	until  time.Time // when the certificate ends
	stop   context.CancelFunc
	done   sync.WaitGroup

	sign sync.Mutex                   // held while signing: a card does one thing at a time; guards made
	made map[[sha256.Size]byte][]byte // signed, by key and what was asked
}

// deskCookie carries a session of a desk. It can't have the prefix __Host-, which
// not every browser takes without TLS: the name of the host does what that would.
const deskCookie = "wardflow-desk"

// ServeDesk listens, and serves until [Desk.Close].
func ServeDesk(cfg DeskConfig) (*Desk, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	own, err := signer(cfg.Client.conf)
	if err != nil {
		return nil, fmt.Errorf("whose desk it is: %w", err)
	}
	listen, err := listenDesk(&cfg)
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(listen[0].Addr().String()) // a listener's address has one
	run, stop := context.WithCancel(context.Background())
	d := &Desk{cfg: cfg, at: net.JoinHostPort(cfg.Host, port), listen: listen, until: own.Chain[0].NotAfter, stop: stop, made: map[[sha256.Size]byte][]byte{},
		passes: passes{loginFor: cfg.LoginFor, sessionFor: cfg.SessionFor, most: 16}}
	d.http = &http.Server{
		Handler:           protect(d.ownName(d.handler())),
		ReadHeaderTimeout: cfg.Patience,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return run },
	}
	for _, l := range listen {
		d.done.Go(func() {
			if err := d.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				cfg.Log.Error("desk stopped", "err", err)
			}
		})
	}
	return d, nil
}

// Addr is where the desk listens.
func (d *Desk) Addr() net.Addr { return d.listen[0].Addr() }

// Login makes a one-time link: whoever opens it first acts in the person's name.
func (d *Desk) Login() Login {
	token, until := d.passes.login(time.Now(), nil)
	return Login{APIVersion: APIVersion, Link: "http://" + d.at + "/#login=" + token, Until: until}
}

// Close ends all sessions and what goes on in them, and returns when the last
// goroutine has.
func (d *Desk) Close() error {
	d.stop()
	err := d.http.Close()
	d.done.Wait()
	if err != nil {
		return fmt.Errorf("close the desk: %w", err)
	}
	return nil
}

func (d *Desk) handler() http.Handler {
	const base = "/api/v1"
	mux := http.NewServeMux()
	mux.Handle("/", newPage(d.cfg.Page))
	mux.Handle("/api/", d.ownPage(d.known(d.problems(d.pass))))
	mux.Handle("POST "+base+"/session", d.ownPage(d.problems(d.enter)))
	mux.Handle("DELETE "+base+"/session", d.ownPage(d.problems(d.leave)))
	mux.Handle("GET "+base+"/session", d.ownPage(d.known(d.problems(d.session))))
	mux.Handle("POST "+base+"/apps", d.ownPage(d.known(d.problems(d.deploy))))
	return mux
}

// ownName lets through what was sent to the desk by its name.
func (d *Desk) ownName(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != d.at {
			problem(http.StatusMisdirectedRequest, "denied", "denied", "nothing here is called %.100q", r.Host).
				hint("open the link that `wardflow page` printed, as it is").write(w)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// ownPage lets through what the desk's own page sends, or a program. Cookies know
// no port, so another page of this machine would pass for the same site.
func (d *Desk) ownPage(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
		if site != "" && site != "same-origin" && site != "none" || origin != "" && origin != "http://"+d.at {
			problem(http.StatusForbidden, "cross-origin", "denied", "a page of another origin may not %s here", r.Method).write(w)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// known lets through who has a session.
func (d *Desk) known(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(deskCookie); err == nil {
			if _, ok := d.passes.check(c.Value, time.Now()); ok {
				h.ServeHTTP(w, r)
				return
			}
		}
		problem(http.StatusUnauthorized, "login", "log in first", "this page is for whoever opened its one-time link").hint(deskHint).write(w)
	})
}

const deskHint = "start `wardflow page` again, and open the link that it prints"

func (d *Desk) problems(handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := handle(w, r)
		if err == nil || r.Context().Err() != nil {
			return
		}
		p, ok := problemOf(err)
		if !ok { // a fault of the person's own machine, or of the way: the person may know
			p = problem(http.StatusBadGateway, "gateway", "the page could not ask the node", "%v", err)
		}
		p.write(w)
	})
}

// enter exchanges the secret of the one-time link for a session.
func (d *Desk) enter(w http.ResponseWriter, r *http.Request) error {
	var in entry
	if err := readJSON(w, r, d.cfg.MaxBody, d.cfg.Patience, &in); err != nil {
		return err
	}
	session, until, ok := d.passes.exchange(in.Token, time.Now())
	if !ok {
		return problem(http.StatusUnauthorized, "login", "log in first", "this link was used already, or is too old").hint(deskHint)
	}
	if d.until.Before(until) {
		until = d.until
	}
	http.SetCookie(w, &http.Cookie{Name: deskCookie, Value: session, Path: "/", Expires: until, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	d.cfg.Log.Info("browser let in", "peer", r.RemoteAddr, "until", until)
	return reply(w, http.StatusCreated, Caller{Role: flow.RoleStaff, Until: until})
}

func (d *Desk) leave(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(deskCookie); err == nil {
		d.passes.end(c.Value)
	}
	http.SetCookie(w, &http.Cookie{Name: deskCookie, Path: "/", Expires: time.Unix(0, 0), HttpOnly: true, SameSite: http.SameSiteStrictMode})
	forgetAll(w)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
