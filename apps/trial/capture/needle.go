package capture

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// Needles are the forms in which a secret could stand in the open: as it is, in
// small and capital letters, in hex, in base64 wherever it begins.
func Needles(name, secret string) map[string][]byte {
	n := map[string][]byte{name: []byte(secret), name + ", small": []byte(strings.ToLower(secret)), name + ", capitals": []byte(strings.ToUpper(secret)),
		name + ", hex": []byte(hex.EncodeToString([]byte(secret))), name + ", HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(secret))))}
	for at := range 3 {
		s := base64.StdEncoding.EncodeToString(append(make([]byte, at), secret...))
		// Characters that hold bits of what stands before and behind are left out.
		from, to := (at*8+5)/6, (at+len(secret))*8/6
		n[name+", base64 at "+string(rune('0'+at))] = []byte(s[from:to])
	}
	return n
}

// Numbers are the forms of some integers in a row, as arrays of samples are
// packed: 32 and 64 bits, either end first.
func Numbers(name string, of []int64) map[string][]byte {
	var little32, big32, little64, big64 []byte
	for _, v := range of {
		little32, big32 = binary.LittleEndian.AppendUint32(little32, uint32(v)), binary.BigEndian.AppendUint32(big32, uint32(v))
		little64, big64 = binary.LittleEndian.AppendUint64(little64, uint64(v)), binary.BigEndian.AppendUint64(big64, uint64(v))
	}
	return map[string][]byte{name + ", 32 bits": little32, name + ", 32 bits, network order": big32, name + ", 64 bits": little64, name + ", 64 bits, network order": big64}
}
