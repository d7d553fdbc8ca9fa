// Package casetest tests an actor type with a table of cases: which tokens go
// in, and which come out.
//
//	casetest.Run(t, std.Sum(), []casetest.Case{
//		{Name: "counts up", In: casetest.Ports{"integer": {1, 2}}, Out: casetest.Ports{"integer": {1, 3}}},
//	})
//
// Tokens in a case may be Go ints. A port with several peers is written with
// theirs: "token<a.out" is what comes from a.out at in-port token, "token>b.in"
// what goes to b.in from out-port token.
//
// Every case is run twice, and must end the same: once straight on, and once
// with the actor stopped after every firing and another started from its state,
// as a migration does. And nothing that an actor is given may it change, nor
// itself in a firing that returns an error.
package casetest
