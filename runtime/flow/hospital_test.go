package flow

import "testing"

func TestHospital(t *testing.T) {
	for uri, want := range map[string]string{
		"spiffe://h1.health.example/node/a":               "h1.health.example",
		"spiffe://people.h1.health.example/staff/ada":     "h1.health.example",
		"spiffe://people.h2.health.example/staff/ada":     "h2.health.example",
		"spiffe://h1.people.health.example/node/people.x": "h1.people.health.example",
		"spiffe://h1.health.example":                      "h1.health.example",
		"https://h1.health.example/node/a":                "",
		"":                                                "",
	} {
		if got := (Identity{URI: uri}).Hospital(); got != want {
			t.Errorf("hospital of %q: %q, want %q", uri, got, want)
		}
	}
}
