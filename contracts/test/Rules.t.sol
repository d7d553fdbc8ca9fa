// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Agreement} from "../AgreementRule.sol";
import {IRule} from "../IRule.sol";
import {Limit} from "../LimitRule.sol";
import {Slope} from "../SlopeRule.sol";
import {Base, Manager, Past, Beside, Reading, Reason} from "./Base.sol";
import {Draft} from "../Entries.sol";

/// @dev Laws that hold for every reading there can be.
contract RulesTest is Base {
    bytes32 private constant HEART_RATE = "8867-4";
    bytes32 private constant PULSE = "8889-8";
    bytes32 private constant PER_MINUTE = "/min";

    IRule private limits;
    IRule private slope;
    IRule private agreement;
    Limit private limit =
        Limit(HEART_RATE, PER_MINUTE, 20e6, 250e6, 60_000, 2_000, 4, 100, 10_000, 64);

    function setUp() public {
        Limit[] memory all = new Limit[](1);
        all[0] = limit;
        limits = IRule(deploy("LimitRule", abi.encode(all)));
        slope = IRule(deploy("SlopeRule", abi.encode(Slope(HEART_RATE, PER_MINUTE, 20e6, 10_000, 60_000, 1e6, 16))));
        agreement = IRule(deploy("AgreementRule", abi.encode(Agreement(HEART_RATE, PULSE, PER_MINUTE, -10e6, 10e6, 5000))));
    }

    /// @dev A rule answers with a reason of its own, whatever it is asked.
    function testFuzz_AlwaysAnswers(Reading memory r, bool right) public view {
        if (right) (r.kind, r.unit) = (HEART_RATE, PER_MINUTE);
        for (uint256 i = 0; right && i < r.beside.length; i++) (r.beside[i].kind, r.beside[i].unit) = (PULSE, PER_MINUTE);
        uint32 a = limits.check(r);
        require(a == 0 || (a >= uint32(Reason.WrongType) && a <= uint32(Reason.MissingField)), "limits");
        uint32 b = slope.check(r);
        require(b == 0 || b == uint32(Reason.WrongUnit) || b == uint32(Reason.Stuck) || b == uint32(Reason.TooSteep), "slope");
        uint32 c = agreement.check(r);
        require(c == 0 || c == uint32(Reason.WrongUnit) || c == uint32(Reason.Disagrees), "agreement");
    }

    /// @dev What a limit accepts is within it, each border said once more and otherwise.
    function testFuzz_AcceptedIsWithin(Reading memory r, uint8 which) public view {
        _nudge(r, which);
        if (limits.check(r) != 0) return;
        require(r.kind == limit.kind && r.unit == limit.unit, "kind or unit");
        require(r.low >= 20e6 && r.high <= 250e6, "range");
        require(r.samples > 0 && r.samples <= 100 && r.size <= 10_000 && r.fields & 64 != 0, "size");
        require(r.samples == 1 || r.period > 0, "period");
        require(r.period == 0 || r.period >= 250_000_000 - 1, "rate inside");
        require(r.since < 0 || r.since >= 249_000_000, "rate between");
        require(r.device != 0 && r.taken != 0, "fields");
        require(int256(r.judged) - r.taken <= 60_000 && int256(r.taken) - r.judged <= 2_000, "age");
    }

    /// @dev Scaling past what happened long before changes nothing, and a signal equal to what was
    /// before is never too steep.
    function testFuzz_EqualIsNotSteep(Reading memory r, int64 value, uint8 n) public view {
        (r.kind, r.unit, r.low, r.high) = (HEART_RATE, PER_MINUTE, value, value);
        r.past = new Past[](n % 17);
        for (uint256 i = 0; i < r.past.length; i++) r.past[i] = Past(r.taken, r.taken, value, value);
        require(slope.check(r) != uint32(Reason.TooSteep), "too steep");
    }

    /// @dev Two signals agree or not whichever comes first.
    function testFuzz_AgreementIsSymmetric(int64 a, int64 b, int32 taken, int32 other) public view {
        Reading memory r;
        (r.kind, r.unit, r.samples, r.taken) = (HEART_RATE, PER_MINUTE, 1, taken);
        (r.low, r.high) = (a, a);
        r.beside = new Beside[](1);
        r.beside[0] = Beside(PULSE, PER_MINUTE, Past(other, other, b, b));
        uint32 one = agreement.check(r);
        (r.kind, r.low, r.high, r.taken) = (PULSE, b, b, other);
        r.beside[0] = Beside(HEART_RATE, PER_MINUTE, Past(taken, taken, a, a));
        require(agreement.check(r) == one, "not symmetric");
    }

    /// @dev Makes most of a reading good, so that the borders of the rest are met.
    function _nudge(Reading memory r, uint8 which) private pure {
        (r.kind, r.unit) = (HEART_RATE, PER_MINUTE);
        r.fields |= 64;
        if (r.device == 0) r.device = bytes12(uint96(1));
        if (which != 1) r.low = 20e6 + int128(uint128(uint64(uint128(r.low)))) % 115e6;
        unchecked {
            // Beside the largest there is, high is below low: a judge's mistake, that must do no harm.
            if (which != 2) r.high = r.low + int128(uint128(uint64(uint128(r.high)))) % 115e6;
        }
        if (which != 3) r.samples = 1 + r.samples % 100;
        if (which != 4) r.size %= 10_001;
        if (which != 5) r.period = 249_999_999 + r.period % 10;
        if (which != 6) r.since = 249_000_000 + int64(uint64(r.since) % 10);
        if (which != 7) r.taken = 1_800_000_000_000 + int64(uint64(r.taken) % 1000);
        if (which != 8) r.judged = 1_800_000_000_000 - 1_000 + int64(uint64(r.judged) % 60_000);
    }
}
