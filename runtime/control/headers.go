package control

import (
	"net"
	"net/http"
	"strings"
)

// The page loads nothing from elsewhere and holds nothing inline, so the
// policy can forbid both.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// protect sets the security headers and refuses what a page of another origin
// sends with this browser's certificate or session.
func protect(h http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	refuse := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		problem(http.StatusForbidden, "cross-origin", "denied", "a page of another origin may not %s here", r.Method).write(w)
	})
	cross.SetDenyHandler(refuse)
	inner := cross.Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", contentPolicy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("X-Frame-Options", "DENY")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), usb=()")
		head.Set("Cache-Control", "no-store")
		if named(r.Host) {
			head.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if elsewhere(r) {
			refuse.ServeHTTP(w, r)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// elsewhere reports whether a page of another origin asks for something of the API
// in the background. It could not read the answer, but a stream would take a
// viewer's place, and a tap would be on record as this person's. Following a link is
// another matter, unless it leads to one of these.
func elsewhere(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if !strings.HasPrefix(r.URL.Path, "/api/") || site == "" || site == "same-origin" || site == "none" {
		return false
	}
	streams := strings.HasSuffix(r.URL.Path, "/events") || strings.HasSuffix(r.URL.Path, "/tap")
	return streams || r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// named reports whether a host is a name of its own. Browsers ignore the strict
// transport header for addresses; for "localhost" they would obey it, and break
// every other program that somebody develops there.
func named(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return host != "localhost" && !strings.HasSuffix(host, ".localhost") && net.ParseIP(host) == nil && host != "" && host[0] != '['
}
