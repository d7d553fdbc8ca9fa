package token

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrNotBuilt reports that this program can't speak to tokens.
var ErrNotBuilt = errors.New("this program was built without tokens: build it with -tags pkcs11")

// ErrURI reports a PKCS #11 URI that does not name one key.
var ErrURI = errors.New("not the PKCS #11 URI of a key")

// A Place is where a key is: a module, a token in it by its label, and a key
// there by its label or its id.
type Place struct {
	Module string // path of the PKCS #11 library
	Token  string // label
	Object string // label of the key; "" if ID is given
	ID     []byte // CKA_ID of the key; nil if Object is given
	PIN    string // path of a file with the PIN, which only its owner may read
}

// maxURI bounds a URI, in bytes.
const maxURI = 4096

// ParseURI reads a PKCS #11 URI (RFC 7512) with the path attributes token,
// object or id, and type=private, and the query attributes module-path and
// pin-source. A PIN in the URI itself (pin-value) is refused, as URIs are kept
// where PINs must not be. Errors wrap [ErrURI].
func ParseURI(s string) (Place, error) {
	p, err := parseURI(s)
	if err != nil {
		return Place{}, fmt.Errorf("%w: %w", ErrURI, err)
	}
	return p, nil
}

func parseURI(s string) (Place, error) {
	rest, ok := strings.CutPrefix(s, "pkcs11:")
	if !ok || len(s) > maxURI {
		return Place{}, errors.New("want pkcs11:token=LABEL;object=LABEL?module-path=FILE&pin-source=FILE")
	}
	var p Place
	path, query, _ := strings.Cut(rest, "?")
	seen := make(map[string]bool)
	if err := attributes(path, ";", seen, p.setPath); err != nil {
		return Place{}, err
	}
	if err := attributes(query, "&", seen, p.setQuery); err != nil {
		return Place{}, err
	}
	return p, p.check()
}

// attributes calls set for each NAME=VALUE between separators.
func attributes(s, sep string, seen map[string]bool, set func(name, value string) error) error {
	if s == "" {
		return nil
	}
	for _, a := range strings.Split(s, sep) {
		name, value, ok := strings.Cut(a, "=")
		if !ok || seen[name] {
			return fmt.Errorf("attribute %.40q: want each once, as NAME=VALUE", name)
		}
		seen[name] = true
		value, err := url.PathUnescape(value)
		if err != nil || strings.Contains(value, "\x00") && name != "id" {
			return fmt.Errorf("attribute %.40q: its value can't be read", name)
		}
		if err := set(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (p *Place) setPath(name, value string) error {
	switch name {
	case "token":
		p.Token = value
	case "object":
		p.Object = value
	case "id":
		p.ID = []byte(value)
	case "type":
		if value != "private" {
			return fmt.Errorf("type %.40q: want private", value)
		}
	default:
		return fmt.Errorf("attribute %.40q is not one of token, object, id, type", name)
	}
	return nil
}

func (p *Place) setQuery(name, value string) error {
	switch name {
	case "module-path":
		p.Module = value
	case "pin-source":
		p.PIN = strings.TrimPrefix(value, "file:")
	case "pin-value":
		return errors.New("it holds the PIN: put it into a file and name that as pin-source")
	default:
		return fmt.Errorf("attribute %.40q is not one of module-path, pin-source", name)
	}
	return nil
}

func (p Place) check() error {
	switch {
	case p.Module == "":
		return errors.New("it names no module-path")
	case p.Token == "":
		return errors.New("it names no token")
	case p.Object == "" && len(p.ID) == 0:
		return errors.New("it names no object and no id")
	case p.PIN == "":
		return errors.New("it names no pin-source")
	}
	return nil
}

// URI is what [ParseURI] reads.
func (p Place) URI() string {
	s := "pkcs11:token=" + url.PathEscape(p.Token)
	if p.Object != "" {
		s += ";object=" + url.PathEscape(p.Object)
	}
	if len(p.ID) > 0 {
		digits := hex.EncodeToString(p.ID)
		s += ";id="
		for i := 0; i < len(digits); i += 2 {
			s += "%" + digits[i:i+2]
		}
	}
	escape := strings.NewReplacer("%", "%25", "&", "%26", "?", "%3F", " ", "%20", "#", "%23", ";", "%3B", "=", "%3D")
	return s + ";type=private?module-path=" + escape.Replace(p.Module) + "&pin-source=file:" + escape.Replace(p.PIN)
}
