package pki

import (
	"bufio"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Issuance is one line of a CA's log: a certificate it has signed.
type Issuance struct {
	Serial    string    `json:"serial"` // 32 hex digits
	Subject   string    `json:"subject"`
	URI       string    `json:"uri,omitempty"` // "" for an authority
	Role      flow.Role `json:"role,omitempty"`
	EPC       string    `json:"epc,omitempty"`
	Group     string    `json:"group,omitempty"`
	SHA256    string    `json:"sha256"` // of the certificate, hex
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
}

func record(cert *x509.Certificate, h Holder) Issuance {
	sum := sha256.Sum256(cert.Raw)
	i := Issuance{
		Serial: fmt.Sprintf("%032x", cert.SerialNumber), Subject: cert.Subject.String(), URI: h.URI, Role: h.Role, Group: h.Group,
		SHA256: hex.EncodeToString(sum[:]), NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(),
	}
	if h.EPC != (EPC{}) {
		i.EPC = h.EPC.Hex()
	}
	return i
}

// A journal is the list of what a CA has issued: JSON lines in a file that only
// grows, or in memory until the CA is saved.
type journal struct {
	mu   sync.Mutex // guards both
	path string     // "" in memory
	kept []Issuance // while path is ""
}

func (j *journal) add(i Issuance) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.path == "" {
		j.kept = append(j.kept, i)
		return nil
	}
	return appendLines(j.path, os.O_APPEND, i)
}

// copy writes what is kept in memory to a new file.
func (j *journal) copy(path string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return appendLines(path, os.O_EXCL, j.kept...)
}

// move goes on in a file that copy has made, here or elsewhere.
func (j *journal) move(path string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.path, j.kept = path, nil
}

// appendLines has the lines on disk when it returns.
func appendLines(path string, flag int, issued ...Issuance) error {
	var lines []byte
	for _, i := range issued {
		line, err := json.Marshal(i)
		if err != nil {
			return fmt.Errorf("log issuance: %w", err)
		}
		lines = append(append(lines, line...), '\n')
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flag, 0o600)
	if err != nil {
		return fmt.Errorf("log issuance: %w", err)
	}
	// One write, so that two processes do not mix their lines.
	_, err = f.Write(lines)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("log issuance: %w", err)
	}
	return nil
}

// Issued are the certificates the CA has signed, oldest first.
func (ca *CA) Issued() ([]Issuance, error) {
	j := ca.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.path == "" {
		return append([]Issuance(nil), j.kept...), nil
	}
	f, err := os.Open(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read issuance log: %w", err)
	}
	defer f.Close()
	var all []Issuance
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		var i Issuance
		if err := json.Unmarshal(lines.Bytes(), &i); err != nil {
			return nil, fmt.Errorf("read issuance log: %s:%d: %w", j.path, n, err)
		}
		all = append(all, i)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read issuance log: %w", err)
	}
	return all, nil
}
