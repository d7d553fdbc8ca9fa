// Package kind is the small language in which actor types say what their
// ports and arguments carry, and decides whether what one port gives fits what
// another takes.
//
//	any                      whatever; "" is any as well
//	null bool string         as in JSON
//	integer number           3; 3 or 3.5
//	number<Cel> integer<ms>  with a unit: a UCUM code
//	list list<T>             of anything; of T
//	dict dict<T>             of anything; with values of T
//	record{a: T, b?: T}      a dictionary that has a, and perhaps b
//	eos                      Calvin's end-of-stream token
//	reading                  any other word: a kind of its own
//	A|B                      one or the other
//	like(port)               what arrives at that in-port of the actor
//	arg(name)                the kind of that argument's value
//
// The check is gradual: what isn't said fits everything. [Fits] is false only
// when no value could pass: a union fits when one of its members does, a number
// fits an integer (it may be whole), a number without unit fits any unit, and
// the end of a stream, which every link may carry, is left aside. So a script
// from before there were kinds has no new mistakes but those that would have
// stopped it at run time.
package kind
