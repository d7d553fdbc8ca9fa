// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Codes} from "./Codes.sol";
import {IRule} from "./IRule.sol";
import "./Reading.sol";

/// @notice What readings of one kind must be. In a number, 0 means "not
/// limited", save for min and max.
struct Limit {
    bytes32 kind; // LOINC code, ASCII, zeros behind
    bytes32 unit; // UCUM code, ASCII, zeros behind
    int64 min; // 10^-6 unit; smaller is TooLow
    int64 max; // 10^-6 unit; larger is TooHigh
    uint64 maxAge; // ms from the first sample to the judging
    uint64 maxAhead; // ms the first sample may lie ahead of the judge's clock
    uint32 maxRate; // samples a second, inside a reading and from one reading to the next
    uint32 maxSamples; // in one reading
    uint32 maxBytes; // of one reading as it was signed; one of unknown size passes
    uint32 fields; // FIELD_ bits that must be there; device, time, samples and period must anyway
}

/// @title A declarative rule: each kind it names has a limit, others are refused.
/// @dev What it refuses, it refuses for the first reason in the order of Reason.
contract LimitRule is IRule {
    bytes32 public constant kind = "wardflow.limits/1";
    uint256 public constant MAX_LIMITS = 64;
    uint256 public constant MAX_SPAN = 3650 days * 1000; // ms, of an age

    /// @notice ns by which the gap between two readings may be shorter than the
    /// rate allows, as devices stamp readings in whole milliseconds.
    int256 public constant GAP_TOLERANCE = 1_000_000;

    bytes32 public digest;

    bytes32[] private _kinds;
    mapping(bytes32 => Limit) private _limits;

    error BadLimit(bytes32 kind, string why);

    /// @param given 1 to 64 limits, their kinds rising, so that equal rules have equal digests
    constructor(Limit[] memory given) {
        if (given.length == 0 || given.length > MAX_LIMITS) revert BadLimit(0, "a rule has 1 to 64 limits");
        for (uint256 i = 0; i < given.length; i++) {
            Limit memory l = given[i];
            _validate(l);
            if (i > 0 && l.kind <= given[i - 1].kind) revert BadLimit(l.kind, "kinds must rise, each named once");
            _kinds.push(l.kind);
            _limits[l.kind] = l;
        }
        digest = keccak256(abi.encode(kind, given));
    }

    /// @notice How many limits there are.
    function count() external view returns (uint256) {
        return _kinds.length;
    }

    /// @notice At most most limits from number first on, by kind.
    function limits(uint256 first, uint256 most) external view returns (Limit[] memory page) {
        uint256 left = first < _kinds.length ? _kinds.length - first : 0;
        page = new Limit[](most < left ? most : left);
        for (uint256 i = 0; i < page.length; i++) page[i] = _limits[_kinds[first + i]];
    }

    function needs() external pure returns (uint8 past, bytes32[] memory kinds) {
        return (0, new bytes32[](0));
    }

    function check(Reading calldata r) external view returns (uint32) {
        Limit storage l = _limits[r.kind];
        if (r.kind == 0 || l.kind != r.kind) return uint32(Reason.WrongType);
        if (l.unit != r.unit) return uint32(Reason.WrongUnit);
        if (r.samples != 0) {
            if (r.low < l.min) return uint32(Reason.TooLow);
            if (r.high > l.max) return uint32(Reason.TooHigh);
        }
        if (_tooFast(l.maxRate, r)) return uint32(Reason.TooFast);
        if (r.taken != 0) {
            int256 age = int256(r.judged) - int256(r.taken);
            if (l.maxAge != 0 && age > int256(uint256(l.maxAge))) return uint32(Reason.TooOld);
            if (l.maxAhead != 0 && -age > int256(uint256(l.maxAhead))) return uint32(Reason.InFuture);
        }
        if (l.maxSamples != 0 && r.samples > l.maxSamples) return uint32(Reason.TooLarge);
        if (l.maxBytes != 0 && r.size > l.maxBytes) return uint32(Reason.TooLarge);
        if (_lacks(l.fields, r)) return uint32(Reason.MissingField);
        return uint32(Reason.Accepted);
    }

    function _tooFast(uint32 rate, Reading calldata r) private pure returns (bool) {
        if (rate == 0) return false;
        // A period of 1/360 s is rounded down to whole nanoseconds: one more is
        // allowed for, or 360 samples a second would be faster than 360.
        if (r.period != 0 && (uint256(r.period) + 1) * rate < 1e9) return true;
        return r.since >= 0 && (int256(r.since) + GAP_TOLERANCE) * int256(uint256(rate)) < 1e9;
    }

    function _lacks(uint32 required, Reading calldata r) private pure returns (bool) {
        return r.device == 0 || r.taken == 0 || r.samples == 0 || (r.samples > 1 && r.period == 0)
            || r.fields & required != required;
    }

    function _validate(Limit memory l) private pure {
        if (!Codes.isCode(l.kind) || !Codes.isCode(l.unit)) {
            revert BadLimit(l.kind, "kind and unit are printable ASCII without spaces");
        }
        if (l.min > l.max) revert BadLimit(l.kind, "min is above max");
        if (l.maxAge > MAX_SPAN || l.maxAhead > MAX_SPAN) {
            revert BadLimit(l.kind, "age and ahead are at most ten years");
        }
        if (l.fields > FIELDS_ALL) revert BadLimit(l.kind, "fields names a field that there is not");
    }
}
