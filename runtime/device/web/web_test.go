package web

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func allow(t testing.TB, of ...string) []Allowance {
	t.Helper()
	var list []Allowance
	for _, s := range of {
		a, err := ParseAllowance(s)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

// echo answers with what it was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Asked", r.Method)
	w.WriteHeader(201)
	fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("X-Bed"), body)
}

func TestDo(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(echo))
	defer s.Close()
	c := New(Config{Allow: allow(t, s.URL)})
	defer c.Close()
	a, err := c.Do(t.Context(), Request{Method: "POST", URL: s.URL + "/r4?a=1", Params: url.Values{"b": {"2", "3"}},
		Headers: map[string]string{"X-Bed": "bed 1"}, Body: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != 201 || a.Body != "POST /r4?a=1&b=2&b=3 bed 1 hello" || a.Headers["x-asked"] != "POST" {
		t.Errorf("Do = %+v", a)
	}
}

func TestDoRefuses(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(echo))
	defer s.Close()
	c := New(Config{Allow: allow(t, s.URL+"/r4")})
	defer c.Close()
	for want, r := range map[string]Request{
		"this node does not allow http://127.0.0.1:1/": {URL: "http://127.0.0.1:1/"},
		"/admin; it allows " + s.URL:                   {URL: s.URL + "/admin"},
		"/r4/../admin; it allows ":                     {URL: s.URL + "/r4/../admin"},
		`"file:///etc/passwd" is no address`:           {URL: "file:///etc/passwd"},
		`"127.0.0.1" is no address`:                    {URL: "127.0.0.1"},
		`"http://u:p@h/" is no address`:                {URL: "http://u:p@h/"},
		`header "Host" can't be set so`:                {URL: s.URL + "/r4", Headers: map[string]string{"Host": "other"}},
		`header "X" can't be set so`:                   {URL: s.URL + "/r4", Headers: map[string]string{"X": "a\r\nY: b"}},
		`header "X Y" can't be set so`:                 {URL: s.URL + "/r4", Headers: map[string]string{"X Y": "a"}},
		`invalid method`:                               {URL: s.URL + "/r4", Method: "GET /"},
	} {
		_, err := c.Do(t.Context(), r)
		if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), want) {
			t.Errorf("Do(%+v) = %v, want %q and ErrRefused", r, err, want)
		}
	}
	if _, err := New(Config{}).Do(t.Context(), Request{URL: s.URL}); err == nil || !strings.Contains(err.Error(), "it allows nothing") {
		t.Errorf("Do where nothing is allowed = %v", err)
	}
}

// A redirect is followed to what is allowed, and no further.
func TestRedirect(t *testing.T) {
	hits := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer other.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/in":
			http.Redirect(w, r, "/here", http.StatusFound)
		case "/out":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		}
	}))
	defer s.Close()
	c := New(Config{Allow: allow(t, s.URL)})
	defer c.Close()
	for path, ok := range map[string]bool{"/in": true, "/out": false, "/round": false} {
		_, err := c.Do(t.Context(), Request{URL: s.URL + path})
		if (err == nil) != ok || !ok && !errors.Is(err, ErrRefused) {
			t.Errorf("Do(%s) = %v", path, err)
		}
	}
	if hits > 0 {
		t.Error("the server that is not allowed was asked")
	}
}

func TestTLSIsVerified(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(echo))
	defer s.Close()
	s.Config.ErrorLog = nil
	stranger := New(Config{Allow: allow(t, s.URL)})
	defer stranger.Close()
	if _, err := stranger.Do(t.Context(), Request{URL: s.URL}); err == nil || errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Do with an unknown certificate = %v", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c := New(Config{Allow: allow(t, s.URL), TLS: &tls.Config{RootCAs: roots}})
	defer c.Close()
	if _, err := c.Do(t.Context(), Request{URL: s.URL}); err != nil {
		t.Errorf("Do with a known certificate = %v", err)
	}
}

