package node

import (
	"context"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/store/replica"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// capStoreGroup and the name of a group of stores say that a node's store holds
// what the other nodes of the group hold.
const capStoreGroup = capStore + ".group."

// openStore opens this node's file of readings: its own, or its copy of what a
// group of nodes holds alike.
func (n *Node) openStore(context.Context) error {
	if n.cfg.Store == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(n.cfg.Store), 0o700); err != nil {
		return err
	}
	if n.cfg.StoreGroup.Name == "" {
		st, err := sqlite.Open(n.cfg.Store)
		if err != nil {
			return err
		}
		n.store = st
		n.ends = append(n.ends, st.Close)
		return nil
	}
	var members []agree.Voter
	for _, m := range n.cfg.StoreGroup.Members {
		members = append(members, agree.Voter{ID: m.Node, Addr: m.Door})
	}
	st, err := replica.Open(replica.Config{Name: n.cfg.StoreGroup.Name, Self: n.cfg.Node, File: n.cfg.Store,
		Dir: filepath.Join(n.cfg.Dir, "store"), Members: members, Transport: n.door, Lookup: n.addressOf, Log: n.log, Audit: n.audit})
	if err != nil {
		return err
	}
	n.store, n.copies = st, st
	n.ends = append(n.ends, st.Close)
	return nil
}

// storeState counts what this node stores; nil when it stores nothing.
func (n *Node) storeState(ctx context.Context) *control.StoreState {
	if n.store == nil {
		return nil
	}
	c, err := n.store.Counts(ctx)
	if err != nil {
		return nil
	}
	s := &control.StoreState{Readings: uint64(c.Readings), Windows: uint64(c.Windows), Waiting: uint64(c.Waiting), Bytes: uint64(c.Bytes)}
	for _, k := range c.Refused {
		s.Refused += uint64(k)
	}
	return s
}
