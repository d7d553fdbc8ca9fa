// Package eip712 hashes typed data as EIP-712 says and signs it with the P-256 key
// of a certificate, as the contracts Signed, Proposals and DeviceRegistry verify it.
//
// The key may be on a card: all that is asked of it is to sign 32 bytes. Contracts
// hold such keys by their addresses, which are formed as those of accounts are.
package eip712
