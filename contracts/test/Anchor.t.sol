// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anchor, Head} from "../AuditAnchor.sol";
import {Base} from "./Base.sol";

interface Anchors {
    function anchor(Head[] calldata, bytes[] calldata) external;
    function heads(address log) external view returns (Anchor memory);
}

/// @dev Anchors heads of three logs in any order, forged ones among them.
contract Logs is Base {
    Anchors public immutable anchors;
    mapping(uint256 key => uint64) public size;
    mapping(uint256 key => bytes32) public root;
    bool public broken; // a head that does not follow was taken

    constructor(Anchors anchors_) {
        anchors = anchors_;
    }

    function anchor(uint8 which, uint8 signer, uint64 from, uint32 more, bytes32 root_, bool right) external {
        uint256 log = 1 + which % 3;
        uint256 by = right ? log : 1 + signer % 3;
        if (right) from = size[log];
        Head[] memory list = new Head[](1);
        list[0] = Head(vm.addr(log), from, from + more, root_, 1, 2);
        bytes[] memory sigs = new bytes[](1);
        sigs[0] = _sign(by, list[0]);
        anchors.anchor(list, sigs);
        // What reverts here is undone, so it is only noted.
        broken = broken || by != log || from != size[log] || more == 0;
        (size[log], root[log]) = (from + more, root_);
    }

    function _sign(uint256 key, Head memory h) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Wardflow AuditAnchor"),
                keccak256("1"),
                block.chainid,
                address(anchors)
            )
        );
        bytes32 hash = keccak256(
            abi.encode(keccak256("Head(address log,uint64 from,uint64 to,bytes32 root,uint64 epoch,uint64 madeAt)"), h)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, hash)));
        return abi.encodePacked(r, s, v);
    }
}

contract AnchorTest is Base {
    Anchors private anchors;
    Logs private logs;

    function setUp() public {
        anchors = Anchors(deploy("AuditAnchor", ""));
        logs = new Logs(anchors);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(logs);
    }

    function invariant_OneHistory() public view {
        require(!logs.broken(), "a head that does not follow was taken");
        for (uint256 key = 1; key <= 3; key++) {
            Anchor memory a = anchors.heads(vm.addr(key));
            require(a.size == logs.size(key) && a.root == logs.root(key), "another history than the log's");
        }
    }
}
