package agree

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/raft"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A voter's folder holds
//
//	voter.json   its boot and the id of the group
//	log/         the log of raft-wal
//	snapshots/   of raft
//	voters.json  who the voters were when this node heard it last
//	lock
//
// A folder with a log and no voter.json was written before boots were: its boot
// is "", and raft knows the voter by the name of its node.

// A server is a voter, or a node about to become one, as raft knows it.
type server struct {
	Full  string `json:"full"` // NODE#BOOT
	Addr  string `json:"addr,omitempty"`
	Votes bool   `json:"votes"`
}

func (s server) node() flow.NodeID { return nodeOf(s.Full) }

func nodeOf(full string) flow.NodeID {
	if i := strings.LastIndexByte(full, '#'); i > 0 {
		full = full[:i]
	}
	return flow.NodeID(full)
}

func fullName(node flow.NodeID, boot string) string {
	if boot == "" {
		return string(node)
	}
	return string(node) + "#" + boot
}

// raft's address of a server is its full name and its door's address.
func (s server) address() raft.ServerAddress { return raft.ServerAddress(s.Full + "@" + s.Addr) }

func splitAddress(a raft.ServerAddress) (full, addr string) {
	full, addr, _ = strings.Cut(string(a), "@")
	return full, addr
}

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }

// A roll is who the voters are, as known at one index of the log of a group.
type roll struct {
	Group   string   `json:"group,omitempty"`
	At      uint64   `json:"at"`
	Servers []server `json:"servers"`
}

func rollOf(voters []Voter) roll {
	var r roll
	for _, v := range voters {
		r.Servers = append(r.Servers, server{string(v.ID), v.Addr, true})
	}
	return r
}

func rollOfRaft(c raft.Configuration) []server {
	var out []server
	for _, s := range c.Servers {
		_, addr := splitAddress(s.Address)
		out = append(out, server{string(s.ID), addr, s.Suffrage == raft.Voter})
	}
	return out
}

// find is the server of a node.
func (r roll) find(node flow.NodeID) (server, bool) {
	i := slices.IndexFunc(r.Servers, func(s server) bool { return s.node() == node })
	if i < 0 {
		return server{}, false
	}
	return r.Servers[i], true
}

// A stamp is what voter.json holds.
type stamp struct {
	Boot  string `json:"boot"`
	Group string `json:"group"`
}

func draw(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func (g *Group) path(name string) string { return filepath.Join(g.cfg.Dir, name) }

// holdsLog reports whether the folder holds a log. One that has lost it, and
// knows only that there was one, is cleared.
func (g *Group) holdsLog() (bool, error) {
	if g.cfg.Dir == "" {
		return false, nil
	}
	_, logErr := os.Stat(filepath.Join(g.path("log"), "wal-meta.db"))
	_, stampErr := os.Stat(g.path("voter.json"))
	switch {
	case logErr == nil:
		return true, nil
	case !errors.Is(logErr, fs.ErrNotExist):
		return false, logErr
	case stampErr == nil:
		g.log.Error(g.cfg.Name+": the log of this voter is gone from its folder: it starts as a node without log", "folder", g.cfg.Dir)
		return false, g.clear()
	}
	return false, nil
}

// clear forgets that this node held a log. What remains of a crash in between
// is a folder without log.
func (g *Group) clear() error {
	old := g.path("removed")
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	if err := os.Rename(g.path("log"), old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.Join(os.RemoveAll(g.path("voter.json")), os.RemoveAll(g.path("snapshots")), os.RemoveAll(old))
}

func (g *Group) readStamp() (stamp, error) {
	var s stamp
	b, err := os.ReadFile(g.path("voter.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read %s: %w", g.path("voter.json"), err)
	}
	return s, nil
}

// writeFile replaces a file of the folder, so that after a crash the old or the
// new one is there.
func (g *Group) writeFile(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	tmp := g.path(name + ".new")
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, g.path(name)); err != nil {
		return err
	}
	d, err := os.Open(g.cfg.Dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// recall reads who the voters were when this node ran last. A file that can't
// be read is no more than a hint lost.
func (g *Group) recall() (noted bool) {
	if g.cfg.Dir == "" {
		return false
	}
	b, err := os.ReadFile(g.path("voters.json"))
	var r roll
	if err != nil || json.Unmarshal(b, &r) != nil || len(r.Servers) == 0 {
		return false
	}
	g.mu.Lock()
	g.known = r
	g.mu.Unlock()
	return true
}

// miss is for a node that should hold the log alone, holds none, and yet knows
// that there was one: it must not found another.
func (g *Group) miss() {
	if len(g.others()) > 0 {
		return // this node was taken out; the others are asked
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.problem = fmt.Sprintf("node %s was the only voter of the %s, and its log is gone from its folder %s: "+
		"bring the folder back, or move what is left of it away, start again and restore a backup (register restore FILE)", g.cfg.Self, g.cfg.Name, g.cfg.Dir)
	g.log.Error(g.problem)
}

// learn notes who the voters are, unless something newer is known.
func (g *Group) learn(r roll) {
	if len(r.Servers) == 0 {
		return
	}
	g.mu.Lock()
	same := slices.Equal(r.Servers, g.known.Servers)
	if r.Group == g.known.Group && r.At < g.known.At {
		g.mu.Unlock()
		return
	}
	g.known = r
	g.mu.Unlock()
	if same {
		return
	}
	g.bell.ring()
	if g.cfg.Dir == "" {
		return
	}
	g.files.Lock()
	defer g.files.Unlock()
	err := os.MkdirAll(g.cfg.Dir, 0o700)
	if err == nil {
		err = g.writeFile("voters.json", r)
	}
	if err != nil {
		g.log.Warn(g.cfg.Name+": who the voters are could not be noted for the next start", "err", err)
	}
}

// roll is who the voters are: of raft where this node holds the log.
func (g *Group) roll() roll {
	g.mu.Lock()
	v, known, id := g.voter, g.known, g.id
	g.mu.Unlock()
	if v == nil {
		return known
	}
	c := v.raft.GetConfiguration()
	if c.Error() != nil || len(c.Configuration().Servers) == 0 {
		return known
	}
	return roll{id, v.raft.AppliedIndex(), rollOfRaft(c.Configuration())}
}
