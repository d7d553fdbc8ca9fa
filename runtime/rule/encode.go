package rule

import (
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

const word = 32 // bytes, of the contract ABI

// fields is how many words the fixed part of a reading has.
const fields = 10

// selector names the function check.
var selector = func() [4]byte {
	abi := binding.GetABI()
	return [4]byte(abi.Methods["check"].ID)
}()

// appendCheck appends the call data of the contract's check. The generated
// packing goes by reflection and takes as long as the contract's judging; a
// test holds the two to the same bytes.
func appendCheck(b []byte, group string, r *flow.Reading, now time.Time) []byte {
	low, high := extremes(r)
	b = append(b, selector[:]...)
	b = appendUint(b, word) // where the reading begins
	b = appendUint(b, fields*word)
	var device [word]byte
	if isDevice(r.Device) {
		// It can't fail, as isDevice has looked at each digit.
		_, _ = hex.Decode(device[:12], []byte(r.Device))
	}
	b = append(b, device[:]...)
	kind, _ := bytesOf(r.Kind)
	b = append(b, kind[:]...)
	unit, _ := bytesOf(r.Unit)
	b = append(b, unit[:]...)
	b = appendMicro(b, low)
	b = appendMicro(b, high)
	b = appendUint(b, uint64(uint32(len(r.Samples))))
	b = appendUint(b, uint64(max(r.Period, 0)))
	b = appendMicro(b, microOf(takenMs(r)))
	b = appendMicro(b, microOf(now.UnixMilli()))
	b = appendUint(b, uint64(len(group)))
	b = append(b, group...)
	for n := len(group); n%word != 0; n++ {
		b = append(b, 0)
	}
	return b
}

func appendUint(b []byte, v uint64) []byte {
	b = append(b, make([]byte, word-8)...)
	return binary.BigEndian.AppendUint64(b, v)
}

// appendMicro appends a number of at most 128 bits, its sign spread to the front.
func appendMicro(b []byte, m micro) []byte {
	sign := uint64(m.hi >> 63)
	b = binary.BigEndian.AppendUint64(b, sign)
	b = binary.BigEndian.AppendUint64(b, sign)
	b = binary.BigEndian.AppendUint64(b, uint64(m.hi))
	return binary.BigEndian.AppendUint64(b, m.lo)
}
