// Package token signs with keys that never leave a PKCS #11 token: an
// authority's in a hardware module, a nurse's or a patient's on a card.
//
//	key, err := token.Open("pkcs11:token=h1;object=issuing?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/wardflow/pin")
//	defer key.Close()
//	s, err := pki.NewSigner(key, chain)
//
// A CA whose key is in a token has that URI in place of key.pem in its
// directory; [Opener] opens it:
//
//	ca, err := pki.LoadAuthority("ca", token.Opener, pki.Passphrase(ask))
//
// Modules are C libraries, so tokens are there only in programs built with
// -tags pkcs11; others refuse with [ErrNotBuilt].
package token
