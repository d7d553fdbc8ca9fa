package rule

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"sync"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

const word = 32 // bytes, of the contract ABI

// fixedWords is how many words the fixed part of a reading has in the contract
// ABI, pastWords and besideWords how many those of its lists.
const (
	fixedWords  = 15
	pastWords   = 4
	besideWords = 6
)

// checkID names the function check: it is the same of a manager and of a rule.
var checkID, checkAndLogID = selector("check"), selector("checkAndLog")

func selector(name string) func() [4]byte {
	return sync.OnceValue(func() [4]byte {
		abi := managerABI().GetABI()
		return [4]byte(abi.Methods[name].ID)
	})
}

// appendQuestion appends the call data of the contract's check. The generated
// packing goes by reflection and takes as long as the contract's judging; a
// fuzz test holds the two to the same bytes.
func appendQuestion(b []byte, f *facts) []byte {
	id := checkID()
	b = append(b, id[:]...)
	b = appendUint(b, word) // where the reading begins
	return appendReading(b, f)
}

// CheckAndLog is the call data of the manager's checkAndLog: it judges a case as
// check does, in a transaction, and leaves the verdict in an event beside the
// hash leaf.
func CheckAndLog(c *flow.Case, leaf [32]byte) []byte {
	f := factsOf(c)
	id := checkAndLogID()
	b := append(make([]byte, 0, f.room()), id[:]...)
	b = appendUint(b, 2*word) // where the reading begins
	b = append(b, leaf[:]...)
	return appendReading(b, &f)
}

// room is how many bytes a question takes, about.
func (f *facts) room() int {
	return 4 + (fixedWords+8+len(f.Before)*pastWords+len(f.Beside)*besideWords)*word + len(f.Group)
}

func appendReading(b []byte, f *facts) []byte {
	r := f.Reading
	past, beside := f.Before[:min(len(f.Before), flow.MaxPast)], f.Beside[:min(len(f.Beside), flow.MaxBeside)]
	group := uint64(fixedWords * word)
	pastAt := group + word + (uint64(len(f.Group))+word-1)/word*word
	besideAt := pastAt + word + uint64(len(past))*pastWords*word

	b = appendUint(b, group)
	var device [word]byte
	if isDevice(r.Device) {
		// It can't fail, as isDevice has looked at each digit.
		_, _ = hex.Decode(device[:12], []byte(r.Device))
	}
	b = append(b, device[:]...)
	b = appendCode(b, r.Kind)
	b = appendCode(b, r.Unit)
	b = appendMicro(b, f.low)
	b = appendMicro(b, f.high)
	b = appendUint(b, uint64(uint32(len(r.Samples))))
	b = appendUint(b, uint64(max(r.Period, 0)))
	b = appendInt(b, f.taken)
	b = appendInt(b, f.Now.UnixMilli())
	b = appendUint(b, uint64(f.size()))
	b = appendUint(b, uint64(f.fields()))
	b = appendInt(b, f.since)
	b = appendUint(b, pastAt)
	b = appendUint(b, besideAt)

	b = appendUint(b, uint64(len(f.Group)))
	b = append(b, f.Group...)
	for n := len(f.Group); n%word != 0; n++ {
		b = append(b, 0)
	}
	b = appendUint(b, uint64(len(past)))
	for i := range past {
		b = appendPast(b, &past[i])
	}
	b = appendUint(b, uint64(len(beside)))
	for i := range beside {
		b = appendCode(b, beside[i].Kind)
		b = appendCode(b, beside[i].Unit)
		b = appendPast(b, &beside[i].Past)
	}
	return b
}

func appendPast(b []byte, p *flow.Past) []byte {
	b = appendInt(b, p.At.UnixMilli())
	b = appendInt(b, p.End.UnixMilli())
	b = appendInt(b, p.Low)
	return appendInt(b, p.High)
}

func appendCode(b []byte, code string) []byte {
	c, _ := bytesOf(code)
	return append(b, c[:]...)
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

func appendInt(b []byte, v int64) []byte { return appendMicro(b, microOf(v)) }

// size is that of the reading as the contract takes it.
func (f *facts) size() uint32 { return uint32(max(0, min(int64(f.Size), math.MaxUint32))) }

// An answer is what the manager's check returns.
type answer struct {
	reason  flow.Reason
	rule    chain.Address
	version uint64
	epoch   uint64
}

// answerOf reads it: four words.
func answerOf(out []byte) (a answer, ok bool) {
	if len(out) != 4*word {
		return a, false
	}
	at := func(i int) []byte { return out[i*word:][:word] }
	for i, zeros := range []int{word - 4, word - 20, word - 8, word - 8} {
		for _, z := range at(i)[:zeros] {
			if z != 0 {
				return a, false
			}
		}
	}
	a.reason = flow.Reason(binary.BigEndian.Uint32(at(0)[word-4:]))
	a.rule = chain.Address(at(1)[word-20:])
	a.version = binary.BigEndian.Uint64(at(2)[word-8:])
	a.epoch = binary.BigEndian.Uint64(at(3)[word-8:])
	return a, true
}
