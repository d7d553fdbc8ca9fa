// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

/// @title The rules of a ward, and who may change them.
/// @notice A rule belongs to a path of the form site/floor/room/type, or to any
/// beginning of one: "h1/3/icu-1" is a rule for a room, "h1/3" for a floor, ""
/// for everything. The longest path with a rule decides, whatever its state: a
/// revoked rule refuses and never falls through to a shorter path.
/// @dev Not upgradeable, so that "which code judged this reading" has one
/// answer. Numbers are millionths of the unit, times are milliseconds since
/// 1970, and 0 in a limit means "not limited".
contract RuleManager is AccessControl, Pausable {
    /// @notice May set and revoke rules, pause and unpause.
    bytes32 public constant RULE_ADMIN_ROLE = keccak256("RULE_ADMIN_ROLE");

    uint256 public constant MAX_GROUP_BYTES = 128;
    uint256 public constant MAX_LIMITS = 64;
    uint256 public constant MAX_SPAN = 3650 days * 1000; // ms, of an age

    /// @notice Why a reading is refused. The numbers are those of Go's
    /// flow.Reason, which has some more that no contract can find.
    enum Reason {
        Accepted,
        NoRule,
        Revoked,
        WrongType,
        WrongUnit,
        TooLow,
        TooHigh,
        TooFast,
        TooOld,
        InFuture,
        TooLarge,
        MissingField,
        BadSignature,
        OutOfSequence,
        Paused
    }

    /// @notice What one kind of reading must be.
    struct Limit {
        bytes32 kind; // LOINC code, ASCII, zeros behind
        bytes32 unit; // UCUM code, ASCII, zeros behind
        int64 min; // 10^-6 unit; smaller is TooLow
        int64 max; // 10^-6 unit; larger is TooHigh
        uint64 maxAge; // ms from the first sample to the judging
        uint64 maxAhead; // ms the first sample may lie ahead of the judge's clock
        uint32 maxRate; // samples a second
        uint32 maxSamples; // in one reading
        uint64 version; // of the rule when the limit was last changed; ignored on input
        bool revoked; // ignored on input
    }

    struct Rule {
        string group; // the path, or a beginning of it
        uint64 version; // from 1, +1 on every change of this rule
        bool revoked;
        Limit[] limits;
    }

    /// @notice A rule as it is asked for.
    struct Draft {
        string group;
        Limit[] limits;
    }

    /// @notice What a judge knows of a reading. A field that is zero is missing.
    struct Reading {
        string group; // from the device's certificate
        bytes12 device; // EPC-96
        bytes32 kind;
        bytes32 unit;
        int128 low; // smallest sample, 10^-6 unit
        int128 high; // largest sample, 10^-6 unit
        uint32 samples; // how many
        uint64 period; // ns between samples, rounded down; 0 when there is one
        int64 taken; // when the first sample was
        int64 judged; // the judge's clock
    }

    event RuleSet(string indexed groupHash, string group, uint64 version, uint64 epoch);
    event RuleRevoked(string indexed groupHash, string group, uint64 version, uint64 epoch);
    event LimitSet(string indexed groupHash, string group, bytes32 indexed kind, uint64 version, uint64 epoch);
    event LimitRevoked(string indexed groupHash, string group, bytes32 indexed kind, uint64 version, uint64 epoch);
    event EpochChanged(uint64 epoch);

    error BadGroup(string group, string why);
    error BadLimit(string group, bytes32 kind, string why);
    error NoSuchRule(string group);
    error NoSuchLimit(string group, bytes32 kind);
    error AlreadyRevoked(string group);

    /// @notice Rises by one with every change of anything that a verdict depends on.
    uint64 public epoch;

    Rule[] private _rules;
    mapping(bytes32 => uint256) private _place; // keccak256(group) => index in _rules, plus 1

    constructor(address admin, address ruleAdmin) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(RULE_ADMIN_ROLE, ruleAdmin);
    }

    /// @notice Replaces the limits of some groups, all or none. A revoked rule is in force again.
    function setRules(Draft[] calldata drafts) external onlyRole(RULE_ADMIN_ROLE) {
        uint64 next = _nextEpoch();
        for (uint256 i = 0; i < drafts.length; i++) {
            Rule storage r = _open(drafts[i].group);
            Limit[] calldata limits = drafts[i].limits;
            if (limits.length == 0 || limits.length > MAX_LIMITS) {
                revert BadLimit(r.group, 0, "a rule has 1 to 64 limits");
            }
            delete r.limits;
            r.revoked = false;
            r.version++;
            for (uint256 j = 0; j < limits.length; j++) {
                for (uint256 k = 0; k < j; k++) {
                    if (limits[k].kind == limits[j].kind) revert BadLimit(r.group, limits[j].kind, "named twice");
                }
                _put(r, r.limits.push(), limits[j]);
            }
            emit RuleSet(r.group, r.group, r.version, next);
        }
    }

    /// @notice Adds or replaces the limit of one kind. The rule must not be revoked.
    function setLimit(string calldata group, Limit calldata limit) external onlyRole(RULE_ADMIN_ROLE) {
        uint64 next = _nextEpoch();
        Rule storage r = _open(group);
        if (r.revoked) revert AlreadyRevoked(group);
        r.version++;
        (bool found, uint256 i) = _find(r, limit.kind);
        if (!found && r.limits.length == MAX_LIMITS) revert BadLimit(group, limit.kind, "a rule has 1 to 64 limits");
        _put(r, found ? r.limits[i] : r.limits.push(), limit);
        emit LimitSet(r.group, r.group, limit.kind, r.version, next);
    }

    /// @notice Withdraws the rule of a group: its readings are refused until it is set again.
    function revoke(string calldata group) external onlyRole(RULE_ADMIN_ROLE) {
        uint64 next = _nextEpoch();
        Rule storage r = _rule(group);
        if (r.revoked) revert AlreadyRevoked(group);
        r.revoked = true;
        r.version++;
        emit RuleRevoked(r.group, r.group, r.version, next);
    }

    /// @notice Withdraws the limit of one kind: its readings are refused until it is set again.
    function revokeLimit(string calldata group, bytes32 kind) external onlyRole(RULE_ADMIN_ROLE) {
        uint64 next = _nextEpoch();
        Rule storage r = _rule(group);
        (bool found, uint256 i) = _find(r, kind);
        if (!found) revert NoSuchLimit(group, kind);
        if (r.revoked || r.limits[i].revoked) revert AlreadyRevoked(group);
        r.version++;
        r.limits[i].revoked = true;
        r.limits[i].version = r.version;
        emit LimitRevoked(r.group, r.group, kind, r.version, next);
    }

    /// @notice Refuses every reading until unpause.
    function pause() external onlyRole(RULE_ADMIN_ROLE) {
        _nextEpoch();
        _pause();
    }

    function unpause() external onlyRole(RULE_ADMIN_ROLE) {
        _nextEpoch();
        _unpause();
    }

    /// @notice What a cache must know to be valid, in one call.
    function state() external view returns (uint64 currentEpoch, bool isPaused, uint256 ruleCount) {
        return (epoch, paused(), _rules.length);
    }

    /// @notice At most count rules from number first on, in the order in which they were first set.
    function rules(uint256 first, uint256 count) external view returns (Rule[] memory page) {
        uint256 end = first + count;
        if (end > _rules.length) end = _rules.length;
        if (first >= end) return page;
        page = new Rule[](end - first);
        for (uint256 i = first; i < end; i++) page[i - first] = _rules[i];
    }

    /// @notice Judges a reading. What it refuses, it refuses for the first
    /// reason in the order of Reason; a paused manager refuses before all else.
    /// @return reason a number of Reason
    /// @return version of the rule that decided; 0 if there is none
    /// @return currentEpoch of all the rules
    function check(Reading calldata r)
        external
        view
        returns (uint32 reason, uint64 version, uint64 currentEpoch)
    {
        Reason why;
        (why, version) = _check(r);
        return (uint32(why), version, epoch);
    }

    function _check(Reading calldata r) private view returns (Reason, uint64) {
        if (paused()) return (Reason.Paused, 0);
        uint256 place = _resolve(bytes(r.group));
        if (place == 0) return (Reason.NoRule, 0);
        Rule storage rule = _rules[place - 1];
        uint64 version = rule.version;
        if (rule.revoked) return (Reason.Revoked, version);
        (bool found, uint256 i) = _find(rule, r.kind);
        if (!found) return (Reason.WrongType, version);
        return (_hold(rule.limits[i], r), version);
    }

    /// @dev Holds a reading against the limit of its kind.
    function _hold(Limit storage l, Reading calldata r) private view returns (Reason) {
        if (l.revoked) return Reason.Revoked;
        if (l.unit != r.unit) return Reason.WrongUnit;
        if (r.samples != 0) {
            if (r.low < l.min) return Reason.TooLow;
            if (r.high > l.max) return Reason.TooHigh;
        }
        // A period of 1/360 s is rounded down to whole nanoseconds: one more is
        // allowed for, or 360 samples a second would be faster than 360.
        if (r.period != 0 && l.maxRate != 0 && (uint256(r.period) + 1) * l.maxRate < 1e9) return Reason.TooFast;
        if (r.taken != 0) {
            int256 age = int256(r.judged) - int256(r.taken);
            if (l.maxAge != 0 && age > int256(uint256(l.maxAge))) return Reason.TooOld;
            if (l.maxAhead != 0 && -age > int256(uint256(l.maxAhead))) return Reason.InFuture;
        }
        if (l.maxSamples != 0 && r.samples > l.maxSamples) return Reason.TooLarge;
        if (r.device == 0 || r.taken == 0 || r.samples == 0 || (r.samples > 1 && r.period == 0)) {
            return Reason.MissingField;
        }
        return Reason.Accepted;
    }

    /// @dev The place of the longest path with a rule, plus 1; 0 if there is none.
    function _resolve(bytes calldata group) private view returns (uint256 place) {
        place = _place[keccak256(group)];
        for (uint256 end = group.length; place == 0 && end > 0; ) {
            end--;
            if (end == 0 || group[end] == "/") place = _place[keccak256(group[:end])];
        }
    }

    function _find(Rule storage r, bytes32 kind) private view returns (bool, uint256) {
        for (uint256 i = 0; i < r.limits.length; i++) {
            if (r.limits[i].kind == kind) return (true, i);
        }
        return (false, 0);
    }

    function _rule(string calldata group) private view returns (Rule storage) {
        uint256 place = _place[keccak256(bytes(group))];
        if (place == 0) revert NoSuchRule(group);
        return _rules[place - 1];
    }

    /// @dev The rule of a group, made if it is new.
    function _open(string calldata group) private returns (Rule storage r) {
        bytes32 key = keccak256(bytes(group));
        uint256 place = _place[key];
        if (place != 0) return _rules[place - 1];
        _checkGroup(group);
        r = _rules.push();
        r.group = group;
        _place[key] = _rules.length;
    }

    function _put(Rule storage r, Limit storage to, Limit calldata from) private {
        if (from.kind == 0) revert BadLimit(r.group, from.kind, "the kind is missing");
        if (from.unit == 0) revert BadLimit(r.group, from.kind, "the unit is missing");
        if (from.maxAge > MAX_SPAN || from.maxAhead > MAX_SPAN) {
            revert BadLimit(r.group, from.kind, "age and ahead are at most ten years");
        }
        if (from.min > from.max) revert BadLimit(r.group, from.kind, "min is above max");
        if (!_isCode(from.kind) || !_isCode(from.unit)) {
            revert BadLimit(r.group, from.kind, "kind and unit are printable ASCII without spaces");
        }
        to.kind = from.kind;
        to.unit = from.unit;
        to.min = from.min;
        to.max = from.max;
        to.maxAge = from.maxAge;
        to.maxAhead = from.maxAhead;
        to.maxRate = from.maxRate;
        to.maxSamples = from.maxSamples;
        to.version = r.version;
        to.revoked = false;
    }

    /// @dev Printable ASCII, then zeros to the end.
    function _isCode(bytes32 code) private pure returns (bool) {
        bool ended = false;
        for (uint256 i = 0; i < 32; i++) {
            uint8 c = uint8(code[i]);
            if (c == 0) ended = true;
            else if (ended || c <= 0x20 || c >= 0x7f) return false;
        }
        return true;
    }

    /// @dev Parts of printable ASCII joined by single slashes, or nothing at all.
    function _checkGroup(string calldata group) private pure {
        bytes calldata g = bytes(group);
        if (g.length > MAX_GROUP_BYTES) revert BadGroup(group, "longer than 128 bytes");
        bool start = true; // at the start of a part
        for (uint256 i = 0; i < g.length; i++) {
            bytes1 c = g[i];
            if (c <= 0x20 || c >= 0x7f) revert BadGroup(group, "not printable ASCII");
            if (c == "/" && start) revert BadGroup(group, "a part is empty");
            start = c == "/";
        }
        if (g.length > 0 && start) revert BadGroup(group, "a part is empty");
    }

    function _nextEpoch() private returns (uint64) {
        epoch++;
        emit EpochChanged(epoch);
        return epoch;
    }
}
