package netactors

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/device/web"
	"github.com/wardflow/wardflow/runtime/flow"
)

// allowed is a node that lets its actors ask one server.
func allowed(t *testing.T, url string) *actortest.Env {
	t.Helper()
	a, err := web.ParseAllowance(url)
	if err != nil {
		t.Fatal(err)
	}
	env := actortest.NewEnv()
	for _, method := range []string{"get", "put", "post", "delete"} {
		c := web.New(web.Config{Allow: []web.Allowance{a}})
		t.Cleanup(func() { c.Close() })
		env.Offer("http."+method, c)
	}
	return env
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// echo answers with what it was asked; to /silent without a body.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Who", r.Header.Get("X-Who"))
	if r.URL.Path == "/silent" {
		w.WriteHeader(204)
		return
	}
	user, password, _ := r.BasicAuth()
	fmt.Fprintf(w, "%s %s %s %s:%s %s", r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), user, password, body)
}

func TestByPorts(t *testing.T) {
	url := serve(t, echo)
	for _, tt := range []struct {
		typ  flow.Type
		data flow.Value
		want string
	}{
		{HTTPGet(), nil, "GET /bed?a=1&b=x&b=y  root:pass "},
		{HTTPDelete(), nil, "DELETE /bed?a=1&b=x&b=y  root:pass "},
		{HTTPPost(), "as it is", "POST /bed?a=1&b=x&b=y  root:pass as it is"},
		{HTTPPut(), map[string]any{"t": 36.5}, `PUT /bed?a=1&b=x&b=y application/json root:pass {"t":36.5}`},
	} {
		t.Run(tt.typ.Spec.Name, func(t *testing.T) {
			b := actortest.Start(t, allowed(t, url), tt.typ, nil)
			feed := func(path string) {
				b.Feed("URL", url+path)
				b.Feed("params", map[string]any{"a": int64(1), "b": []any{"x", "y"}, "c": nil})
				b.Feed("headers", map[string]any{"X-Who": "me"})
				b.Feed("auth", map[string]any{"authtype": "basic", "username": "root", "password": "pass"})
				if _, ok := tt.typ.Spec.InPort("data"); ok {
					b.Feed("data", tt.data)
				}
			}
			feed("/bed")
			if err := b.TryRun(); !errors.Is(err, flow.ErrLater) || b.Left("URL") != 1 {
				t.Errorf("TryRun = %v with %d tokens left: they must wait for the answer", err, b.Left("URL"))
			}
			if got := gather(t, b, "data", 1); !reflect.DeepEqual(got, []flow.Value{tt.want}) {
				t.Errorf("data %q, want %q", got, tt.want)
			}
			headers := b.Take("headers")
			if got := b.Take("status"); !reflect.DeepEqual(got, []flow.Value{int64(200)}) || headers[0].(map[string]any)["x-who"] != "me" {
				t.Errorf("status %v, headers %v", got, headers)
			}
			feed("/silent")
			if got := gather(t, b, "status", 1); !reflect.DeepEqual(got, []flow.Value{int64(204)}) {
				t.Errorf("status %v, want 204", got)
			}
			if got := b.Take("data"); got != nil {
				t.Errorf("an answer without a body gives data %v", got)
			}
		})
	}
}

func TestByArgs(t *testing.T) {
	url := serve(t, echo)
	for _, tt := range []struct {
		typ  flow.Type
		data flow.Value
		want string
	}{
		{HTTPGetS(), true, "GET /bed?a=1  : "},
		{HTTPDeleteS(), nil, "DELETE /bed?a=1  : "},
		{HTTPPostS(), "x", "POST /bed?a=1  : x"},
		{HTTPPutS(), []any{int64(1)}, "PUT /bed?a=1 application/json : [1]"},
	} {
		args := map[string]flow.Value{"url": url + "/bed", "params": map[string]any{"a": int64(1)}, "headers": map[string]any{}, "auth": nil}
		b := actortest.Start(t, allowed(t, url), tt.typ, args)
		b.Feed("data", tt.data, tt.data)
		if got := gather(t, b, "data", 2); !reflect.DeepEqual(got, []flow.Value{tt.want, tt.want}) {
			t.Errorf("%s: data %q, want %q twice", tt.typ.Spec.Name, got, tt.want)
		}
		args["url"] = url + "/silent"
		b = actortest.Start(t, allowed(t, url), tt.typ, args)
		b.Feed("data", tt.data)
		if got := gather(t, b, "data", 1); !reflect.DeepEqual(got, []flow.Value{""}) {
			t.Errorf("%s: data %q, want \"\" where there is no body", tt.typ.Spec.Name, got)
		}
	}
	for want, args := range map[string]map[string]flow.Value{
		"argument url":     {"url": "", "params": nil, "headers": nil, "auth": nil},
		"argument params":  {"url": "x", "params": int64(1), "headers": nil, "auth": nil},
		"argument headers": {"url": "x", "params": nil, "headers": "x", "auth": nil},
		"argument auth: want authtype basic or digest and a username": {"url": "x", "params": nil, "headers": nil, "auth": map[string]any{"username": "u"}},
		`argument auth: there is no "user"`:                           {"url": "x", "params": nil, "headers": nil, "auth": map[string]any{"user": "u"}},
	} {
		if _, err := actortest.New(HTTPGetS(), args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%v) = %v, want %q", args, err, want)
		}
	}
}

