// Package formula computes expressions that a script gives as text, such as
// "2*x + y" or "x > 38.5 and not y". Calvin has Python evaluate them, which lets
// whoever may deploy a script run anything; here the library expr-lang/expr
// does, and a formula can only compute.
//
// The language is what is common in such expressions of Python 2, with its
// meaning (see package python):
//
//	numbers, strings, True, False, None, [lists], {"dictionaries": 1}
//	+ - * / // % **          7 / 2 is 3; "a" + "b"; [0] * 3
//	== != < <= > >=          also 30 < x < 200; any two values have an order
//	in, not in, is None      of lists, strings and keys of dictionaries
//	and, or, not             of any values: x or y is x if that is true
//	a if c else b            or c ? a : b
//	x[0], x[-1], x["key"]
//	abs bool float int len max min pow round str sum
//
// A formula has no loops, no attributes and no assignments, at most 4096 bytes
// and 1000 terms, and no result is larger than a token. So it ends soon,
// whatever it is given.
package formula
