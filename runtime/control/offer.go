package control

import (
	"crypto/tls"
	"crypto/x509"
	"slices"
	"sync"
)

// A browser that is asked for a certificate shows its owner all that it has, those
// of banks and ministries among them, unless it is told by which authorities the
// right ones are issued. Our own clients have one and know it.

// offering gives browsers a configuration that names the authorities. They change
// seldom, so the newest is kept: its session tickets too.
func offering(base *tls.Config, callers func() []*x509.Certificate) func(*tls.ClientHelloInfo) (*tls.Config, error) {
	if callers == nil {
		return nil
	}
	var mu sync.Mutex // guards what follows
	var named []*x509.Certificate
	var conf *tls.Config
	return func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if slices.Contains(hello.SupportedProtos, ClientProto) {
			return nil, nil // base will do
		}
		now := callers()
		mu.Lock()
		defer mu.Unlock()
		if conf == nil || !slices.EqualFunc(named, now, (*x509.Certificate).Equal) {
			named, conf = now, base.Clone()
			conf.GetConfigForClient = nil
			conf.ClientCAs = x509.NewCertPool()
			for _, c := range now {
				conf.ClientCAs.AddCert(c)
			}
		}
		return conf, nil
	}
}
