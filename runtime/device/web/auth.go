package web

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"slices"
	"strings"
)

// digests are the algorithms of RFC 7616, section 3.2, that are answered, best
// first. Many a device knows only the last.
var digests = []struct {
	name string
	sum  func() hash.Hash
}{{"SHA-256", sha256.New}, {"MD5", md5.New}}

// answerChallenge is the Authorization header for a server that asked for a
// digest.
func answerChallenge(challenges []string, req *http.Request, a *Auth) (string, error) {
	for _, d := range digests {
		for _, text := range challenges {
			c, ok := parseChallenge(text)
			if !ok || !strings.EqualFold(orElse(c["algorithm"], "MD5"), d.name) {
				continue
			}
			if qop := c["qop"]; qop != "" && !slices.ContainsFunc(strings.Split(qop, ","), func(q string) bool { return strings.TrimSpace(q) == "auth" }) {
				continue
			}
			var nonce [16]byte
			rand.Read(nonce[:])
			return digest(c, d.name, d.sum, req.Method, req.URL.RequestURI(), a, hex.EncodeToString(nonce[:])), nil
		}
	}
	return "", fmt.Errorf("%w: the server asks for no digest by SHA-256 or MD5", ErrRefused)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// digest is RFC 7616, section 3.4, for one request with a nonce.
func digest(c map[string]string, name string, sum func() hash.Hash, method, uri string, a *Auth, cnonce string) string {
	h := func(parts ...string) string {
		s := sum()
		s.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(s.Sum(nil))
	}
	const count = "00000001"
	ha1, ha2 := h(a.Username, c["realm"], a.Password), h(method, uri)
	response := h(ha1, c["nonce"], ha2) // RFC 2069: a server without qop
	if c["qop"] != "" {
		response = h(ha1, c["nonce"], count, cnonce, "auth", ha2)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `Digest username=%s, realm=%s, nonce=%s, uri=%s, response="%s", algorithm=%s`,
		quoted(a.Username), quoted(c["realm"]), quoted(c["nonce"]), quoted(uri), response, name)
	if c["qop"] != "" {
		fmt.Fprintf(&b, `, qop=auth, nc=%s, cnonce="%s"`, count, cnonce)
	}
	if opaque, ok := c["opaque"]; ok {
		fmt.Fprintf(&b, `, opaque=%s`, quoted(opaque))
	}
	return b.String()
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "").Replace(s) + `"`
}

// parseChallenge reads `Digest realm="ward", nonce="…"`; ok is false when it is
// none.
func parseChallenge(text string) (c map[string]string, ok bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if !strings.EqualFold(scheme, "Digest") {
		return nil, false
	}
	c = map[string]string{}
	for rest = strings.TrimLeft(rest, " ,"); rest != ""; rest = strings.TrimLeft(rest, " ,") {
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			return nil, false
		}
		var value string
		if value, rest, ok = cutValue(after); !ok {
			return nil, false
		}
		c[strings.ToLower(strings.TrimSpace(name))] = value
	}
	return c, c["nonce"] != ""
}

// cutValue cuts a token or a quoted string off the front.
func cutValue(s string) (value, rest string, ok bool) {
	s = strings.TrimLeft(s, " ")
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ",")
		return strings.TrimSpace(value), rest, true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
