// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Reading} from "./Reading.sol";

/// @title What a rule is: a contract that never changes after it was made.
interface IRule {
    /// @notice Which sort of rule, such as "wardflow.limits/1", ASCII, zeros
    /// behind: how its parameters are read.
    function kind() external pure returns (bytes32);

    /// @notice keccak256 of the kind and the parameters: equal parameters, equal digest.
    function digest() external view returns (bytes32);

    /// @notice How many of Reading.past the rule looks at, and which kinds of Reading.beside.
    function needs() external view returns (uint8 past, bytes32[] memory kinds);

    /// @notice Judges a reading.
    /// @return reason a number of Reason: 0 accepts; a rule that a reading is no matter of accepts it
    function check(Reading calldata r) external view returns (uint32 reason);
}
