// Package proof makes what is recorded provable: it signs readings and windows,
// opens them again, and checks a whole record.
//
// A device signs each of its readings; the patient's card signs a window of
// them; the nodes that judged the window sign what they found:
//
//	chunk    = COSE_Sign1(reading)                    by the device
//	leaf     = SHA-256(0x00 ‖ chunk)                  RFC 9162, section 2.1.1
//	window   = COSE_Sign1(… leaf count, Merkle root,  by the patient's card
//	                      hash of the window before)
//	vouched  = a reading of a device that can't sign, in the place of its chunk:
//	           its collector has signed ([Vouch]), and that stays visible
//	judgment = COSE_Sign1(hash of the window,         by the node that judged
//	                      a verdict for each leaf)
//
// All of it is CBOR in its one deterministic form (RFC 8949, section 4.2.1)
// inside COSE_Sign1 (RFC 9052) with ES256. The signed bytes are kept and sent
// as they are; nobody encodes again to verify. Whatever a function here opens
// would be written again as the same bytes, so there is no second form of the
// same statement, and each bit of a sealed window lies under some signature.
//
// A window names no rule: when the card signs, the collector has not asked one.
// The verdicts come after it, beside the signed bytes, in judgments that name
// the window by its hash and carry the signature of the node that judged
// ([Judge]). A record accounts for every leaf: it is there with its bytes, or a
// judgment refuses it.
//
// This package keeps fxamacker/cbor, veraison/go-cose and
// transparency-dev/merkle; no other package names their types.
package proof
