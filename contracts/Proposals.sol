// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControlEnumerable} from "@openzeppelin/contracts/access/extensions/AccessControlEnumerable.sol";
import {Part} from "./Entries.sol";
import {Signature, Signed} from "./Signed.sol";

enum Op {
    Set, // an entry: device or group, base, mode, parts
    Retire, // an entry: device or group, base
    Grant, // a role to a key address: who, role, base
    Withdraw, // the same, the other way
    Unpause, // base
    Succeed // announces another manager: who, base
}

/// @notice One change. What its op does not use is zero or empty.
struct Change {
    Op op;
    bytes12 device;
    string group;
    uint64 base; // what it expects to find: the entry's version, 0 for a new one; for other ops, authority
    uint8 mode;
    Part[] parts;
    address who;
    bytes32 role;
}

enum Status {
    None,
    Open,
    Done,
    Cancelled
}

struct Proposal {
    bytes32 id;
    address by; // key address of the proposer
    uint64 deadline; // s since 1970: later it can be neither approved nor carried out
    Status status;
    address[] approvers; // key addresses, the proposer first
    Change[] changes;
}

/// @title Changes that several admins must agree to.
abstract contract Proposals is AccessControlEnumerable, Signed {
    /// @notice May propose, approve, cancel and pause.
    bytes32 public constant RULE_ADMIN_ROLE = keccak256("RULE_ADMIN_ROLE");
    /// @notice May pause.
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");
    /// @notice May write the device registry.
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");

    uint256 public constant MAX_CHANGES = 32; // in one proposal

    bytes32 private constant PART = keccak256("Part(address rule,bytes32 codeHash,bytes32 digest)");
    bytes32 private constant CHANGE = keccak256(
        "Change(uint8 op,bytes12 device,string group,uint64 base,uint8 mode,Part[] parts,address who,bytes32 role)"
        "Part(address rule,bytes32 codeHash,bytes32 digest)"
    );
    bytes32 private constant PROPOSE = keccak256(
        "Propose(address by,Change[] changes,uint64 nonce,uint64 deadline)"
        "Change(uint8 op,bytes12 device,string group,uint64 base,uint8 mode,Part[] parts,address who,bytes32 role)"
        "Part(address rule,bytes32 codeHash,bytes32 digest)"
    );
    bytes32 private constant APPROVE = keccak256("Approve(bytes32 id,uint64 deadline)");
    bytes32 private constant CANCEL = keccak256("Cancel(bytes32 id,uint64 deadline)");

    /// @notice How many admins must agree to a change, the proposer counted.
    uint8 public immutable approvals;

    /// @notice Rises by one with every change of roles, pause or successor.
    uint64 public authority;

    struct Kept {
        address by;
        uint64 deadline;
        Status status;
        address[] approvers;
        bytes changes; // abi.encode(Change[])
    }

    mapping(bytes32 id => Kept) private _kept;
    bytes32[] private _ids;

    event Proposed(bytes32 indexed id, address indexed by, uint64 nonce, uint64 deadline, Change[] changes);
    event Approved(bytes32 indexed id, address indexed by);
    event Cancelled(bytes32 indexed id, address indexed by);
    event Executed(bytes32 indexed id, uint64 epoch, uint64 authority);

    error NotAdmin(address key);
    error TooFewAdmins(uint256 has, uint256 wants);
    error BadChanges(uint256 count);
    error NoSuchProposal(bytes32 id);
    error AlreadyApproved(bytes32 id, address key);
    error AlreadyDone(bytes32 id, Status status);
    error NeedsApprovals(bytes32 id, uint256 has, uint256 wants);
    error Stale(bytes32 id, uint256 change, uint64 base, uint64 found);
    error NoSuchRole(bytes32 role);
    error AlreadyHas(bytes32 role, address key);
    error HasNot(bytes32 role, address key);

    constructor(address[] memory admins, uint8 needed) {
        if (needed < 2 || admins.length < needed) revert TooFewAdmins(admins.length, needed < 2 ? 2 : needed);
        for (uint256 i = 0; i < admins.length; i++) {
            if (!_grantRole(RULE_ADMIN_ROLE, admins[i])) revert AlreadyHas(RULE_ADMIN_ROLE, admins[i]);
        }
        approvals = needed;
    }

    /// @notice Puts changes forward, which counts as the proposer's approval.
    /// They are carried out all or none.
    function propose(Change[] calldata changes, uint64 nonce, uint64 deadline, Signature calldata sig)
        external
        returns (bytes32 id)
    {
        if (changes.length == 0 || changes.length > MAX_CHANGES) revert BadChanges(changes.length);
        address by = keyAddress(sig.x, sig.y);
        id = _proposal(by, changes, nonce, deadline);
        _signer(id, deadline, sig);
        _onlyAdmin(by);
        _useNonce(by, nonce);
        _examine(id, changes);
        Kept storage p = _kept[id];
        p.by = by;
        p.deadline = deadline;
        p.status = Status.Open;
        p.approvers.push(by);
        p.changes = abi.encode(changes);
        _ids.push(id);
        emit Proposed(id, by, nonce, deadline, changes);
        emit Approved(id, by);
    }

    /// @notice Agrees to a proposal, by signature.
    function approve(bytes32 id, uint64 deadline, Signature calldata sig) external {
        Kept storage p = _open(id);
        address by = _signer(keccak256(abi.encode(APPROVE, id, deadline)), deadline, sig);
        _onlyAdmin(by);
        for (uint256 i = 0; i < p.approvers.length; i++) {
            if (p.approvers[i] == by) revert AlreadyApproved(id, by);
        }
        p.approvers.push(by);
        emit Approved(id, by);
    }

    /// @notice Ends a proposal: one admin is enough to stop one.
    function cancel(bytes32 id, uint64 deadline, Signature calldata sig) external {
        Kept storage p = _open(id);
        address by = _signer(keccak256(abi.encode(CANCEL, id, deadline)), deadline, sig);
        _onlyAdmin(by);
        p.status = Status.Cancelled;
        emit Cancelled(id, by);
    }

    /// @notice Carries out a proposal that enough of today's admins approved. Anyone may ask for it.
    function execute(bytes32 id) external {
        Kept storage p = _open(id);
        uint256 has = 0;
        for (uint256 i = 0; i < p.approvers.length; i++) {
            if (hasRole(RULE_ADMIN_ROLE, p.approvers[i])) has++;
        }
        if (has < approvals) revert NeedsApprovals(id, has, approvals);
        p.status = Status.Done;
        uint64 epoch = _apply(id, abi.decode(p.changes, (Change[])));
        emit Executed(id, epoch, authority);
    }

    /// @notice A proposal, whatever became of it.
    function proposal(bytes32 id) public view returns (Proposal memory) {
        Kept storage p = _kept[id];
        if (p.status == Status.None) revert NoSuchProposal(id);
        return Proposal(id, p.by, p.deadline, p.status, p.approvers, abi.decode(p.changes, (Change[])));
    }

    /// @notice At most most proposals from number first on, the oldest first.
    function proposals(uint256 first, uint256 most) external view returns (Proposal[] memory page) {
        uint256 left = first < _ids.length ? _ids.length - first : 0;
        page = new Proposal[](most < left ? most : left);
        for (uint256 i = 0; i < page.length; i++) page[i] = proposal(_ids[first + i]);
    }

    /// @notice The id that a proposal would have: the hash of its typed struct.
    function proposalId(address by, Change[] calldata changes, uint64 nonce, uint64 deadline)
        external
        pure
        returns (bytes32)
    {
        return _proposal(by, changes, nonce, deadline);
    }

    /// @dev Reverts unless the changes could be carried out now.
    function _examine(bytes32 id, Change[] memory changes) internal view virtual;

    /// @dev Carries them out and returns the epoch afterwards.
    function _apply(bytes32 id, Change[] memory changes) internal virtual returns (uint64 epoch);

    function _proposalCount() internal view returns (uint64) {
        return uint64(_ids.length);
    }

    function _onlyAdmin(address key) internal view {
        if (!hasRole(RULE_ADMIN_ROLE, key)) revert NotAdmin(key);
    }

    function _grant(bytes32 role, address key) internal {
        if (!_grantRole(role, key)) revert AlreadyHas(role, key);
    }

    function _withdraw(bytes32 role, address key) internal {
        if (!_revokeRole(role, key)) revert HasNot(role, key);
        uint256 left = getRoleMemberCount(RULE_ADMIN_ROLE);
        if (left < approvals) revert TooFewAdmins(left, approvals);
    }

    /// @dev A proposal that can still be approved, stopped or carried out.
    function _open(bytes32 id) private view returns (Kept storage p) {
        p = _kept[id];
        if (p.status == Status.None) revert NoSuchProposal(id);
        if (p.status != Status.Open) revert AlreadyDone(id, p.status);
        if (block.timestamp > p.deadline) revert Expired(p.deadline, block.timestamp);
    }

    function _proposal(address by, Change[] calldata changes, uint64 nonce, uint64 deadline)
        private
        pure
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](changes.length);
        for (uint256 i = 0; i < changes.length; i++) hashes[i] = _change(changes[i]);
        return keccak256(abi.encode(PROPOSE, by, keccak256(abi.encodePacked(hashes)), nonce, deadline));
    }

    function _change(Change calldata c) private pure returns (bytes32) {
        bytes32[] memory parts = new bytes32[](c.parts.length);
        for (uint256 i = 0; i < parts.length; i++) parts[i] = keccak256(abi.encode(PART, c.parts[i]));
        return keccak256(
            abi.encode(
                CHANGE,
                c.op,
                c.device,
                keccak256(bytes(c.group)),
                c.base,
                c.mode,
                keccak256(abi.encodePacked(parts)),
                c.who,
                c.role
            )
        );
    }
}
