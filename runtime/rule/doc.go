// Package rule judges readings by the rules that a contract on a chain holds.
//
// [Evaluate] is the judging itself: a function from rules, group, reading and
// time to a verdict. A [Book] follows the contract, keeps its rules at the
// newest block, judges by them, and has the contract judge every refusal and a
// sample of the rest again: native code is fast, but the contract is right. When
// the book can't know the rules it gives no verdict but an error that wraps
// flow.ErrLater.
//
// An [Admin] changes the rules, by transactions; the contract decides who may.
// [Parse] reads them from a file for people.
package rule
