package node

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// What this node lets others have agreed, while it leads the register: beside
// what package register judges by itself.

// ofItself reports whether a setting is what a node may say of itself without a
// vote: that it stops.
func ofItself(node flow.NodeID, key string) bool { return key == markAway+string(node) }

// provers judge the settings that prove themselves, by how their keys begin; n
// is the leader.
var provers = map[string]func(n *Node, key string, value []byte) error{
	keyCRL:    (*Node).proveList,
	keyPolicy: (*Node).provePolicy,
}

// checked judges a setting that proves itself, whoever brings it.
func (n *Node) checked(key string, value []byte) (proves bool, err error) {
	for begins, prove := range provers {
		if strings.HasPrefix(key, begins) {
			return true, prove(n, key, value)
		}
	}
	return false, nil
}

// issued is nil for a certificate that an authority of the hospital has issued,
// whether it has ended or is revoked since: what was sealed with it is verified
// later still, for as long as [pki.Late].
func (n *Node) issued(der []byte) error {
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	if time.Since(leaf.NotAfter) > pki.Late {
		return fmt.Errorf("it ended %s, more than %d days ago, and nothing is believed by it any more", leaf.NotAfter.UTC().Format(time.RFC3339), pki.Late/(24*time.Hour))
	}
	at := leaf.NotBefore
	if now := time.Now(); now.Before(leaf.NotAfter) && now.After(at) {
		at = now
	}
	_, err = n.verifier.Identify(append([]*x509.Certificate{leaf}, n.keys.trust().Issuers...), at)
	if err != nil && !errors.Is(err, pki.ErrRevoked) && !errors.Is(err, pki.ErrExpired) {
		return fmt.Errorf("nobody of this hospital has issued it: %w", err)
	}
	return nil
}
