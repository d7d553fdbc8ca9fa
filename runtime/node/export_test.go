package node

import "github.com/wardflow/wardflow/runtime/register"

// Register is the node's, for tests that do what no honest node does.
func (n *Node) Register() *register.Register { return n.register }
