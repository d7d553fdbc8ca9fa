// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The written forms of LOINC and UCUM codes and of groups.
library Codes {
    uint256 internal constant MAX_GROUP_BYTES = 128;

    /// @notice Whether code is printable ASCII, then zeros to the end, and not empty.
    function isCode(bytes32 code) internal pure returns (bool) {
        if (code == 0) return false;
        bool ended = false;
        for (uint256 i = 0; i < 32; i++) {
            uint8 c = uint8(code[i]);
            if (c == 0) ended = true;
            else if (ended || c <= 0x20 || c >= 0x7f) return false;
        }
        return true;
    }

    /// @notice What is wrong with a group, "" if nothing: parts of printable
    /// ASCII joined by single slashes, or nothing at all.
    function mistake(string memory group) internal pure returns (string memory) {
        bytes memory g = bytes(group);
        if (g.length > MAX_GROUP_BYTES) return "longer than 128 bytes";
        bool start = true; // at the start of a part
        for (uint256 i = 0; i < g.length; i++) {
            bytes1 c = g[i];
            if (c <= 0x20 || c >= 0x7f) return "not printable ASCII";
            if (c == "/" && start) return "a part is empty";
            start = c == "/";
        }
        if (g.length > 0 && start) return "a part is empty";
        return "";
    }
}
