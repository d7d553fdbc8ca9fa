// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Codes} from "./Codes.sol";
import {IRule} from "./IRule.sol";
import "./Reading.sol";

/// @notice How fast a signal of one kind may change, and how long it may stand still.
struct Slope {
    bytes32 kind; // LOINC code
    bytes32 unit; // UCUM code; readings and history are in it
    uint64 step; // 10^-6 unit that the value may change by within any time of per; 0: not limited
    uint64 per; // ms
    uint64 stuckFor; // ms for which the same value, or a flat line, is believed; 0: not limited
    uint64 jitter; // 10^-6 unit by which values may differ and still be the same
    uint8 past; // how many earlier readings it looks at, 1 to 16
}

/// @title A code rule: values that change faster than a body does, or not at all.
/// @dev A reading stands for all values from its smallest to its largest
/// sample; two readings differ by the distance between those ranges, 0 if they
/// overlap. Over a time longer than per, the step grows in proportion.
contract SlopeRule is IRule {
    bytes32 public constant kind = "wardflow.slope/1";
    uint64 public constant MAX_SPAN = 1 days * 1000; // ms
    uint8 public constant MAX_PAST = 16;

    bytes32 public digest;
    Slope private _p;

    error BadSlope(string why);

    constructor(Slope memory s) {
        if (!Codes.isCode(s.kind) || !Codes.isCode(s.unit)) {
            revert BadSlope("kind and unit are printable ASCII without spaces");
        }
        if (s.step == 0 && s.stuckFor == 0) revert BadSlope("neither step nor stuckFor is limited");
        if ((s.step == 0) != (s.per == 0)) revert BadSlope("a step needs a time that it is for");
        if (s.step > uint64(type(int64).max) || s.jitter > uint64(type(int64).max)) {
            revert BadSlope("step and jitter are at most 2^63 - 1");
        }
        if (s.per > MAX_SPAN || s.stuckFor > MAX_SPAN) revert BadSlope("times are at most a day");
        if (s.past == 0 || s.past > MAX_PAST) revert BadSlope("it looks at 1 to 16 earlier readings");
        _p = s;
        digest = keccak256(abi.encode(kind, s));
    }

    /// @notice The parameters.
    function params() external view returns (Slope memory) {
        return _p;
    }

    function needs() external view returns (uint8 past, bytes32[] memory kinds) {
        return (_p.past, new bytes32[](0));
    }

    function check(Reading calldata r) external view returns (uint32) {
        if (r.kind != _p.kind) return uint32(Reason.Accepted);
        if (r.unit != _p.unit) return uint32(Reason.WrongUnit);
        if (r.samples == 0) return uint32(Reason.Accepted); // a limit's matter
        Slope memory p = _p;
        if (p.stuckFor != 0 && _stuck(p, r)) return uint32(Reason.Stuck);
        if (p.step != 0 && _steep(p, r)) return uint32(Reason.TooSteep);
        return uint32(Reason.Accepted);
    }

    /// @dev Whether the value was the same, within jitter, from some earlier
    /// reading to the end of this one, for longer than stuckFor. A reading of
    /// which no sample is far from another is the same in itself; one that moves
    /// is the same as another that moved between the same two values.
    function _stuck(Slope memory p, Reading calldata r) private pure returns (bool) {
        int256 start = r.taken;
        int256 end = start;
        if (r.samples > 1) end += int256(uint256(r.samples - 1) * r.period / 1e6);
        bool same = int256(r.high) - int256(r.low) <= int256(uint256(p.jitter));
        uint256 n = r.past.length < p.past ? r.past.length : p.past;
        for (uint256 i = 0; i < n; i++) {
            Past calldata b = r.past[i];
            if (_apart(b.low, r.low) > p.jitter || _apart(b.high, r.high) > p.jitter) break;
            if (b.taken < start) start = b.taken;
            same = true;
        }
        return same && end - start > int256(uint256(p.stuckFor));
    }

    function _steep(Slope memory p, Reading calldata r) private pure returns (bool) {
        uint256 n = r.past.length < p.past ? r.past.length : p.past;
        for (uint256 i = 0; i < n; i++) {
            Past calldata b = r.past[i];
            uint256 time = r.taken > b.ended ? uint256(int256(r.taken) - int256(b.ended)) : 0;
            if (time < p.per) time = p.per;
            uint256 change = 0;
            if (r.low > b.high) change = _apart(r.low, b.high);
            else if (b.low > r.high) change = _apart(b.low, r.high);
            if (change * p.per > p.step * time) return true;
        }
        return false;
    }

    function _apart(int256 a, int256 b) private pure returns (uint256) {
        return uint256(a > b ? a - b : b - a);
    }
}
