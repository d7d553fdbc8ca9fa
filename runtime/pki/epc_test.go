package pki_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/pki"
)

// The first three are the vectors of security.md, section 3.3. The others are
// put together by hand: GID is header 35, manager 5AB1C60, class 003039, serial
// 000000190.
func TestEPCVectors(t *testing.T) {
	for _, tt := range []struct{ uri, tag, hex string }{
		{"urn:epc:id:sgtin:0614141.812345.6789", "urn:epc:tag:sgtin-96:3.0614141.812345.6789", "3074257BF7194E4000001A85"},
		{"urn:epc:id:giai:0614141.5678", "urn:epc:tag:giai-96:3.0614141.5678", "3474257BF40000000000162E"},
		{"urn:epc:id:grai:0614141.12345.400", "urn:epc:tag:grai-96:3.0614141.12345.400", "3374257BF40C0E4000000190"},
		{"urn:epc:id:sscc:0614141.1234567890", "urn:epc:tag:sscc-96:3.0614141.1234567890", "3174257BF4499602D2000000"},
		{"urn:epc:id:sgln:0614141.12345.400", "urn:epc:tag:sgln-96:3.0614141.12345.400", "3274257BF460720000000190"},
		{"urn:epc:id:gid:95100000.12345.400", "urn:epc:tag:gid-96:95100000.12345.400", "355AB1C60003039000000190"},
	} {
		for _, in := range []string{tt.uri, tt.tag} {
			e, err := pki.ParseEPC(in)
			if err != nil || e.Hex() != tt.hex {
				t.Errorf("ParseEPC(%q) = %s, %v, want %s", in, e.Hex(), err, tt.hex)
			}
		}
		e, err := pki.ParseEPCHex(tt.hex)
		if err != nil || e.URI() != tt.uri || e.Tag() != tt.tag {
			t.Errorf("ParseEPCHex(%q) = %s, %s, %v, want %s, %s", tt.hex, e.URI(), e.Tag(), err, tt.uri, tt.tag)
		}
	}
}

func TestEPCErrors(t *testing.T) {
	for _, tt := range []struct{ uri, want string }{
		{"", "want urn:epc:id:"},
		{"urn:epc:id:giai", "want COMPANY.REFERENCE"},
		{"urn:epc:id:usdod:2S194.12345678901", "one of the schemes"},
		{"urn:epc:tag:giai-202:3.0614141.5678", "only tags of 96 bits"},
		{"urn:epc:tag:giai-96:8.0614141.5678", "filter from 0 to 7"},
		{"urn:epc:id:giai:06141.5678", "6 to 12 digits"},
		{"urn:epc:id:giai:0614141061414.5678", "6 to 12 digits"},
		{"urn:epc:id:giai:061414l.5678", "company prefix must be digits"},
		{"urn:epc:id:giai:0614141.+5678", "reference must be digits"},
		{"urn:epc:id:giai:0614141.", "reference must be digits"},
		{"urn:epc:id:giai:0614141.05678", "must not begin with 0"},
		{"urn:epc:id:giai:0614141.288230376151711744", "58 bits"},
		{"urn:epc:id:sgtin:0614141.12345.6789", "reference of 6 digits"},
		{"urn:epc:id:sgtin:0614141.812345.274877906944", "38 bits"},
		{"urn:epc:id:sgtin:0614141.812345", "COMPANY.REFERENCE.SERIAL"},
		{"urn:epc:id:sgln:061414112345.7.400", "reference of 0 digits"},
		{"urn:epc:id:gid:268435456.12345.400", "28 bits"},
	} {
		e, err := pki.ParseEPC(tt.uri)
		if !errors.Is(err, pki.ErrEPC) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseEPC(%q) = %s, %v, want an error with %q", tt.uri, e.Hex(), err, tt.want)
		}
	}
	for _, hex := range []string{"", "3474", "3474257BF40000000000162G", "3674257BF40000000000162E", "347C257BF40000000000162E", "3174257BF4499602D2000001"} {
		if e, err := pki.ParseEPCHex(hex); !errors.Is(err, pki.ErrEPC) {
			t.Errorf("ParseEPCHex(%q) = %s, %v, want ErrEPC", hex, e.URI(), err)
		}
	}
}

// Any 96 bits are either refused or have a text that gives the same bits again.
func TestEPCRandomBits(t *testing.T) {
	good := 0
	for seed := range uint64(4000) {
		rng := rand.New(rand.NewPCG(seed, 0))
		e := pki.EPC{byte(0x30 + rng.IntN(8))}
		for i := range e[1:] {
			e[1+i] = byte(rng.Uint32())
		}
		if rng.IntN(2) == 0 { // else hardly any SSCC is valid
			e[9], e[10], e[11] = 0, 0, 0
		}
		if e.Valid() != nil {
			if want := "urn:epc:raw:96.x" + e.Hex(); e.URI() != want || e.Tag() != want {
				t.Fatalf("seed %d: URI %s, Tag %s of what is not valid, want %s", seed, e.URI(), e.Tag(), want)
			}
			continue
		}
		good++
		if back, err := pki.ParseEPC(e.Tag()); err != nil || back != e {
			t.Fatalf("seed %d: ParseEPC(%s) = %s, %v, want %s", seed, e.Tag(), back.Hex(), err, e.Hex())
		}
		if back, err := pki.ParseEPC(e.URI()); err != nil || back != e.Plain() {
			t.Fatalf("seed %d: ParseEPC(%s) = %s, %v, want %s", seed, e.URI(), back.Hex(), err, e.Plain().Hex())
		}
	}
	if good < 1000 {
		t.Errorf("only %d of 4000 were valid", good)
	}
}

// Every scheme and every length of company prefix takes its smallest and its
// largest numbers.
func TestEPCBounds(t *testing.T) {
	for c := 6; c <= 12; c++ {
		for _, digit := range []string{"0", "9"} {
			company := strings.Repeat(digit, c)
			for _, numbers := range []string{
				fmt.Sprintf("sgtin:%s.%s.274877906943", company, strings.Repeat(digit, 13-c)),
				fmt.Sprintf("sscc:%s.%s", company, strings.Repeat(digit, 17-c)),
				fmt.Sprintf("sgln:%s.%s.2199023255551", company, strings.Repeat(digit, 12-c)),
				fmt.Sprintf("grai:%s.%s.0", company, strings.Repeat(digit, 12-c)),
				fmt.Sprintf("giai:%s.%d", company, uint64(1)<<(82-[]int{20, 24, 27, 30, 34, 37, 40}[c-6])-1),
			} {
				uri := "urn:epc:id:" + numbers
				e, err := pki.ParseEPC(uri)
				if err != nil || e.URI() != uri || e.Valid() != nil {
					t.Errorf("ParseEPC(%q) = %s, %v", uri, e.URI(), err)
				}
			}
		}
	}
}

// What is read is written the same, but for the filter that a pure identity
// does not show.
func FuzzEPC(f *testing.F) {
	f.Add("urn:epc:id:giai:0614141.5678")
	f.Add("urn:epc:tag:sgln-96:7.061414112345..400")
	f.Add("urn:epc:id:gid:95100000.12345.400")
	f.Fuzz(func(t *testing.T, s string) {
		e, err := pki.ParseEPC(s)
		if err != nil {
			return
		}
		if err := e.Valid(); err != nil {
			t.Fatalf("ParseEPC(%q) is not valid: %v", s, err)
		}
		if e.URI() != s && e.Tag() != s {
			t.Fatalf("ParseEPC(%q) writes %q and %q", s, e.URI(), e.Tag())
		}
	})
}
