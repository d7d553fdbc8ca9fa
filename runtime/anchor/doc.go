// Package anchor brings the heads of a log of checks ([runtime/tlog]) to the
// contract AuditAnchor, so that nobody can change the log afterwards without
// being found out, not even who keeps it.
//
//	a, err := anchor.Start(anchor.Config{Log: log, Key: key, …})
//	a.Status()                     // how far the chain has it, and what is wrong
//	err = a.Wait(ctx, size)        // the first size checks are in a final block
//	kept, err := a.Covering(i)     // a head over check i, signed by the node
//	report, err := anchor.Verify(ctx, dir, chain, contract, log)
//
// Heads are signed twice: by the account of the log, which the contract checks,
// and by the certificate of the node, which tells whose log it is. The account in
// turn claims the certificate, so that no other node can say that it is its own.
//
// The contract takes a head only if it continues the one before, and this
// package signs one only if the log on disk continues what was signed before: a
// log that was put back from an older backup, or changed, is not anchored any
// more, and people are told.
//
//	head.go      what is signed and sent      anchor.go   the loop
//	contract.go  the contract, read           resume.go   where the chain has got to
//	gather.go    many logs, one transaction   signed.go   what was ever signed
//	outbox.go    checks as transactions       kept.go     heads under certificates
//	verify.go    is it as it was anchored?    claim.go    whose log it is
package anchor
