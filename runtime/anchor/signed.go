package anchor

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/wardflow/wardflow/runtime/tlog"
	"github.com/wardflow/wardflow/runtime/wal"
)

// signedName is the file of what the log's account has ever signed, the newest
// last. A head is there before anybody sees it, so that this process, or one that
// has an older copy of the log, never signs another history.
const signedName = "signed"

// signedMost is how many bytes the file may have before it begins anew.
const signedMost = 256 << 10

type signedHeads struct {
	file *wal.Log

	mu  sync.Mutex // guards top
	top sizeRoot
}

type sizeRoot struct {
	size uint64
	root tlog.Hash
}

var errSigned = errors.New("it is not a head that was signed")

func (s *signedHeads) open(d wal.Disk) (err error) {
	s.file, err = wal.Open(d, signedName, func(_ int64, b []byte) error {
		if len(b) != 8+32 {
			return errSigned
		}
		s.top = sizeRoot{binary.BigEndian.Uint64(b), tlog.Hash(b[8:])}
		return nil
	})
	return err
}

func (s *signedHeads) close() error { return s.file.Close() }

func (s *signedHeads) newest() (sizeRoot, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.top, s.top.size > 0
}

// add notes a head that is to be sent.
func (s *signedHeads) add(h Head) error {
	if top, ok := s.newest(); ok && top == (sizeRoot{h.To, h.Root}) {
		return nil
	}
	b := append(binary.BigEndian.AppendUint64(nil, h.To), h.Root[:]...)
	if s.file.Size() > signedMost {
		if err := s.file.Replace(func(add func([]byte) error) error { return add(b) }); err != nil {
			return err
		}
	} else if _, err := s.file.Append(b); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.top = sizeRoot{h.To, h.Root}
	return nil
}
