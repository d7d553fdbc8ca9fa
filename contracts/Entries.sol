// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Codes} from "./Codes.sol";
import {IRule} from "./IRule.sol";
import {Reading, Reason} from "./Reading.sol";

/// @notice A rule contract as it was when it was approved.
struct Part {
    address rule;
    bytes32 codeHash;
    bytes32 digest;
}

/// @notice What a device, or a group and all below it, is judged by. Every part
/// must accept; the first that refuses decides.
struct Entry {
    bytes12 device; // EPC-96; 0 when the entry is for a group
    uint64 version; // from 1, one more with every change of the entry
    uint64 setAt; // the block of the last change
    bool revoked;
    uint8 mode; // what the answer waits for: 0 anchored, 1 confirmed, 2 one transaction a check
    string group; // site/floor/room/type or a beginning of it, "" for all
    Part[] parts; // 1 to 8
}

/// @notice An entry as it is asked for.
struct Draft {
    bytes12 device;
    string group;
    uint8 mode;
    Part[] parts;
}

/// @title Which rules hold for whom.
/// @dev The entry of the device decides, or else that of the longest beginning
/// of its group, whatever its state: a revoked one refuses and never falls
/// through to another.
abstract contract Entries {
    uint256 public constant MAX_PARTS = 8;
    uint8 public constant MAX_MODE = 2;

    /// @notice Gas that one rule contract may use for one reading.
    uint256 public constant RULE_GAS = 400_000;

    Entry[] private _entries;
    mapping(bytes12 device => uint256) private _ofDevice; // index in _entries, plus 1
    mapping(bytes32 groupHash => uint256) private _ofGroup; // the same

    event EntrySet(
        bytes32 indexed proposal,
        bytes12 indexed device,
        bytes32 indexed groupHash,
        string group,
        uint64 version,
        uint64 epoch,
        uint8 mode,
        Part[] parts
    );
    event EntryRetired(
        bytes32 indexed proposal,
        bytes12 indexed device,
        bytes32 indexed groupHash,
        string group,
        uint64 version,
        uint64 epoch
    );

    error BadGroup(string group, string why);
    error BadParts(bytes12 device, string group, uint256 count);
    error BadMode(uint8 mode);
    error NotARule(address rule);
    error WrongCode(address rule, bytes32 want, bytes32 got);
    error WrongDigest(address rule, bytes32 want, bytes32 got);
    error NoSuchEntry(bytes12 device, string group);
    error AlreadyRetired(bytes12 device, string group);
    error TooLittleGas(uint256 left, uint256 wants);

    /// @notice At most most entries from number first on, in the order in which they were first set.
    function entries(uint256 first, uint256 most) external view returns (Entry[] memory page) {
        uint256 left = first < _entries.length ? _entries.length - first : 0;
        page = new Entry[](most < left ? most : left);
        for (uint256 i = 0; i < page.length; i++) page[i] = _entries[first + i];
    }

    /// @notice The version of an entry: 0 when there is none.
    function versionOf(bytes12 device, string memory group) public view returns (uint64) {
        uint256 place = _find(device, group);
        return place == 0 ? 0 : _entries[place - 1].version;
    }

    function _count() internal view returns (uint64) {
        return uint64(_entries.length);
    }

    /// @dev Reverts unless an entry could be set to this now.
    function _validate(bytes12 device, string memory group, uint8 mode, Part[] memory parts) internal view {
        _validateScope(device, group);
        if (mode > MAX_MODE) revert BadMode(mode);
        if (parts.length == 0 || parts.length > MAX_PARTS) revert BadParts(device, group, parts.length);
        for (uint256 i = 0; i < parts.length; i++) _validatePart(parts[i]);
    }

    function _validateScope(bytes12 device, string memory group) internal pure {
        if (device != 0 && bytes(group).length != 0) revert BadGroup(group, "an entry is for a device or for a group");
        string memory why = Codes.mistake(group);
        if (bytes(why).length != 0) revert BadGroup(group, why);
    }

    function _set(
        bytes32 proposal,
        uint64 epoch,
        bytes12 device,
        string memory group,
        uint8 mode,
        Part[] memory parts
    ) internal {
        Entry storage e = _open(device, group);
        delete e.parts;
        for (uint256 i = 0; i < parts.length; i++) e.parts.push(parts[i]);
        e.version++;
        e.setAt = uint64(block.number);
        e.revoked = false;
        e.mode = mode;
        emit EntrySet(proposal, device, keccak256(bytes(group)), group, e.version, epoch, mode, parts);
    }

    function _retire(bytes32 proposal, uint64 epoch, bytes12 device, string memory group) internal {
        Entry storage e = _entries[_place(device, group) - 1];
        e.version++;
        e.setAt = uint64(block.number);
        e.revoked = true;
        emit EntryRetired(proposal, device, keccak256(bytes(group)), group, e.version, epoch);
    }

    /// @dev Reverts unless there is an entry that can be retired.
    function _place(bytes12 device, string memory group) internal view returns (uint256 place) {
        place = _find(device, group);
        if (place == 0) revert NoSuchEntry(device, group);
        if (_entries[place - 1].revoked) revert AlreadyRetired(device, group);
    }

    /// @dev Judges a reading.
    /// @param question the call of IRule.check with that reading
    function _judge(Reading calldata r, bytes memory question)
        internal
        view
        returns (Reason reason, address rule, uint64 version)
    {
        uint256 place = r.device == 0 ? 0 : _ofDevice[r.device];
        if (place == 0) place = _resolve(bytes(r.group));
        if (place == 0) return (Reason.NoRule, address(this), 0);
        Entry storage e = _entries[place - 1];
        version = e.version;
        if (e.revoked) return (Reason.Revoked, address(this), version);
        uint256 n = e.parts.length;
        for (uint256 i = 0; i < n; i++) {
            rule = e.parts[i].rule;
            reason = rule.codehash == e.parts[i].codeHash ? _ask(rule, question) : Reason.BadRule;
            if (reason != Reason.Accepted) return (reason, rule, version);
        }
        return (Reason.Accepted, rule, version);
    }

    /// @dev What a rule answers; BadRule if it gives no answer, or one that is not a rule's to give.
    function _ask(address rule, bytes memory question) private view returns (Reason) {
        // Who calls must not be able to make a good rule fail by giving it little gas.
        if (gasleft() / 64 * 63 < RULE_GAS + 10_000) revert TooLittleGas(gasleft(), RULE_GAS);
        uint256 answer;
        bool ok;
        assembly ("memory-safe") {
            ok := staticcall(RULE_GAS, rule, add(question, 0x20), mload(question), 0x00, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            answer := mload(0x00)
        }
        if (!ok) return Reason.BadRule;
        bool given = answer == 0
            || (answer >= uint256(Reason.WrongType) && answer <= uint256(Reason.MissingField))
            || (answer >= uint256(Reason.Stuck) && answer <= uint256(Reason.Disagrees));
        return given ? Reason(answer) : Reason.BadRule;
    }

    /// @dev The place of the longest beginning with an entry, plus 1; 0 if there is none.
    function _resolve(bytes calldata group) private view returns (uint256 place) {
        place = _ofGroup[keccak256(group)];
        uint256 end = group.length;
        while (place == 0 && end != 0) {
            // Back to the slash before, or to the beginning. Written out, as it is done for each byte.
            assembly ("memory-safe") {
                for { end := sub(end, 1) } end { end := sub(end, 1) } {
                    if eq(byte(0, calldataload(add(group.offset, end))), 0x2f) { break }
                }
            }
            place = _ofGroup[keccak256(group[:end])];
        }
    }

    function _find(bytes12 device, string memory group) private view returns (uint256) {
        return device != 0 ? _ofDevice[device] : _ofGroup[keccak256(bytes(group))];
    }

    /// @dev The entry of a scope, made if it is new.
    function _open(bytes12 device, string memory group) private returns (Entry storage e) {
        uint256 place = _find(device, group);
        if (place != 0) return _entries[place - 1];
        e = _entries.push();
        e.device = device;
        e.group = group;
        if (device != 0) _ofDevice[device] = _entries.length;
        else _ofGroup[keccak256(bytes(group))] = _entries.length;
    }

    function _validatePart(Part memory p) private view {
        bytes memory code = p.rule.code;
        // An account that only points to code (EIP-7702) can change what it holds.
        if (code.length == 0 || (code.length == 23 && code[0] == 0xef)) revert NotARule(p.rule);
        if (p.rule.codehash != p.codeHash) revert WrongCode(p.rule, p.codeHash, p.rule.codehash);
        bytes32 digest = _word(p.rule, IRule.digest.selector);
        if (_word(p.rule, IRule.kind.selector) == 0 || digest == 0) revert NotARule(p.rule);
        if (digest != p.digest) revert WrongDigest(p.rule, p.digest, digest);
    }

    /// @dev What a getter of a contract returns; 0 if it has none.
    function _word(address from, bytes4 selector) private view returns (bytes32) {
        (bool ok, bytes memory out) = from.staticcall{gas: RULE_GAS}(abi.encodePacked(selector));
        return ok && out.length == 32 ? abi.decode(out, (bytes32)) : bytes32(0);
    }
}
