package main

import (
	"crypto"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/token"
)

// tokenKeys are URIs of authorities' keys in PKCS #11 tokens; "": on disk.
type tokenKeys struct{ root, issuing, people string }

func (k *tokenKeys) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&k.root, "root-key", "", "pkcs11: URI of the root's key, if it is in a token")
	f.StringVar(&k.issuing, "issuing-key", "", "pkcs11: URI of the key of the authority for machines, if it is in a token")
	f.StringVar(&k.people, "people-key", "", "pkcs11: URI of the key of the authority for people, if it is in a token")
}

func (k *tokenKeys) open() (keys pki.Keys, err error) {
	for _, one := range []struct {
		uri string
		key *crypto.Signer
	}{{k.root, &keys.Root}, {k.issuing, &keys.Issuing}, {k.people, &keys.People}} {
		if one.uri == "" {
			continue
		}
		if *one.key, err = token.Open(one.uri); err != nil {
			return pki.Keys{}, err
		}
	}
	return keys, nil
}