func TestSizeAndText(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat("\xff", 100))
	}))
	defer s.Close()
	small := New(Config{Allow: allow(t, s.URL), Size: 99})
	defer small.Close()
	if _, err := small.Do(t.Context(), Request{URL: s.URL}); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "more than 99 bytes") {
		t.Errorf("Do of a large answer = %v", err)
	}
	c := New(Config{Allow: allow(t, s.URL), Size: 100})
	defer c.Close()
	if a, err := c.Do(t.Context(), Request{URL: s.URL}); err != nil || a.Body != "\uFFFD" {
		t.Errorf("Do = %+v, %v", a, err)
	}
}

// A server that says nothing is given up on in time.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Config{Allow: allow(t, "http://10.0.0.1"), Timeout: 3 * time.Second})
		here, there := net.Pipe()
		defer there.Close()
		c.client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) { return here, nil }
		go io.Copy(io.Discard, there)
		began := time.Now()
		_, err := c.Do(t.Context(), Request{URL: "http://10.0.0.1/"})
		if took := time.Since(began); err == nil || errors.Is(err, ErrRefused) || took != 3*time.Second {
			t.Errorf("Do = %v after %v, want an error after 3s", err, took)
		}
		c.Close()
	})
}

func TestAllowance(t *testing.T) {
	for _, tt := range []struct {
		allow, url string
		want       bool
	}{
		{"https://h.example", "https://h.example/any?q", true},
		{"https://h.example", "https://H.Example:443", true},
		{"https://h.example", "http://h.example", false},
		{"https://h.example", "https://h.example:8443", false},
		{"https://h.example", "https://h.example.evil", false},
		{"https://h.example", "https://x.h.example", false},
		{"https://*.h.example", "https://x.h.example/", true},
		{"https://*.h.example", "https://x.y.h.example/", false},
		{"https://*.h.example", "https://h.example/", false},
		{"https://h.example/r4", "https://h.example/r4", true},
		{"https://h.example/r4", "https://h.example/r4/Patient", true},
		{"https://h.example/r4", "https://h.example/r4x", false},
		{"https://h.example/r4/", "https://h.example/r4/x", true},
		{"https://h.example/r4", "https://h.example/r4/%2e%2e/x", false},
		{"https://h.example/r4", "https://h.example/r4/..%2fx", false},
		{"http://[::1]:80", "http://[::1]/", true},
	} {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := allow(t, tt.allow)[0].allows(u); got != tt.want {
			t.Errorf("%s allows %s: %v", tt.allow, tt.url, got)
		}
	}
	for _, s := range []string{"", "h.example", "ftp://h", "https://", "https://*", "https://a.*.b", "https://h?q", "https://u@h", "https://h/..", "https://h/a%2fb", "https://h/#f"} {
		if a, err := ParseAllowance(s); err == nil {
			t.Errorf("ParseAllowance(%q) = %v, want an error", s, a)
		}
	}
}

// A name that is pointed at this machine does not lead there.
func TestGuard(t *testing.T) {
	name, ip := allow(t, "http://h.example")[0], allow(t, "http://127.0.0.1")[0]
	for address, ok := range map[string]bool{"127.0.0.1:80": false, "[::1]:80": false, "169.254.169.254:80": false,
		"[::ffff:127.0.0.1]:80": false, "0.0.0.0:80": false, "10.0.0.7:80": true, "93.184.216.34:80": true} {
		if err := name.guard("tcp", address, nil); (err == nil) != ok {
			t.Errorf("a name leads to %s: %v", address, err)
		}
	}
	if err := ip.guard("tcp", "127.0.0.1:80", nil); err != nil {
		t.Errorf("the address itself: %v", err)
	}
}

// The example of RFC 7616, section 3.9.1.
func TestDigest(t *testing.T) {
	const nonce, cnonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
	c, ok := parseChallenge(`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="` + nonce + `", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`)
	if !ok {
		t.Fatal("challenge is not read")
	}
	for name, d := range map[string]struct {
		sum  func() hash.Hash
		want string
	}{"MD5": {md5.New, "8ca523f5e9506fed4657c9700eebdbec"}, "SHA-256": {sha256.New, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}} {
		got := digest(c, name, d.sum, "GET", "/dir/index.html", &Auth{Username: "Mufasa", Password: "Circle of Life"}, cnonce)
		if !strings.Contains(got, `response="`+d.want+`"`) {
			t.Errorf("%s: %s, want response %s", name, got, d.want)
		}
	}
}

