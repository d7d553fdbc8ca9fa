package register

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Commands are the entries of the log: a format number, a kind, and a body. An
// entry stays on disk over an upgrade of the software, so a kind keeps its
// number and its body for ever; a change takes a new kind.
//
// An answer may be lost after its command was agreed, and a request may arrive
// late. So each kind says why a second time does no harm.
const commandFormat = 1

const (
	kindPutApp         = 1  // the same content again changes nothing
	kindRemoveApp      = 2  // what is gone is gone
	kindPutPlan        = 3  // names the version of the application it is for; the same plan changes nothing
	kindClaim          = 4  // names the epoch it has seen: only the first one raises it
	kindCommit         = 5  // numbered by its node within an epoch; see whole.step
	kindPutCertificate = 6  // kept under its own hash
	kindPutSetting     = 7  // the same value again changes nothing
	kindSync           = 8  // changes nothing
	kindPutAppPlan     = 9  // as kindPutApp and kindPutPlan; names the version that it replaces
	kindClaimAll       = 10 // each as kindClaim
	kindCommitPart     = 11 // numbered; a part that is there changes nothing, and the last is as kindCommit
	kindAdopt          = 12 // numbered as kindCommit is
	kindPutPlanAt      = 14 // as kindPutPlan; and moves an actor only from the epoch that it names
	kindOnce           = 15 // one of the others, with a number: a second time is answered as the first
	kindForget         = 16 // what is gone is gone; what was put again is put again
	kindPutBlock       = 17 // the block that is there changes nothing
	kindPacked         = 13 // any but a commit or a part, compressed
)

type command interface{ kind() byte }

type (
	putApp    struct{ App App }
	removeApp struct{ Name string }
	putPlan   struct {
		App        string
		Version    uint64 // of the application; 0: whichever there is
		Placements []flow.Placement
	}
	putPlanAt putPlan
	claim     struct {
		Actor flow.ActorID
		Node  flow.NodeID
		Seen  uint64 // the epoch the claimant knows of
		Nonce uint64 // tells a repeated claim from another one

		Version uint64 // of the application that the claimant knows; 0: whichever there is
	}
	commit struct {
		Node  flow.NodeID
		Seq   uint64 // rises with each Commit of the node
		Steps []flow.Checkpoint
	}
	putCertificate     struct{ DER []byte }
	forgetCertificates struct {
		Hashes [][]byte // 32 bytes each, at most maxForget
	}
	putSetting struct {
		Key   string
		Value []byte // nil: remove
	}
	syncUp     struct{}
	putAppPlan struct {
		App        App
		Base       uint64 // the version it replaces; 0: whichever there is
		Placements []flow.Placement
	}
	claimAll struct {
		Node    flow.NodeID
		Nonce   uint64
		Version uint64         // of the application that the claimant knows; 0: whichever there is
		Actors  []flow.ActorID // of one application
		Seen    []uint64       // for each, the epoch the claimant knows of
	}
	once struct {
		Nonce   uint64
		Command command
	}
	commitPart struct {
		Node        flow.NodeID
		Seq         uint64 // of the commit
		Part, Parts int    // from 0
		Bytes       []byte // of the command
	}
	adopt struct {
		Node  flow.NodeID
		Seq   uint64 // as of a commit
		Whole []byte // the checkpoint
	}
)

func (putApp) kind() byte             { return kindPutApp }
func (removeApp) kind() byte          { return kindRemoveApp }
func (putPlan) kind() byte            { return kindPutPlan }
func (putPlanAt) kind() byte          { return kindPutPlanAt }
func (claim) kind() byte              { return kindClaim }
func (commit) kind() byte             { return kindCommit }
func (putCertificate) kind() byte     { return kindPutCertificate }
func (putSetting) kind() byte         { return kindPutSetting }
func (forgetCertificates) kind() byte { return kindForget }
func (syncUp) kind() byte             { return kindSync }
func (putAppPlan) kind() byte         { return kindPutAppPlan }
func (claimAll) kind() byte           { return kindClaimAll }
func (commitPart) kind() byte         { return kindCommitPart }
func (once) kind() byte               { return kindOnce }
func (adopt) kind() byte              { return kindAdopt }

