package enroll

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// A Token lets one holder fetch its first certificate. It is written on one
// line, to be handed over once and never kept:
//
//	wardflow-token.eyJjYSI6…
type Token struct {
	CA     string `json:"ca"`     // https://host:port of the CA service
	Root   string `json:"root"`   // SHA-256 of the root certificate, hex: who can't show it is not asked
	Holder string `json:"holder"` // SPIFFE ID of whom it is for
	Secret string `json:"secret"` // 160 random bits
}

const (
	tokenPrefix = "wardflow-token."
	maxToken    = 4096 // bytes
)

// newSecret has 160 random bits, in letters and digits.
func newSecret() string { return rand.Text() + rand.Text()[:6] }

// String is the token as it is handed over. It is a secret.
func (t Token) String() string {
	b, _ := json.Marshal(t) // four strings always encode
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// ParseToken reads what [Token.String] writes.
func ParseToken(s string) (Token, error) {
	bad := func(why string) (Token, error) {
		return Token{}, fmt.Errorf("token: %s: copy the whole line that `wardflow ca token` printed", why)
	}
	body, ok := strings.CutPrefix(strings.TrimSpace(s), tokenPrefix)
	if !ok || len(s) > maxToken {
		return bad("it does not begin with " + tokenPrefix)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil {
		return bad("it is damaged")
	}
	var t Token
	if err := json.Unmarshal(b, &t); err != nil {
		return bad("it is damaged")
	}
	if t.String() != tokenPrefix+body {
		return bad("it is damaged")
	}
	return t, t.check()
}

func (t Token) check() error {
	if err := CheckURL(t.CA); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	if root, err := hex.DecodeString(t.Root); err != nil || len(root) != 32 {
		return errors.New("token: it does not say which root is right")
	}
	if !strings.HasPrefix(t.Holder, "spiffe://") || t.Secret == "" {
		return errors.New("token: it does not say whom it is for")
	}
	return nil
}

// CheckURL is nil for the address of a CA service: https://host:port.
func CheckURL(ca string) error {
	u, err := url.Parse(ca)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("CA service %.100q: want https://host:port", ca)
	}
	return nil
}
