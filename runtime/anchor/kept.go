package anchor

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
	"github.com/wardflow/wardflow/runtime/wal"
)

// keptName is the file of heads under the node's certificate, by rising size.
const keptName = "heads"

// A Kept is an anchored head that the node has signed with its certificate, with
// the place in the chain where it is anchored.
type Kept struct {
	Size   uint64     `json:"size"`
	Signed []byte     `json:"signed"` // as [proof.SignLogHead] makes it
	Claim  []byte     `json:"claim"`  // of Cert, by the log's account, as [Claimed] checks it
	Block  uint64     `json:"block"`
	Tx     chain.Hash `json:"tx"`
	Cert   [32]byte   `json:"-"` // SHA-256 of the leaf of Chain
	Chain  [][]byte   `json:"-"` // the certificates, leaf first, DER
}

// record is a line of the file: a chain of certificates, or a head under the
// chain that came last.
type record struct {
	Certificates [][]byte `json:"certificates,omitempty"`
	Head         *Kept    `json:"head,omitempty"`
}

type keptHeads struct {
	mu    sync.Mutex // guards what follows
	file  *wal.Log
	heads []keptAt
	chain [][]byte              // the last one written
	certs map[[32]byte][][]byte // chains, by leaf
}

// keptAt is where a head stands in the file.
type keptAt struct {
	size uint64
	at   int64
	len  int
	cert [32]byte
}

var errKept = errors.New("it is neither a head nor a chain of certificates")

func (k *keptHeads) open(d wal.Disk) (err error) {
	k.certs = map[[32]byte][][]byte{}
	k.file, err = wal.Open(d, keptName, func(at int64, b []byte) error {
		var r record
		if err := json.Unmarshal(b, &r); err != nil {
			return err
		}
		switch {
		case len(r.Certificates) > 0:
			k.use(r.Certificates)
		case r.Head != nil && len(k.chain) > 0 && r.Head.Claim == nil:
			// From before logs claimed certificates: it does not tell whose log it is. One
			// over the same checks is signed instead, when it is asked for.
		case r.Head != nil && len(k.chain) > 0:
			k.heads = append(k.heads, keptAt{r.Head.Size, at, len(b), sha256.Sum256(k.chain[0])})
		default:
			return errKept
		}
		return nil
	})
	return err
}

func (k *keptHeads) close() error { return k.file.Close() }

func (k *keptHeads) use(chain [][]byte) {
	k.chain = chain
	k.certs[sha256.Sum256(chain[0])] = chain
}

// add keeps a head. mu is held.
func (k *keptHeads) add(h Kept) error {
	if !slices.EqualFunc(k.chain, h.Chain, slices.Equal) {
		b, err := json.Marshal(record{Certificates: h.Chain})
		if err != nil {
			return err
		}
		if _, err := k.file.Append(b); err != nil {
			return err
		}
		k.use(h.Chain)
	}
	b, err := json.Marshal(record{Head: &h})
	if err != nil {
		return err
	}
	at, err := k.file.Append(b)
	if err != nil {
		return err
	}
	k.heads = append(k.heads, keptAt{h.Size, at, len(b), h.Cert})
	return nil
}

// newest is the size of the newest head.
func (k *keptHeads) newest() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.heads) == 0 {
		return 0
	}
	return k.heads[len(k.heads)-1].size
}

// covering reads the smallest head over entry i. mu is held.
func (k *keptHeads) covering(i uint64) (Kept, bool, error) {
	n, _ := slices.BinarySearchFunc(k.heads, i+1, func(h keptAt, size uint64) int {
		if h.size < size {
			return -1
		}
		return 1
	})
	if n == len(k.heads) {
		return Kept{}, false, nil
	}
	at := k.heads[n]
	b := make([]byte, at.len)
	if err := k.file.ReadAt(b, at.at); err != nil {
		return Kept{}, false, err
	}
	var r record
	if err := json.Unmarshal(b, &r); err != nil || r.Head == nil {
		return Kept{}, false, errors.Join(wal.ErrDamaged, err)
	}
	r.Head.Cert, r.Head.Chain = at.cert, k.certs[at.cert]
	return *r.Head, true, nil
}

