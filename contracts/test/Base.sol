// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Draft, Entry, Part} from "../Entries.sol";
import {Change, Op, Proposal} from "../Proposals.sol";
import {Beside, Past, Reading, Reason} from "../Reading.sol";
import {Signature} from "../Signed.sol";

/// @dev What of forge's cheat codes is used here.
interface Vm {
    function readFile(string calldata path) external view returns (string memory);
    function parseBytes(string calldata hexText) external pure returns (bytes memory);
    function trim(string calldata text) external pure returns (string memory);
    function warp(uint256 time) external;
    function etch(address account, bytes calldata code) external;
    function assume(bool condition) external pure;
    function signP256(uint256 key, bytes32 digest) external pure returns (bytes32 r, bytes32 s);
    function publicKeyP256(uint256 key) external pure returns (uint256 x, uint256 y);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function addr(uint256 key) external pure returns (address);
}

struct ManagerState {
    uint64 epoch;
    uint64 authority;
    uint64 entries;
    uint64 proposals;
    bool paused;
    address successor;
}

interface Manager {
    function propose(Change[] calldata, uint64 nonce, uint64 deadline, Signature calldata) external returns (bytes32);
    function approve(bytes32 id, uint64 deadline, Signature calldata) external;
    function cancel(bytes32 id, uint64 deadline, Signature calldata) external;
    function execute(bytes32 id) external;
    function pause(uint64 nonce, uint64 deadline, Signature calldata) external;
    function proposal(bytes32 id) external view returns (Proposal memory);
    function proposalId(address by, Change[] calldata, uint64 nonce, uint64 deadline) external view returns (bytes32);
    function entries(uint256 first, uint256 most) external view returns (Entry[] memory);
    function state() external view returns (ManagerState memory);
    function nonces(address key) external view returns (uint64);
    function approvals() external view returns (uint8);
    function versionOf(bytes12 device, string calldata group) external view returns (uint64);
    function getRoleMembers(bytes32 role) external view returns (address[] memory);
    function hasRole(bytes32 role, address key) external view returns (bool);
    function check(Reading calldata) external view returns (uint32, address, uint64, uint64);
}

/// @dev Deploys what is in build, and signs.
abstract contract Base {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    bytes32 internal constant ADMIN = keccak256("RULE_ADMIN_ROLE");
    bytes32 internal constant PAUSER = keccak256("PAUSER_ROLE");
    bytes32 internal constant REGISTRAR = keccak256("REGISTRAR_ROLE");

    function deploy(string memory name, bytes memory args) internal returns (address made) {
        string memory text = vm.readFile(string.concat("build/", name, ".bin"));
        bytes memory code = bytes.concat(vm.parseBytes(string.concat("0x", vm.trim(text))), args);
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
        }
        require(made != address(0), string.concat("could not deploy ", name));
    }

    function deployManager(address[] memory admins, uint8 needed, Draft[] memory first) internal returns (Manager) {
        address anchor = deploy("AuditAnchor", "");
        address registry = deploy("DeviceRegistry", "");
        return Manager(
            deploy("RuleManager", abi.encode(admins, new address[](0), needed, first, anchor, registry))
        );
    }

    function part(address rule) internal view returns (Part[] memory parts) {
        (bool ok, bytes memory out) = rule.staticcall(abi.encodeWithSignature("digest()"));
        require(ok, "no digest");
        parts = new Part[](1);
        parts[0] = Part(rule, rule.codehash, abi.decode(out, (bytes32)));
    }

    function keyOf(uint256 key) internal pure returns (address) {
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        return address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }

    /// @dev The signature with the smaller s of a typed struct at a contract.
    function signed(uint256 key, string memory name, address contract_, bytes32 hash)
        internal
        view
        returns (Signature memory sig)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                contract_
            )
        );
        (bytes32 r, bytes32 s) = vm.signP256(key, keccak256(abi.encodePacked(hex"1901", domain, hash)));
        if (uint256(s) > N / 2) s = bytes32(N - uint256(s));
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        return Signature(bytes32(x), bytes32(y), r, s);
    }

    function signedPause(uint256 key, Manager m, uint64 nonce, uint64 deadline)
        internal
        view
        returns (Signature memory)
    {
        bytes32 hash = keccak256(abi.encode(keccak256("Pause(uint64 nonce,uint64 deadline)"), nonce, deadline));
        return signed(key, "Wardflow RuleManager", address(m), hash);
    }

    function signedApproval(uint256 key, Manager m, bytes32 id, uint64 deadline)
        internal
        view
        returns (Signature memory)
    {
        bytes32 hash = keccak256(abi.encode(keccak256("Approve(bytes32 id,uint64 deadline)"), id, deadline));
        return signed(key, "Wardflow RuleManager", address(m), hash);
    }

    function signedCancel(uint256 key, Manager m, bytes32 id, uint64 deadline)
        internal
        view
        returns (Signature memory)
    {
        bytes32 hash = keccak256(abi.encode(keccak256("Cancel(bytes32 id,uint64 deadline)"), id, deadline));
        return signed(key, "Wardflow RuleManager", address(m), hash);
    }
}