func encodeCommand(c command) ([]byte, error) {
	switch c := c.(type) {
	case commit:
		return appendCommit(c)
	case commitPart:
		return appendPart(c), nil
	case once:
		return appendOnce(c)
	case putBlock:
		return encodeBlock(c)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode command: %w", err)
	}
	b := append([]byte{commandFormat, c.kind()}, body...)
	if len(b) > packFrom {
		return pack(b)
	}
	return b, nil
}

func appendCommit(c commit) ([]byte, error) {
	var packed []byte
	for _, s := range c.Steps {
		var err error
		if packed, err = flow.AppendCheckpoint(packed, s); err != nil {
			return nil, fmt.Errorf("encode commit: %w", err)
		}
	}
	return packSteps(c.Node, c.Seq, len(c.Steps), packed), nil
}

// packSteps is a whole commit command around n steps already written.
func packSteps(node flow.NodeID, seq uint64, n int, packed []byte) []byte {
	b := make([]byte, 0, len(packed)+len(node)+32)
	b = append(b, commandFormat, kindCommit)
	b = binary.AppendUvarint(b, uint64(len(node)))
	b = append(b, node...)
	b = binary.AppendUvarint(b, seq)
	b = binary.AppendUvarint(b, uint64(n))
	return append(b, packed...)
}

// decodeCommand reads one command, and nothing may follow it.
func decodeCommand(b []byte) (command, error) {
	if len(b) < 2 {
		return nil, fmt.Errorf("read command: %w", errShort)
	}
	if b[0] != commandFormat {
		return nil, fmt.Errorf("read command: format %d is not known here: it was written by a newer wardflow", b[0])
	}
	if b[1] == kindPacked {
		var err error
		if b, err = unpack(b); err != nil {
			return nil, fmt.Errorf("read command: %w", err)
		}
	}
	kind, body := b[1], b[2:]
	var c command
	var err error
	switch kind {
	case kindPutApp:
		c, err = decodeJSON[putApp](body)
	case kindRemoveApp:
		c, err = decodeJSON[removeApp](body)
	case kindPutPlan:
		c, err = decodeJSON[putPlan](body)
	case kindClaim:
		c, err = decodeJSON[claim](body)
	case kindCommit:
		c, err = readCommit(body)
	case kindPutCertificate:
		c, err = decodeJSON[putCertificate](body)
	case kindPutSetting:
		c, err = decodeJSON[putSetting](body)
	case kindForget:
		c, err = decodeJSON[forgetCertificates](body)
	case kindSync:
		c, err = decodeJSON[syncUp](body)
	case kindPutAppPlan:
		c, err = decodeJSON[putAppPlan](body)
	case kindPutPlanAt:
		c, err = decodeJSON[putPlanAt](body)
	case kindClaimAll:
		c, err = decodeJSON[claimAll](body)
	case kindOnce:
		c, err = readOnce(body)
	case kindCommitPart:
		c, err = readPart(body)
	case kindAdopt:
		c, err = decodeJSON[adopt](body)
	case kindPutBlock:
		var b Block
		b, err = readBlock(body)
		c = putBlock{b}
	default:
		return nil, fmt.Errorf("read command: kind %d is not known here: it was written by a newer wardflow", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("read command of kind %d: %w", kind, err)
	}
	return c, nil
}

func decodeJSON[T command](b []byte) (T, error) {
	var c T
	err := json.Unmarshal(b, &c)
	return c, err
}

func readCommit(b []byte) (commit, error) {
	var c commit
	n, b, err := readUvarint(b)
	if err != nil {
		return c, err
	}
	if n > uint64(len(b)) {
		return c, errShort
	}
	c.Node, b = flow.NodeID(b[:n]), b[n:]
	if c.Seq, b, err = readUvarint(b); err != nil {
		return c, err
	}
	if n, b, err = readUvarint(b); err != nil {
		return c, err
	}
	for range n {
		var s flow.Checkpoint
		if s, b, err = flow.ReadCheckpoint(b); err != nil {
			return c, err
		}
		c.Steps = append(c.Steps, s)
	}
	if len(b) > 0 {
		return c, fmt.Errorf("%d bytes follow the last step", len(b))
	}
	return c, nil
}

func readUvarint(b []byte) (uint64, []byte, error) {
	u, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errShort
	}
	return u, b[n:], nil
}
