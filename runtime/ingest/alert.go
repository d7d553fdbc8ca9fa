package ingest

import (
	"errors"
	"net"
	"strings"
)

// ErrCertificate reports that a node has refused a device's certificate. It does
// not say why, so as to tell strangers nothing; to try again is of no use.
var ErrCertificate = errors.New("the node does not take this certificate: it has ended, was revoked, or is not that of a device of the hospital")

// alerted reports whether the other side has ended a TLS handshake for the sake of
// our certificate (RFC 8446, section 6.2). crypto/tls has no type for its alerts,
// and in TLS 1.3 they come after our side of the handshake has ended.
func alerted(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || op.Err == nil {
		return false
	}
	switch strings.TrimPrefix(op.Err.Error(), "tls: ") {
	case "bad certificate", "unsupported certificate", "revoked certificate", "expired certificate", "unknown certificate",
		"unknown certificate authority", "access denied", "certificate required":
		return true
	}
	return false
}
