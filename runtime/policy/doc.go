// Package policy decides who may do what: which actor may link to which, and
// what people may do to the cluster.
//
// A [Policy] is text in the language Cedar, and nothing but a function of what
// it is asked: what no rule permits is refused, and a rule that forbids wins.
//
//	p, err := policy.New(text)           // the built-in rules and the hospital's own
//	d := p.Link(policy.Link{From: ecg, To: store})
//	fmt.Println(d.Allowed, d.Why())      // false a device may speak to a collector only …
//
// The hospital's text adds rules, and takes none of the built-in away: it may
// permit more, but nothing that a built-in rule forbids. Everything that a rule
// may name is in policy.cedarschema, and a text that names anything else is an
// [Error] with its place.
//
// A rule has annotations for people: @id names it, @says tells in plain words
// what it permits or forbids, and @mend what to do when it is in the way.
//
// This package keeps cedar-go; no other package names its types.
package policy