// Tokens that can never do are dead letters; while the server is down they wait.
func TestHTTPFails(t *testing.T) {
	var up atomic.Bool
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !up.Load() {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
			return
		}
		io.WriteString(w, "here")
	})
	b := actortest.Start(t, allowed(t, url), HTTPGet(), nil)
	feed := func(address flow.Value) {
		b.Feed("URL", address)
		b.Feed("params", nil)
		b.Feed("headers", "")
		b.Feed("auth", nil)
	}
	for _, bad := range []flow.Value{int64(7), "no address", "http://10.0.0.1/other"} {
		feed(bad)
		var letters []string
		drive(t, b, "a dead letter is written", func() bool {
			for _, l := range b.Letters() {
				letters = append(letters, l.Why)
			}
			return len(letters) > 0
		})
		if b.Left("URL") != 0 {
			t.Errorf("%v stays", bad)
		}
	}
	feed(url)
	for range 3 {
		drive(t, b, "the request fails", func() bool { return b.Left("URL") == 1 })
	}
	up.Store(true)
	if got := gather(t, b, "data", 1); !reflect.DeepEqual(got, []flow.Value{"here"}) {
		t.Errorf("data %v", got)
	}
}

// A node that stops waits for the request and takes nothing of it.
func TestHTTPStops(t *testing.T) {
	asked, gone := make(chan struct{}), make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		close(asked)
		<-r.Context().Done()
		close(gone)
	})
	b := actortest.Start(t, allowed(t, url), HTTPPostS(), map[string]flow.Value{"url": url, "params": nil, "headers": nil, "auth": nil})
	b.Feed("data", "x")
	b.TryRun()
	<-asked
	if !b.Actor().(flow.Awaiter).Awaits() {
		t.Error("it does not await its answer")
	}
	b.Actor().(flow.Stopper).Stop()
	<-gone
	if b.Left("data") != 1 {
		t.Error("the token is gone")
	}
}

// With a stand-in there is no goroutine: virtual time stays the same each time.
func TestHTTPOfAMock(t *testing.T) {
	m := &web.Mock{}
	if err := m.Set(map[string]any{"status": int64(201), "body": "made"}); err != nil {
		t.Fatal(err)
	}
	b := actortest.Start(t, actortest.NewEnv().Offer("http.post", m), HTTPPostS(), map[string]flow.Value{"url": "https://h/x", "params": nil, "headers": nil, "auth": nil})
	b.Feed("data", "x")
	if err := b.TryRun(); !errors.Is(err, flow.ErrLater) {
		t.Errorf("TryRun = %v", err)
	}
	b.Run()
	if got := b.Take("data"); !reflect.DeepEqual(got, []flow.Value{"made"}) || len(m.Asked()) != 1 {
		t.Errorf("gives %v, asked %v", got, m.Asked())
	}
}

func TestBasicAuthHeader(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), BasicAuthHeader(), nil)
	b.Feed("credential", map[string]any{"username": "root", "password": "pass"})
	b.Run()
	if got := b.Take("header"); !reflect.DeepEqual(got, []flow.Value{map[string]any{"Authorization": "Basic cm9vdDpwYXNz"}}) {
		t.Errorf("gives %v", got)
	}
	for _, bad := range []flow.Value{nil, map[string]any{"username": "root"}, map[string]any{"username": "a:b", "password": ""}} {
		b.Feed("credential", bad)
		if err := b.TryRun(); err == nil || len(b.Letters()) != 1 {
			t.Errorf("%v: %v, want a dead letter", bad, err)
		}
	}
}
