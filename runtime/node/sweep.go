package node

import (
	"context"
	"crypto/x509"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/register"
)

// Devices and collectors get a new certificate twice a day, and the register keeps
// each, for who judges what they sign. When one has ended for longer than
// [pki.Late], nothing is believed by it any more, and the leader has it forgotten.
// What a window needs to be verified later is kept with the window.

// atOneLook is how many certificates a leader reads at one look: it has more to do
// than this.
const atOneLook = 256

// A sweep is what a leader knows of the certificates in the register.
type sweep struct {
	seen   int // how many there were when it looked last
	unread map[[32]byte][]byte
	ends   map[[32]byte]time.Time
	due    time.Time // none of those that are read is to be forgotten before
}

// clean has certificates forgotten that count for nothing any more. What it does
// not get done is for the next look.
func (s *sweep) clean(ctx context.Context, r *register.Register, lead register.Lead, now time.Time) error {
	if s.ends == nil || r.View().Certificates != s.seen {
		s.fill(r.Certificates())
	}
	s.read()
	if now.Before(s.due) {
		return nil
	}
	gone := s.over(now)
	if len(gone) == 0 {
		return nil
	}
	if err := lead.ForgetCertificates(ctx, gone); err != nil {
		s.seen, s.due = -1, time.Time{} // some may be gone
		return err
	}
	for _, h := range gone {
		delete(s.ends, h)
	}
	s.seen -= len(gone)
	return nil
}

// fill takes what the register has now.
func (s *sweep) fill(all map[[32]byte][]byte) {
	s.seen, s.due = len(all), time.Time{}
	ends := make(map[[32]byte]time.Time, len(all))
	for h := range all {
		if end, ok := s.ends[h]; ok {
			ends[h] = end
			delete(all, h)
		}
	}
	s.ends, s.unread = ends, all
}

// read reads some of what was not read yet. What is no certificate ended long ago.
func (s *sweep) read() {
	n := 0
	for h, der := range s.unread {
		if n++; n > atOneLook {
			break
		}
		var end time.Time
		if cert, err := x509.ParseCertificate(der); err == nil {
			end = cert.NotAfter
		}
		s.ends[h] = end
		delete(s.unread, h)
		s.due = time.Time{}
	}
}

// over are those to be forgotten now. It notes when the next one will be.
func (s *sweep) over(now time.Time) (gone [][32]byte) {
	s.due = now.Add(pki.Late)
	for h, end := range s.ends {
		switch last := end.Add(pki.Late); {
		case now.After(last):
			gone = append(gone, h)
		case last.Before(s.due):
			s.due = last
		}
	}
	return gone
}