// Heads are the kept heads of a log, read while its node runs, or later.
type Heads struct{ kept keptHeads }

// OpenHeads reads the folder of a log's heads.
func OpenHeads(dir string) (*Heads, error) {
	h := &Heads{}
	if err := h.kept.open(tlog.ReadOnly(dir)); err != nil {
		return nil, fmt.Errorf("open the signed heads in %s: %w", dir, err)
	}
	return h, nil
}

// Covering is the smallest kept head over entry i, if there is one.
func (h *Heads) Covering(i uint64) (Kept, bool, error) { return h.kept.covering(i) }

// Close lets go of the file.
func (h *Heads) Close() error { return h.kept.close() }

// ErrNotAnchored reports a check that is in no final block yet.
var ErrNotAnchored = errors.New("the check is not anchored yet: ask again in a few seconds")

// Covering is a head over entry i of the log: the first that was signed after it
// was anchored. When there is none yet, the newest anchored one is signed now.
// [ErrNotAnchored]: the entry is not anchored yet.
func (a *Anchor) Covering(ctx context.Context, i uint64) (Kept, error) {
	a.kept.mu.Lock()
	k, ok, err := a.kept.covering(i)
	a.kept.mu.Unlock()
	if err != nil {
		return Kept{}, fmt.Errorf("read the signed heads: %w", err)
	}
	if ok {
		return k, nil
	}
	if k, err = a.vouch(ctx); err != nil {
		return Kept{}, fmt.Errorf("sign the head over check %d: %w", i, err)
	}
	if k.Size <= i {
		return Kept{}, fmt.Errorf("check %d: %w", i, ErrNotAnchored)
	}
	return k, nil
}

// vouchNewest signs the newest anchored head, unless one is kept.
func (a *Anchor) vouchNewest(ctx context.Context) {
	if a.state().Size <= a.kept.newest() {
		return
	}
	if _, err := a.vouch(ctx); err != nil {
		a.cfg.Slog.Debug("head of the checks was not signed by the node", "err", err)
	}
}

// vouch signs the newest anchored head with the node's certificate, and keeps it.
func (a *Anchor) vouch(ctx context.Context) (Kept, error) {
	a.mu.Lock()
	at, c, id := a.at, a.contract, a.chainID
	a.mu.Unlock()
	if at.Size == 0 {
		return Kept{}, ErrNotAnchored
	}
	tx, err := c.where(ctx, a.cfg.Key.Address(), at)
	if err != nil {
		return Kept{}, err
	}
	by := a.cfg.Signer()
	signed, err := proof.SignLogHead(by, &proof.LogHead{Chain: id, Anchor: strings.ToLower(c.Address.Hex()),
		Log: strings.ToLower(a.cfg.Key.Address().Hex()), Size: at.Size, Root: at.Root, Epoch: a.cfg.Epoch(), At: time.Now()})
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Size: at.Size, Signed: signed, Block: at.Block, Tx: tx, Cert: sha256.Sum256(by.Chain[0].Raw)}
	if k.Claim, err = signClaim(a.cfg.Key, id, c.Address, k.Cert); err != nil {
		return Kept{}, err
	}
	for _, c := range by.Chain {
		k.Chain = append(k.Chain, c.Raw)
	}
	a.kept.mu.Lock()
	defer a.kept.mu.Unlock()
	if n := len(a.kept.heads); n > 0 && a.kept.heads[n-1].size >= k.Size {
		return k, nil // somebody else has just done it
	}
	return k, a.kept.add(k)
}

// where is the transaction that has anchored a head.
func (c Contract) where(ctx context.Context, log chain.Address, at State) (chain.Hash, error) {
	list, err := c.between(ctx, log, at.Block, at.Block)
	if err != nil {
		return chain.Hash{}, err
	}
	for _, e := range list {
		if e.To == at.Size {
			return e.Tx, nil
		}
	}
	return chain.Hash{}, fmt.Errorf("block %d does not tell which transaction has anchored %d checks", at.Block, at.Size)
}
