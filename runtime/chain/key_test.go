package chain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/keystore"
)

func TestKey(t *testing.T) {
	t.Parallel()
	k, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	plain, sealed := filepath.Join(dir, "plain.key"), filepath.Join(dir, "sealed.key")
	if err := k.Save(plain, ""); err != nil {
		t.Fatal(err)
	}
	if err := k.Save(plain, ""); err == nil {
		t.Error("a key was written over another")
	}
	text, err := k.seal("spring", keystore.LightScryptN, keystore.LightScryptP) // what Save does, quicker
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sealed, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, file, passphrase, wantErr string }{
		{"plain", plain, "", ""},
		{"plain, a passphrase given", plain, "spring", ""},
		{"encrypted", sealed, "spring", ""},
		{"encrypted, wrong passphrase", sealed, "autumn", "could not decrypt"},
		{"encrypted, no passphrase", sealed, "", "give the file with its passphrase"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			again, err := LoadKey(tt.file, tt.passphrase)
			switch {
			case tt.wantErr != "":
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("LoadKey = %v, want %q in it", err, tt.wantErr)
				}
			case err != nil || again.Address() != k.Address():
				t.Errorf("LoadKey = %v, %v; saved %v", again, err, k.Address())
			}
		})
	}
}

func TestLoadKeyRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tt := range []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"readable by others", strings.Repeat("1", 64), 0o644, "chmod 600"},
		{"not a key", "hello", 0o600, "want 64 hex digits"},
		{"zero", strings.Repeat("0", 64), 0o600, "want 64 hex digits"},
		{"broken keystore", "{", 0o600, "load key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(dir, tt.name)
			if err := os.WriteFile(file, []byte(tt.text), tt.mode); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadKey(file, "x"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("LoadKey = %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestPassphrase(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "p")
	for text, want := range map[string]string{"spring\n": "spring", "two words\r\nmore": "two words", "x": "x"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Passphrase(file); got != want || err != nil {
			t.Errorf("Passphrase(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
	if got, err := Passphrase(""); got != "" || err != nil {
		t.Errorf("no file: %q, %v", got, err)
	}
	if _, err := Passphrase(file + "x"); err == nil {
		t.Error("a missing file is no error")
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Passphrase(file); err == nil {
		t.Error("an empty passphrase is no error")
	}
}

func TestDial(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "localhost:8545", "ftp://x/", "http://", "ws://localhost", "::"} {
		if _, err := Dial(bad, nil); err == nil {
			t.Errorf("Dial(%q) is no error", bad)
		}
	}
	if _, err := ParseAddress("1234"); err == nil {
		t.Error("ParseAddress(1234) is no error")
	}
}
