package node

import "github.com/wardflow/wardflow/runtime/rule"

// Book is what the node judges by.
func (n *Node) Book() *rule.Book { return n.ruling.book }
