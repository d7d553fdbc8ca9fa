package remote

import (
	"encoding/binary"
	"errors"

	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers what codec hands questions to
	"google.golang.org/grpc/mem"
)

// A parcel is a wardflowpb.Packet on its way, whose bytes are not copied: going
// out they are gRPC's until they are sent, and coming in they are good until
// free is called.
type parcel struct {
	entries []byte
	sent    func([]byte) // gets entries back; nil: nobody wants them
	hold    mem.Buffer
}

func (p *parcel) free() {
	if p.hold != nil {
		p.hold.Free()
		p.hold, p.entries = nil, nil
	}
}

// codec writes and reads parcels by hand, in protobuf's form, and leaves all
// other messages to protobuf.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

// entriesTag is what stands before field 1, bytes, of wardflowpb.Packet.
const entriesTag = 1<<3 | 2

var errParcel = errors.New("malformed packet: want its entries and nothing else")

// Marshal hands a parcel's bytes over.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	p, ok := v.(*parcel)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	head := binary.AppendUvarint([]byte{entriesTag}, uint64(len(p.entries)))
	return mem.BufferSlice{mem.SliceBuffer(head), mem.NewBuffer(&p.entries, returns(p.sent))}, nil
}

// Unmarshal borrows a parcel's bytes.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	p, ok := v.(*parcel)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	hold := data.MaterializeToBuffer(mem.DefaultBufferPool())
	entries, err := readParcel(hold.ReadOnlyData())
	if err != nil {
		hold.Free()
		return err
	}
	p.entries, p.hold = entries, hold
	return nil
}

// readParcel finds the entries in a packet. No bytes are a packet without any.
func readParcel(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if b[0] != entriesTag {
		return nil, errParcel
	}
	length, n := binary.Uvarint(b[1:])
	if n <= 0 || length != uint64(len(b)-1-n) {
		return nil, errParcel
	}
	return b[1+n:], nil
}

// returns gives bytes back to where they came from; it gives none out.
type returns func([]byte)

// Get is never called: gRPC takes its own memory elsewhere.
func (returns) Get(n int) *[]byte {
	b := make([]byte, n)
	return &b
}

// Put is called when the bytes have been sent.
func (r returns) Put(b *[]byte) {
	if r != nil {
		r(*b)
	}
}
