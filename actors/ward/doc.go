// Package ward holds the actor types of the namespace ward: the way of a
// reading from its device into the record.
//
//	devices ─ reading ─► Collector ─ out ─► RuleCheck ─ passed ─► Store
//	                                            └ refused ─► io.Log
//
// The Collector takes readings of one patient's devices, passes each on at once,
// and now and then a window: their hashes under the signature of the patient's
// card. The RuleCheck judges each reading by the rules of the device's group, and
// signs what it found beside the window. The Store judges once more by its own
// view, keeps accepted readings waiting, and moves them into the record when a
// window that holds covers them.
//
// Nobody trusts the one before him: each opens what is sealed, finds the
// device's certificate by its hash, and verifies. Who can't know now says
// [flow.ErrLater], and the token waits where it is.
package ward
