package enroll

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
)

// The container in which EST hands out certificates: a SignedData of PKCS #7
// (RFC 5652, section 5) that holds certificates, no content and no signature.

var (
	oidData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
)

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content signedData `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version      int
	Digests      asn1.RawValue // SET OF AlgorithmIdentifier: empty
	Encapsulated struct{ Type asn1.ObjectIdentifier }
	Certificates asn1.RawValue // [0] IMPLICIT SET OF Certificate
	Signers      asn1.RawValue // SET OF SignerInfo: empty
}

var emptySet = asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSet, IsCompound: true}

// certsOnly is the DER of a container with these certificates.
func certsOnly(certs []*x509.Certificate) ([]byte, error) {
	var raw []byte
	for _, c := range certs {
		raw = append(raw, c.Raw...)
	}
	c := contentInfo{Type: oidSignedData, Content: signedData{Version: 1, Digests: emptySet, Signers: emptySet,
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: raw}}}
	c.Content.Encapsulated.Type = oidData
	der, err := asn1.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("PKCS #7: %w", err)
	}
	return der, nil
}
