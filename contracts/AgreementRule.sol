// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Codes} from "./Codes.sol";
import {IRule} from "./IRule.sol";
import "./Reading.sol";

/// @notice How two signals of one patient hang together.
struct Agreement {
    bytes32 kind; // LOINC code of one
    bytes32 other; // and of the other
    bytes32 unit; // UCUM code of both
    int64 least; // 10^-6 unit that kind minus other is at least
    int64 most; // and at most
    uint64 within; // ms between the two readings; those further apart are not compared
}

/// @title A code rule: two signals that must tell the same story, such as the
/// heart rate of an ECG and the pulse of an oximeter, or systolic above diastolic.
/// @dev A reading stands for all values from its smallest to its largest
/// sample: it agrees if some value of one and some of the other do. Where the
/// judge has no reading of the other kind, there is nothing to refuse.
contract AgreementRule is IRule {
    bytes32 public constant kind = "wardflow.agreement/1";
    uint64 public constant MAX_SPAN = 1 days * 1000; // ms

    bytes32 public digest;
    Agreement private _p;

    error BadAgreement(string why);

    constructor(Agreement memory a) {
        if (!Codes.isCode(a.kind) || !Codes.isCode(a.other) || !Codes.isCode(a.unit)) {
            revert BadAgreement("kinds and unit are printable ASCII without spaces");
        }
        if (a.kind == a.other) revert BadAgreement("a kind always agrees with itself");
        if (a.least > a.most) revert BadAgreement("least is above most");
        if (a.within == 0 || a.within > MAX_SPAN) revert BadAgreement("within is 1 ms to a day");
        _p = a;
        digest = keccak256(abi.encode(kind, a));
    }

    /// @notice The parameters.
    function params() external view returns (Agreement memory) {
        return _p;
    }

    function needs() external view returns (uint8 past, bytes32[] memory kinds) {
        kinds = new bytes32[](2);
        (kinds[0], kinds[1]) = (_p.kind, _p.other);
        return (0, kinds);
    }

    function check(Reading calldata r) external view returns (uint32) {
        Agreement memory p = _p;
        bool first = r.kind == p.kind;
        if (!first && r.kind != p.other) return uint32(Reason.Accepted);
        if (r.unit != p.unit) return uint32(Reason.WrongUnit);
        if (r.samples == 0) return uint32(Reason.Accepted); // a limit's matter
        bytes32 wanted = first ? p.other : p.kind;
        for (uint256 i = 0; i < r.beside.length; i++) {
            Beside calldata b = r.beside[i];
            if (b.kind != wanted || b.unit != p.unit || !_near(p, r, b.past)) continue;
            if (_differs(p, r, b.past, first)) return uint32(Reason.Disagrees);
        }
        return uint32(Reason.Accepted);
    }

    /// @dev Whether at most within lies between the two, 0 if they overlap.
    function _near(Agreement memory p, Reading calldata r, Past calldata b) private pure returns (bool) {
        int256 within = int256(uint256(p.within));
        int256 end = r.taken;
        if (r.samples > 1) end += int256(uint256(r.samples - 1) * r.period / 1e6);
        return int256(r.taken) - b.ended <= within && int256(b.taken) - end <= within;
    }

    function _differs(Agreement memory p, Reading calldata r, Past calldata b, bool first)
        private
        pure
        returns (bool)
    {
        (int256 low, int256 high) = first
            ? (int256(r.low) - b.high, int256(r.high) - b.low)
            : (int256(b.low) - r.high, int256(b.high) - r.low);
        return high < p.least || low > p.most;
    }
}