func TestAuth(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said := r.Header.Get("Authorization")
		if r.URL.Path == "/basic" {
			io.WriteString(w, said)
			return
		}
		c, ok := parseChallenge(said)
		if !ok {
			w.Header().Set("WWW-Authenticate", `Digest realm="bed", nonce="n1", qop="auth", algorithm=SHA-256`)
			w.WriteHeader(401)
			return
		}
		again := digest(map[string]string{"realm": "bed", "nonce": "n1", "qop": "auth"}, "SHA-256", sha256.New, r.Method, r.URL.RequestURI(),
			&Auth{Username: "root", Password: "pass"}, c["cnonce"])
		if again == said {
			io.WriteString(w, "welcome")
		}
	}))
	defer s.Close()
	c := New(Config{Allow: allow(t, s.URL)})
	defer c.Close()
	for path, want := range map[string]string{"/basic": "Basic cm9vdDpwYXNz", "/digest?a=1": "welcome"} {
		a, err := c.Do(t.Context(), Request{URL: s.URL + path, Auth: &Auth{Digest: path != "/basic", Username: "root", Password: "pass"}})
		if err != nil || a.Body != want {
			t.Errorf("%s: %q, %v; want %q", path, a.Body, err, want)
		}
	}
}

func TestMock(t *testing.T) {
	m := &Mock{}
	if a, err := m.Do(t.Context(), Request{URL: "x"}); err != nil || a.Status != 200 {
		t.Errorf("Do = %+v, %v", a, err)
	}
	if err := m.Set(map[string]any{"status": int64(404), "headers": map[string]any{"a": "b"}, "body": "gone"}); err != nil {
		t.Fatal(err)
	}
	want := Answer{404, map[string]string{"a": "b"}, "gone"}
	if a, err := m.Do(t.Context(), Request{URL: "y"}); err != nil || !reflect.DeepEqual(a, want) {
		t.Errorf("Do = %+v, %v; want %+v", a, err, want)
	}
	if got := m.Asked(); len(got) != 2 || got[1].URL != "y" {
		t.Errorf("Asked = %+v", got)
	}
	for _, v := range []any{nil, map[string]any{"status": "x"}, map[string]any{"code": int64(1)}} {
		if err := m.Set(v); err == nil {
			t.Errorf("Set(%v) gives no error", v)
		}
	}
}

// Whatever an address looks like: where it is allowed, a server that tidies the
// path up finds it below what was listed.
func FuzzAllows(f *testing.F) {
	for _, s := range []string{"https://h.example/r4/x", "https://h.example/r4/../x", "https://h.example/r4/%2e%2e/x", "https://h.example/r4/.%2e/", `https://h.example/r4/\..\x`, "https://h.example/r4//x", "https://h.example:443/r4"} {
		f.Add(s)
	}
	a, err := ParseAllowance("https://h.example/r4")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := url.Parse(s)
		if err != nil || !a.allows(u) {
			return
		}
		plain, err := url.PathUnescape(u.EscapedPath())
		if clean := path.Clean(plain); err != nil || clean != "/r4" && !strings.HasPrefix(clean, "/r4/") || strings.ToLower(u.Hostname()) != "h.example" {
			t.Errorf("%q is allowed, and leads to %s%s", s, u.Host, clean)
		}
	})
}

func FuzzParseChallenge(f *testing.F) {
	for _, s := range []string{`Digest realm="a", nonce="b"`, `Digest nonce=x,`, `Digest a="\`, `Basic x`, `digest ,,nonce = "1"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, ok := parseChallenge(s)
		if !ok {
			return
		}
		said := digest(c, "MD5", md5.New, "GET", "/", &Auth{Username: "u", Password: "p"}, "c")
		again, ok := parseChallenge(said)
		if strings.ContainsAny(said, "\r\n") || !ok || again["response"] == "" {
			t.Errorf("%q is answered by %q", s, said)
		}
	})
}
