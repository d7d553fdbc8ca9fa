package attack

// AT-spoof is with the other lies of hostile members, in member_gossip_test.go,
// but for what concerns placement.
func spoofing() []attack { return nil }
