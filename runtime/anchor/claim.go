package anchor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/chain"
)

// A claim is what a log's account says of a node's certificate: it signs my heads.
// By its head the node says whose account it anchors by; without the account's own
// word another node could say that too, and pass off a log as its own.
//
// What is signed ([chain.Key.SignText]) has fixed places, so that it can be read in
// one way only:
//
//	"wardflow.logclaim/1"  19 bytes
//	chain                   8, its id, big-endian
//	contract               20, in which the log is anchored
//	certificate            32, SHA-256 of it as a head names it
const claimOf = "wardflow.logclaim/1"

// Claim is how many bytes a claim has.
const Claim = chain.TextSignature

func claimText(chainID uint64, contract chain.Address, cert [32]byte) []byte {
	return slices.Concat(binary.BigEndian.AppendUint64([]byte(claimOf), chainID), contract[:], cert[:])
}

// signClaim has the log's account claim a certificate.
func signClaim(key *chain.Key, chainID uint64, contract chain.Address, cert [32]byte) ([]byte, error) {
	b, err := key.SignText(claimText(chainID, contract, cert))
	if err != nil {
		return nil, fmt.Errorf("claim the node's certificate: %w", err)
	}
	return b, nil
}

// ErrClaim reports a head signed by a node whose log it is not, as far as the log's
// account says.
var ErrClaim = errors.New("the log's account does not say that it is this node's")

// Claimed checks that a log's account claims a certificate. The error wraps
// [ErrClaim].
func Claimed(claim []byte, log chain.Address, chainID uint64, contract chain.Address, cert [32]byte) error {
	switch by, err := chain.TextSignedBy(claimText(chainID, contract, cert), claim); {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrClaim, err)
	case by != log:
		return fmt.Errorf("%w: account %s says so, and the log is %s", ErrClaim, by, log)
	}
	return nil
}
