package token_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/runtime/pki/token"
)

const module = "/usr/lib/softhsm/libsofthsm2.so"

// One key, one URI, and back.
func TestParseURI(t *testing.T) {
	for uri, want := range map[string]token.Place{
		"pkcs11:token=h1;object=issuing?module-path=" + module + "&pin-source=file:/etc/pin":      {Module: module, Token: "h1", Object: "issuing", PIN: "/etc/pin"},
		"pkcs11:object=n%2017;token=a%3Bb;type=private?pin-source=/pin&module-path=/m.so":         {Module: "/m.so", Token: "a;b", Object: "n 17", PIN: "/pin"},
		"pkcs11:token=card;id=%01%00%ff?module-path=/m.so&pin-source=file:/pin":                   {Module: "/m.so", Token: "card", ID: []byte{1, 0, 255}, PIN: "/pin"},
		"pkcs11:token=%D0%A1%D0%BF%D0%B1;object=%25?module-path=/a%26b%20c&pin-source=file:/p%3F": {Module: "/a&b c", Token: "Спб", Object: "%", PIN: "/p?"},
	} {
		got, err := token.ParseURI(uri)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("ParseURI(%s) = %+v, %v, want %+v", uri, got, err, want)
		}
		if back, err := token.ParseURI(got.URI()); err != nil || !reflect.DeepEqual(back, want) {
			t.Errorf("ParseURI(%s) = %+v, %v, want %+v", got.URI(), back, err, want)
		}
	}
	for _, uri := range []string{
		"", "pkcs11:", "token=h1",
		"pkcs11:token=h1;object=x?module-path=/m",
		"pkcs11:token=h1;object=x?pin-source=/p",
		"pkcs11:token=h1?module-path=/m&pin-source=/p",
		"pkcs11:object=x?module-path=/m&pin-source=/p",
		"pkcs11:token=h1;object=x?module-path=/m&pin-value=1234",
		"pkcs11:token=h1;token=h2;object=x?module-path=/m&pin-source=/p",
		"pkcs11:token=h1;object=x;type=cert?module-path=/m&pin-source=/p",
		"pkcs11:token=h1;object=x;slot-id=1?module-path=/m&pin-source=/p",
		"pkcs11:token=h1;object?module-path=/m&pin-source=/p",
		"pkcs11:token=%zz;object=x?module-path=/m&pin-source=/p",
		"pkcs11:token=h1;object=x%00?module-path=/m&pin-source=/p",
	} {
		if p, err := token.ParseURI(uri); !errors.Is(err, token.ErrURI) {
			t.Errorf("ParseURI(%s) = %+v, %v, want %v", uri, p, err, token.ErrURI)
		}
	}
}

func FuzzParseURI(f *testing.F) {
	f.Add("pkcs11:token=h1;object=issuing?module-path=/m.so&pin-source=file:/etc/pin")
	f.Add("pkcs11:token=h1;id=%00%01?module-path=/m.so&pin-source=/etc/pin")
	f.Fuzz(func(t *testing.T, uri string) {
		p, err := token.ParseURI(uri)
		if err != nil {
			return
		}
		if back, err := token.ParseURI(p.URI()); err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("%q is %+v, and its URI %q is %+v, %v", uri, p, p.URI(), back, err)
		}
	})
}
