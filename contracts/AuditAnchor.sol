// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @notice What a log of checks has come to.
struct Head {
    address log; // account of the log's own secp256k1 key
    uint64 from; // its size when it was anchored last
    uint64 to; // its size now, in checks
    bytes32 root; // RFC 6962 root of the first `to` checks
    uint64 epoch; // of the rules, at the last check
    uint64 madeAt; // ms since 1970, by the log's clock
}

/// @notice The newest head of a log on the chain.
struct Anchor {
    uint64 size;
    uint64 setAt; // block
    uint64 epoch;
    uint64 madeAt; // ms since 1970
    bytes32 root;
}

/// @title The heads of the logs of checks. Each log has one history: a head
/// continues where the last one ended, or is refused.
/// @dev Heads are signed by their log, as EIP-712 typed data, and anyone may
/// relay them. Older roots are in the events.
contract AuditAnchor is EIP712 {
    bytes32 private constant HEAD =
        keccak256("Head(address log,uint64 from,uint64 to,bytes32 root,uint64 epoch,uint64 madeAt)");

    mapping(address log => Anchor) private _anchors;
    address[] private _logs;

    event Anchored(
        address indexed log, uint64 indexed from, uint64 indexed to, bytes32 root, bytes32 prev, uint64 epoch, uint64 madeAt
    );

    error BadSignature(address log);
    error NotContiguous(address log, uint64 want, uint64 got);
    error EmptyRange(address log, uint64 from, uint64 to);
    error WrongCount(uint256 heads, uint256 signatures);

    constructor() EIP712("Wardflow AuditAnchor", "1") {}

    /// @notice Keeps heads, all or none.
    /// @param signatures one a head, 65 bytes: r, s, v
    function anchor(Head[] calldata given, bytes[] calldata signatures) external {
        if (given.length != signatures.length) revert WrongCount(given.length, signatures.length);
        for (uint256 i = 0; i < given.length; i++) _anchor(given[i], signatures[i]);
    }

    /// @notice The newest head of a log; size 0 if it has none.
    function heads(address log) external view returns (Anchor memory) {
        return _anchors[log];
    }

    /// @notice How many logs were ever anchored.
    function count() external view returns (uint256) {
        return _logs.length;
    }

    /// @notice At most most logs from number first on, in the order in which they were first anchored.
    function logs(uint256 first, uint256 most) external view returns (address[] memory page) {
        uint256 left = first < _logs.length ? _logs.length - first : 0;
        page = new address[](most < left ? most : left);
        for (uint256 i = 0; i < page.length; i++) page[i] = _logs[first + i];
    }

    function _anchor(Head calldata h, bytes calldata signature) private {
        Anchor storage a = _anchors[h.log];
        if (h.from != a.size) revert NotContiguous(h.log, a.size, h.from);
        if (h.to <= h.from) revert EmptyRange(h.log, h.from, h.to);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(HEAD, h)));
        (address signer, ECDSA.RecoverError wrong,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (wrong != ECDSA.RecoverError.NoError || signer != h.log) revert BadSignature(h.log);
        if (a.size == 0) _logs.push(h.log);
        emit Anchored(h.log, h.from, h.to, h.root, a.root, h.epoch, h.madeAt);
        _anchors[h.log] = Anchor(h.to, uint64(block.number), h.epoch, h.madeAt, h.root);
    }
}
