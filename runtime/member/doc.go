// Package member knows which nodes are up and what each offers, by gossip. It
// keeps hashicorp/memberlist; no other package names it.
//
//	m, err := member.Start(cfg)
//	for _, n := range m.All() { … }       // this node, the others, the lost ones
//	<-m.Changed()                          // fetched before All
//
// Gossip is a hint: the handshake at the door proves, the register decides, and
// nothing may follow from one member's word that another is down. But nobody
// can be made a member who is not, and nobody can speak for another:
//
//   - All gossip runs over connections of the door, both ends with a node's
//     certificate. Each begins with the statements of both ends.
//   - A statement is a node's NodeInfo, numbered, with its certificate chain,
//     signed with its key. The newest of each node is handed on to everybody.
//   - A record is the short form in memberlist's metadata: numbers, door and
//     digest, signed with the same key. A record of a node whose statement is
//     not known is not believed; its door is visited instead, which brings the
//     statement. So who is a member has been verified.
//
// What is forged, unsigned or signed with another's certificate is refused,
// counted ([Members.Refusals]) and logged once.
//
// memberlist does not heal a split by itself and forgets who is dead. Every
// node here keeps all statements it has ever verified, on disk, and visits a
// node that is not up every five seconds.
package member
