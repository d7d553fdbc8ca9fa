package pki_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/pki"
)

func TestExtensionsAreStrict(t *testing.T) {
	group := func(der []byte) error { _, err := pki.DecodeGroup(der); return err }
	epc := func(der []byte) error { _, err := pki.DecodeEPC(der); return err }
	rule := func(der []byte) error { _, err := pki.DecodeRule(der); return err }
	good := pki.EncodeGroup("h1/3/icu-3/ecg")
	tagged := func(tag byte, der []byte) []byte { return append([]byte{tag}, der[1:]...) }
	for _, tt := range []struct {
		name string
		read func([]byte) error
		der  []byte
		want string // "" is good
	}{
		{"group", group, good, ""},
		{"group in letters of another script", group, pki.EncodeGroup("Спб/3/реа-3/экг"), ""},
		{"nothing", group, nil, "not DER"},
		{"no length", group, []byte{12}, "not DER"},
		{"cut short", group, good[:len(good)-1], "not DER"},
		{"PrintableString", group, tagged(19, good), "tag 12, not of class 0 tag 19"},
		{"OCTET STRING for a group", group, tagged(4, good), "tag 12"},
		{"constructed", group, tagged(12|0x20, good), "tag 12"},
		{"private class", group, tagged(12|0xc0, good), "class 3"},
		{"something after it", group, append(bytes.Clone(good), 0), "1 bytes after"},
		{"length in long form", group, append([]byte{12, 0x81, 14}, good[2:]...), "not DER"},
		{"indefinite length", group, append(append([]byte{12, 0x80}, good[2:]...), 0, 0), "not DER"},
		{"64 KB", group, pki.EncodeGroup(strings.Repeat("a", 1<<16)), "at most 128"},
		{"129 bytes", group, pki.EncodeGroup("h1/3/icu-3/" + strings.Repeat("a", 118)), "at most 128"},
		{"128 bytes", group, pki.EncodeGroup("h1/3/icu-3/" + strings.Repeat("a", 117)), ""},
		{"not UTF-8", group, pki.EncodeGroup("h1/3/icu-3/\xff"), "not UTF-8"},
		{"empty", group, pki.EncodeGroup(""), "want site/floor/room/type"},
		{"three parts", group, pki.EncodeGroup("h1/3/icu-3"), "want site/floor/room/type"},
		{"empty part", group, pki.EncodeGroup("h1//icu-3/ecg"), "want site/floor/room/type"},
		{"line feed", group, pki.EncodeGroup("h1/3/icu-3/ecg\n"), "want site/floor/room/type"},
		{"zero-width space", group, pki.EncodeGroup("h1/3/icu-3/e\u200bcg"), "want site/floor/room/type"},

		{"EPC of 11 bytes", epc, append([]byte{4, 11}, make([]byte, 11)...), "want 12 bytes, not 11"},
		{"EPC of no scheme", epc, pki.EncodeEPC(pki.EPC{}), "header 00"},
		{"EPC as UTF8String", epc, tagged(12, pki.EncodeEPC(pki.EPC{0x35})), "tag 4"},
		{"EPC", epc, pki.EncodeEPC(pki.EPC{0x35}), ""},

		{"rule", rule, pki.EncodeRule(pki.RulePin{Version: 7}), ""},
		{"rule without a version", rule, append([]byte{4, 20}, make([]byte, 20)...), "want 20 bytes of address and 8 of version"},
	} {
		err := tt.read(tt.der)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestRulePin(t *testing.T) {
	const good = "0x52908400098527886e0f7030069857d2e4169ee7@3"
	p, err := pki.ParseRulePin(good)
	if err != nil || p.Version != 3 || p.String() != good {
		t.Errorf("ParseRulePin(%q) = %v, %v", good, p, err)
	}
	for _, s := range []string{"", "@3", good[:42], good[:43], good[2:], "0x5290@3", good + "x", good[:43] + "-1"} {
		if p, err := pki.ParseRulePin(s); err == nil {
			t.Errorf("ParseRulePin(%q) = %v, want an error", s, p)
		}
	}
}

// What is read from an extension is written as the same bytes.
func FuzzExtension(f *testing.F) {
	f.Add(pki.EncodeGroup("h1/3/icu-3/ecg"))
	f.Add(pki.EncodeEPC(pki.EPC{0x34, 0x74, 0x25, 0x7B, 0xF4, 0, 0, 0, 0, 0, 0x16, 0x2E}))
	f.Add(pki.EncodeRule(pki.RulePin{Address: [20]byte{1}, Version: 7}))
	f.Fuzz(func(t *testing.T, der []byte) {
		if e, err := pki.DecodeEPC(der); err == nil && !bytes.Equal(pki.EncodeEPC(e), der) {
			t.Errorf("EPC %s of %x is written as %x", e.URI(), der, pki.EncodeEPC(e))
		}
		if p, err := pki.DecodeRule(der); err == nil && !bytes.Equal(pki.EncodeRule(p), der) {
			t.Errorf("rule %s of %x is written as %x", p, der, pki.EncodeRule(p))
		}
		g, err := pki.DecodeGroup(der)
		if err != nil {
			return
		}
		if !bytes.Equal(pki.EncodeGroup(g), der) {
			t.Errorf("group %q of %x is written as %x", g, der, pki.EncodeGroup(g))
		}
		if len(strings.Split(g, "/")) != 4 || len(g) > 128 {
			t.Errorf("group %q is none", g)
		}
	})
}
