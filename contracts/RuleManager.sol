// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AuditAnchor} from "./AuditAnchor.sol";
import {DeviceRegistry} from "./DeviceRegistry.sol";
import {Draft, Entries, Part} from "./Entries.sol";
import {Reading, Reason} from "./Reading.sol";
import {Change, Op, Proposals} from "./Proposals.sol";
import {Signature} from "./Signed.sol";

/// @notice What a cache of the rules must agree with, in one call.
struct State {
    uint64 epoch; // one more with every change of anything that a verdict depends on
    uint64 authority; // one more with every change of roles, pause or successor
    uint64 entries; // how many
    uint64 proposals; // how many were ever made
    bool paused;
    address successor; // 0: none is announced
}

/// @title The rules of a hospital, and who may change them.
/// @notice Judges readings by rule contracts. A change takes a proposal and the
/// approval of as many rule admins as `approvals` says, the proposer counted;
/// stopping takes one. Admins sign with the P-256 keys of their certificates.
/// @dev Never behind a proxy, so that "which code judged this reading" has one
/// answer. Roles are held by key addresses (see Signed), so the functions of
/// AccessControl that a sender with a role may call can be called by nobody.
contract RuleManager is Entries, Proposals, Pausable, Multicall {
    bytes32 private constant PAUSE = keccak256("Pause(uint64 nonce,uint64 deadline)");

    AuditAnchor public immutable anchor;
    DeviceRegistry public immutable registry;

    /// @notice Rises by one with every change of anything that a verdict depends on.
    uint64 public epoch;

    /// @notice The manager to be asked from now on, if one is announced.
    address public successor;

    event EpochChanged(uint64 indexed epoch);
    event Stopped(address indexed by, uint64 epoch);
    event Resumed(bytes32 indexed proposal, uint64 epoch);
    event Succeeded(bytes32 indexed proposal, address successor);
    event Checked(
        bytes32 indexed leaf,
        bytes32 indexed groupHash,
        address indexed by,
        address rule,
        uint32 reason,
        uint64 version,
        uint64 epoch
    );

    error NotAContract(address account);

    /// @param admins key addresses of the rule admins, at least as many as needed
    /// @param registrars key addresses of who may write the device registry
    /// @param needed how many admins a change takes, at least 2
    /// @param first the entries that hold from the start
    /// @param anchor_ where the heads of check logs are kept
    /// @param registry_ a registry that no manager has yet
    constructor(
        address[] memory admins,
        address[] memory registrars,
        uint8 needed,
        Draft[] memory first,
        AuditAnchor anchor_,
        DeviceRegistry registry_
    ) EIP712("Wardflow RuleManager", "1") Proposals(admins, needed) {
        for (uint256 i = 0; i < registrars.length; i++) _grantRole(REGISTRAR_ROLE, registrars[i]);
        anchor = anchor_;
        registry = registry_;
        registry_.adopt();
        epoch = 1;
        for (uint256 i = 0; i < first.length; i++) _first(first[i]);
    }

    /// @notice Refuses every reading until a proposal to unpause is carried out.
    function pause(uint64 nonce, uint64 deadline, Signature calldata sig) external {
        address by = _signer(keccak256(abi.encode(PAUSE, nonce, deadline)), deadline, sig);
        if (!hasRole(PAUSER_ROLE, by)) _onlyAdmin(by);
        _useNonce(by, nonce);
        _pause();
        authority++;
        emit Stopped(by, _nextEpoch());
    }

    /// @notice What a cache of the rules must agree with, in one call.
    function state() external view returns (State memory) {
        return State(epoch, authority, _count(), _proposalCount(), paused(), successor);
    }

    /// @notice Judges a reading. A paused manager refuses before all else.
    /// @return reason a number of Reason
    /// @return rule the contract that decided: the rule that refused, the last part of the entry if all
    /// accepted, or this manager
    /// @return version of the entry that decided; 0 if there is none
    /// @return currentEpoch of all the rules
    function check(Reading calldata r)
        external
        view
        returns (uint32 reason, address rule, uint64 version, uint64 currentEpoch)
    {
        return _check(r, msg.data);
    }

    /// @notice Judges a reading and leaves the verdict on the chain: one transaction a check.
    /// @param leaf hash of the check's record, of the caller's making
    function checkAndLog(Reading calldata r, bytes32 leaf)
        external
        returns (uint32 reason, address rule, uint64 version, uint64 currentEpoch)
    {
        // The rule finds the reading behind the same offset; the leaf lies between, unread.
        (reason, rule, version, currentEpoch) = _check(r, bytes.concat(this.check.selector, msg.data[4:]));
        emit Checked(leaf, keccak256(bytes(r.group)), msg.sender, rule, reason, version, currentEpoch);
    }

    /// @param question the call of IRule.check, which has the selector of check
    function _check(Reading calldata r, bytes memory question)
        private
        view
        returns (uint32, address, uint64, uint64)
    {
        if (paused()) return (uint32(Reason.Paused), address(this), 0, epoch);
        (Reason reason, address rule, uint64 version) = _judge(r, question);
        return (uint32(reason), rule, version, epoch);
    }

    function _examine(bytes32 id, Change[] memory changes) internal view override {
        for (uint256 i = 0; i < changes.length; i++) {
            Change memory c = changes[i];
            if (c.op == Op.Set) _validate(c.device, c.group, c.mode, c.parts);
            else if (c.op == Op.Retire) _place(c.device, c.group);
            else if (c.op == Op.Grant || c.op == Op.Withdraw) _examineRole(c);
            else if (c.op == Op.Unpause) _requirePaused();
            else if (c.who.code.length == 0) revert NotAContract(c.who);
            uint64 found = c.op <= Op.Retire ? versionOf(c.device, c.group) : authority;
            if (c.base != found) revert Stale(id, i, c.base, found);
        }
    }

    function _examineRole(Change memory c) private view {
        if (c.role != RULE_ADMIN_ROLE && c.role != PAUSER_ROLE && c.role != REGISTRAR_ROLE) revert NoSuchRole(c.role);
        bool has = hasRole(c.role, c.who);
        if (c.op == Op.Grant && has) revert AlreadyHas(c.role, c.who);
        if (c.op == Op.Withdraw && !has) revert HasNot(c.role, c.who);
    }

    function _apply(bytes32 id, Change[] memory changes) internal override returns (uint64) {
        _examine(id, changes);
        uint64 next = epoch + 1;
        bool judged = false; // whether a verdict can depend on it
        bool ruled = false; // whether authority changes
        for (uint256 i = 0; i < changes.length; i++) {
            Change memory c = changes[i];
            if (c.op <= Op.Retire || c.op == Op.Unpause) judged = true;
            if (c.op > Op.Retire) ruled = true;
            _carryOut(id, next, c);
        }
        if (ruled) authority++;
        if (judged) _nextEpoch();
        return epoch;
    }

    function _carryOut(bytes32 id, uint64 next, Change memory c) private {
        if (c.op == Op.Set) {
            _set(id, next, c.device, c.group, c.mode, c.parts);
        } else if (c.op == Op.Retire) {
            _retire(id, next, c.device, c.group);
        } else if (c.op == Op.Grant) {
            _grant(c.role, c.who);
        } else if (c.op == Op.Withdraw) {
            _withdraw(c.role, c.who);
        } else if (c.op == Op.Unpause) {
            _unpause();
            emit Resumed(id, next);
        } else {
            successor = c.who;
            emit Succeeded(id, c.who);
        }
    }

    function _first(Draft memory d) private {
        _validate(d.device, d.group, d.mode, d.parts);
        if (versionOf(d.device, d.group) != 0) revert Stale(0, 0, 0, 1);
        _set(0, epoch, d.device, d.group, d.mode, d.parts);
    }

    function _nextEpoch() private returns (uint64) {
        epoch++;
        emit EpochChanged(epoch);
        return epoch;
    }
}
