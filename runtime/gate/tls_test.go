package gate_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/gate"
)

func selfMade(t testing.TB) *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"ward.example"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"},
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// Callers who never say a word keep nobody else waiting, and are sent away.
func TestSlowCallersHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStreet()
		var late atomic.Int64
		l := gate.New(gate.Limits{Within: 4 * time.Second}).TLS(st, selfMade(t), func(_ net.Addr, err error) {
			if errors.Is(err, context.DeadlineExceeded) {
				late.Add(1)
			}
		})
		defer l.Close()
		var slow []net.Conn
		for range 50 {
			slow = append(slow, st.from("192.0.2.7:4000"))
		}
		synctest.Wait()
		begun := time.Now()
		c := tls.Client(st.from("192.0.2.8:4000"), &tls.Config{InsecureSkipVerify: true})
		go c.Handshake()
		got, err := l.Accept()
		if err != nil || time.Since(begun) > 0 {
			t.Fatalf("an honest caller waited %v: %v", time.Since(begun), err)
		}
		if _, ok := got.(*tls.Conn); !ok {
			t.Errorf("Accept gives a %T", got)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		for i, s := range slow {
			if !closed(s) {
				t.Errorf("slow caller %d is still there after 5 s", i)
			}
		}
		if late := late.Load(); late != 50 {
			t.Errorf("%d were said to be late, want 50", late)
		}
		c.NetConn().Close()
		got.Close()
	})
}

// Web servers work behind a gate, with HTTP/2 as well.
func TestHTTPBehindAGate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conf := selfMade(t)
	s := &http.Server{TLSConfig: conf, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) })}
	done := make(chan error, 1)
	go func() { done <- s.Serve(gate.New(gate.Limits{}).TLS(l, conf, nil)) }()
	for _, want := range []string{"HTTP/2.0", "HTTP/1.1"} {
		tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: want == "HTTP/2.0"}
		r, err := (&http.Client{Transport: tr}).Get("https://" + l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		tr.CloseIdleConnections()
		if string(b) != want {
			t.Errorf("the server saw %s, want %s", b, want)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("Serve ended with %v", err)
	}
}
