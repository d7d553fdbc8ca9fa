// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

/// @notice A P-256 signature and the public key that it is by. s is at most
/// half the order of the curve: the larger one of each pair is refused.
struct Signature {
    bytes32 x;
    bytes32 y;
    bytes32 r;
    bytes32 s;
}

/// @title Actions that people sign with the P-256 key of a certificate, as
/// EIP-712 typed data, and that anyone may relay.
/// @dev A key is known by its key address: the last 20 bytes of
/// keccak256(x ‖ y). No transaction can come from one.
abstract contract Signed is EIP712 {
    /// @notice The number that a key's next numbered action has.
    mapping(address key => uint64) public nonces;

    error BadSignature();
    error Expired(uint64 deadline, uint256 nowIs);
    error WrongNonce(address key, uint64 want, uint64 got);

    /// @notice The key address of a public key.
    function keyAddress(bytes32 x, bytes32 y) public pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }

    /// @dev The key that signed an action, in time.
    /// @param hash of the action's struct, as EIP-712 has it
    /// @param deadline in seconds since 1970, the last at which it may be relayed
    function _signer(bytes32 hash, uint64 deadline, Signature calldata sig) internal view returns (address) {
        if (block.timestamp > deadline) revert Expired(deadline, block.timestamp);
        if (!P256.verify(_hashTypedDataV4(hash), sig.r, sig.s, sig.x, sig.y)) revert BadSignature();
        return keyAddress(sig.x, sig.y);
    }

    function _useNonce(address key, uint64 nonce) internal {
        if (nonces[key] != nonce) revert WrongNonce(key, nonces[key], nonce);
        nonces[key] = nonce + 1;
    }
}
