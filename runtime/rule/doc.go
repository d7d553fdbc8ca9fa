// Package rule judges readings by the rule contracts that a manager on a chain
// names, and changes what it names.
//
// A manager holds entries, each for one device or for a group and all below it,
// and each naming one to eight rule contracts; all of these must accept. A
// contract of limits whose code is known here is judged natively, from its
// parameters ([Evaluate]); any other, such as a [Slope] or an [Agreement], by the
// manager's own check in the EVM of this process.
//
// A [Book] follows the manager and judges by its rules at the newest final block.
// Of what it judges natively it has the contract judge every refusal and one in
// a thousand of the rest before it answers: native code is fast, but the contract
// is right, and where they differ once the contract judges alone from then on.
// When the book can't know the rules, or the manager is paused, it gives no verdict
// but an error that wraps flow.ErrLater. [Set.Explain] says how it came to one.
//
// At a [Desk] admins propose and approve changes with the keys of their
// certificates; the contract decides who may. [Parse] reads rules from a file for
// people, and a [Tally] counts what they would have said.
package rule
