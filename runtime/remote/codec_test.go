package remote

import (
	"bytes"
	"testing"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"github.com/wardflow/wardflow/proto/wardflowpb"
)

// A parcel has the bytes that protobuf gives a packet, and is read from them,
// however gRPC has cut them; its bytes come back once they are sent.
func TestParcelsArePackets(t *testing.T) {
	for _, size := range []int{0, 1, 127, 128, 5000, chunkSize, 1 << 20} {
		entries := bytes.Repeat([]byte{7}, size)
		back := 0
		data, err := newCodec().Marshal(&parcel{entries: entries, sent: func(b []byte) { back = len(b) }})
		if err != nil {
			t.Fatal(err)
		}
		var pb wardflowpb.Packet
		if err := proto.Unmarshal(data.Materialize(), &pb); err != nil || !bytes.Equal(pb.GetEntries(), entries) {
			t.Fatalf("%d bytes: protobuf reads %d bytes, %v", size, len(pb.GetEntries()), err)
		}
		data.Free()
		if size >= chunkSize && back != size {
			t.Errorf("%d bytes were sent, and %d came back", size, back)
		}
		whole, err := proto.Marshal(&wardflowpb.Packet{Entries: entries})
		if err != nil {
			t.Fatal(err)
		}
		for _, cut := range []int{0, len(whole) / 2, len(whole)} {
			var p parcel
			if err := newCodec().Unmarshal(mem.BufferSlice{mem.SliceBuffer(whole[:cut]), mem.SliceBuffer(whole[cut:])}, &p); err != nil || !bytes.Equal(p.entries, entries) {
				t.Fatalf("%d bytes cut at %d: read %d bytes, %v", size, cut, len(p.entries), err)
			}
			p.free()
		}
	}
}

// Whatever a peer sends, a packet is read only if protobuf reads the same.
func FuzzReadParcel(f *testing.F) {
	f.Add([]byte{entriesTag, 2, 1, 2})
	f.Add([]byte{entriesTag, 3, 1, 2})
	f.Add([]byte{entriesTag, 0x81, 0, 9})
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := readParcel(b)
		if err != nil {
			return
		}
		var pb wardflowpb.Packet
		if err := proto.Unmarshal(b, &pb); err != nil || !bytes.Equal(pb.GetEntries(), entries) {
			t.Errorf("%x is read as %x, and protobuf says %x, %v", b, entries, pb.GetEntries(), err)
		}
	})
}
