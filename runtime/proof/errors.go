package proof

import "errors"

// What can be wrong with a sealed thing. Each is a different fault, so an
// operator who reads one knows which part was changed.
var (
	// ErrForm reports bytes that are not the one form of what they claim to
	// be, or exceed a limit.
	ErrForm = errors.New("not in the one permitted form")
	// ErrUnsigned reports a signature that is not there.
	ErrUnsigned = errors.New("signature is missing")
	// ErrDevice reports a reading that its device did not sign.
	ErrDevice = errors.New("the device's signature does not hold")
	// ErrVoucher reports a reading for which no collector of its room has signed
	// in its device's place.
	ErrVoucher = errors.New("the collector's voucher does not hold")
	// ErrCertificate reports a certificate that was not valid at the time, is
	// not of the role it is used in, or is another than the signature names.
	ErrCertificate = errors.New("the certificate does not hold")
	// ErrPatient reports a window signed with another patient's card.
	ErrPatient = errors.New("the card belongs to another patient")
	// ErrCard reports a window that the card did not sign.
	ErrCard = errors.New("the card's signature does not hold")
	// ErrRoot reports leaves that do not make the signed Merkle root.
	ErrRoot = errors.New("the leaves do not make the signed root")
	// ErrChain reports a window that does not follow the one before it.
	ErrChain = errors.New("the window does not follow the one before")
	// ErrSequence reports a reading whose number on its stream does not rise.
	ErrSequence = errors.New("the reading is out of its stream's sequence")
	// ErrLeaf reports a reading that is not the leaf of the window it stands for.
	ErrLeaf = errors.New("the reading is not the leaf that was signed")
	// ErrMissing reports a leaf that is neither kept nor refused.
	ErrMissing = errors.New("the leaf is neither kept nor refused")
	// ErrVerdict reports a leaf without a verdict, or a judgment that does not hold.
	ErrVerdict = errors.New("the verdict does not hold")
	// ErrIndex reports a store whose columns say something else than the
	// signed bytes beside them.
	ErrIndex = errors.New("the index does not say what the signed bytes say")
	// ErrFull reports a draft that holds [MaxLeaves] readings: close it first.
	ErrFull = errors.New("the window is full")
)
