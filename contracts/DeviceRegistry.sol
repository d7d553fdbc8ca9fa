// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {Signature, Signed} from "./Signed.sol";

/// @notice A certificate's key, bound to a device. Who does not know the salt learns no EPC.
struct Binding {
    bytes32 certificate; // SHA-256 of its DER
    bytes32 device; // keccak256(salt ‖ EPC), the salt 32 bytes, the EPC 12
    bytes32 x; // P-256 point of the certificate's key
    bytes32 y;
    bytes32 group; // keccak256 of the certificate's group
    uint64 notAfter; // s since 1970
}

/// @notice A binding and what became of it.
struct Registered {
    Binding binding;
    uint64 boundAt; // s since 1970; 0: the certificate is not known
    uint64 revokedAt; // s since 1970, of the certificate or of its device; 0: it is not revoked
    uint32 times; // how often the device had been revoked before
}

/// @notice What a device has behind it.
struct Device {
    uint64 revokedAt; // s since 1970, the last time
    uint32 times; // how often it was revoked
    bool barred; // revoked and not readmitted
}

/// @title Which certificates devices have, and which are revoked.
/// @notice Written by those who have REGISTRAR_ROLE at the rule manager, with
/// the P-256 keys of their certificates: the CAs that issue.
contract DeviceRegistry is Signed, Multicall {
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    uint256 public constant MAX_ITEMS = 64; // in one action

    enum Standing {
        Good,
        Unknown,
        Expired,
        Revoked,
        Forged
    }

    bytes32 private constant BINDING = keccak256(
        "Binding(bytes32 certificate,bytes32 device,bytes32 x,bytes32 y,bytes32 group,uint64 notAfter)"
    );
    bytes32 private constant BIND = keccak256(
        "Bind(Binding[] bindings,uint64 nonce,uint64 deadline)"
        "Binding(bytes32 certificate,bytes32 device,bytes32 x,bytes32 y,bytes32 group,uint64 notAfter)"
    );
    bytes32 private constant REVOKE =
        keccak256("Revoke(bytes32[] certificates,bytes32[] devices,uint64 nonce,uint64 deadline)");
    bytes32 private constant READMIT = keccak256("Readmit(bytes32[] devices,uint64 nonce,uint64 deadline)");

    /// @notice The rule manager, who says who may write.
    address public manager;

    mapping(bytes32 certificate => Registered) private _registered;
    mapping(bytes32 device => Device) public devices;
    bytes32[] private _certificates;

    event Bound(bytes32 indexed certificate, bytes32 indexed device, address indexed by, bytes32 group, uint64 notAfter);
    event CertificateRevoked(bytes32 indexed certificate, bytes32 indexed device, address indexed by);
    event DeviceRevoked(bytes32 indexed device, address indexed by);
    event DeviceReadmitted(bytes32 indexed device, address indexed by);

    error AlreadyAdopted(address manager);
    error NotRegistrar(address key);
    error BadBinding(bytes32 certificate, string why);
    error AlreadyBound(bytes32 certificate);
    error NotBound(bytes32 certificate);
    error AlreadyRevoked(bytes32 what);
    error DeviceIsRevoked(bytes32 device);
    error DeviceIsNotRevoked(bytes32 device);
    error BadCount(uint256 count);

    constructor() EIP712("Wardflow DeviceRegistry", "1") {}

    /// @notice Makes the caller the manager, once and for all.
    function adopt() external {
        if (manager != address(0)) revert AlreadyAdopted(manager);
        manager = msg.sender;
    }

    /// @notice Binds certificates to devices, all or none.
    function bind(Binding[] calldata bindings, uint64 nonce, uint64 deadline, Signature calldata sig) external {
        _count(bindings.length);
        bytes32[] memory hashes = new bytes32[](bindings.length);
        for (uint256 i = 0; i < hashes.length; i++) hashes[i] = keccak256(abi.encode(BINDING, bindings[i]));
        address by = _act(keccak256(abi.encode(BIND, keccak256(abi.encodePacked(hashes)), nonce, deadline)), nonce, deadline, sig);
        for (uint256 i = 0; i < bindings.length; i++) _bind(bindings[i], by);
    }

    /// @notice Revokes certificates, and devices with all their certificates, all or none.
    function revoke(
        bytes32[] calldata certificates,
        bytes32[] calldata which,
        uint64 nonce,
        uint64 deadline,
        Signature calldata sig
    ) external {
        _count(certificates.length + which.length);
        bytes32 hash = keccak256(
            abi.encode(
                REVOKE,
                keccak256(abi.encodePacked(certificates)),
                keccak256(abi.encodePacked(which)),
                nonce,
                deadline
            )
        );
        address by = _act(hash, nonce, deadline, sig);
        for (uint256 i = 0; i < certificates.length; i++) _revoke(certificates[i], by);
        for (uint256 i = 0; i < which.length; i++) _revokeDevice(which[i], by);
    }

    /// @notice Lets devices have certificates again. Those that they had stay revoked.
    function readmit(bytes32[] calldata which, uint64 nonce, uint64 deadline, Signature calldata sig) external {
        _count(which.length);
        bytes32 hash = keccak256(abi.encode(READMIT, keccak256(abi.encodePacked(which)), nonce, deadline));
        address by = _act(hash, nonce, deadline, sig);
        for (uint256 i = 0; i < which.length; i++) {
            Device storage d = devices[which[i]];
            if (!d.barred) revert DeviceIsNotRevoked(which[i]);
            d.barred = false;
            emit DeviceReadmitted(which[i], by);
        }
    }

    /// @notice What is known of a certificate.
    function registered(bytes32 certificate) public view returns (Registered memory r) {
        r = _registered[certificate];
        Device storage d = devices[r.binding.device];
        if (r.revokedAt == 0 && d.times > r.times) r.revokedAt = d.revokedAt;
    }

    /// @notice How many certificates were ever bound.
    function count() external view returns (uint256) {
        return _certificates.length;
    }

    /// @notice At most most certificates from number first on, in the order in which they were bound.
    function page(uint256 first, uint256 most) external view returns (Registered[] memory list) {
        uint256 left = first < _certificates.length ? _certificates.length - first : 0;
        list = new Registered[](most < left ? most : left);
        for (uint256 i = 0; i < list.length; i++) list[i] = registered(_certificates[first + i]);
    }

    /// @notice Whether a registered certificate's key signed a digest, and whether it may, now.
    function verify(bytes32 certificate, bytes32 digest, bytes32 r, bytes32 s) external view returns (Standing) {
        Registered memory reg = registered(certificate);
        if (reg.boundAt == 0) return Standing.Unknown;
        if (reg.revokedAt != 0) return Standing.Revoked;
        if (block.timestamp > reg.binding.notAfter) return Standing.Expired;
        return P256.verify(digest, r, s, reg.binding.x, reg.binding.y) ? Standing.Good : Standing.Forged;
    }

    function _act(bytes32 hash, uint64 nonce, uint64 deadline, Signature calldata sig) private returns (address by) {
        by = _signer(hash, deadline, sig);
        if (manager == address(0) || !IAccessControl(manager).hasRole(REGISTRAR_ROLE, by)) revert NotRegistrar(by);
        _useNonce(by, nonce);
    }

    function _count(uint256 n) private pure {
        if (n == 0 || n > MAX_ITEMS) revert BadCount(n);
    }

    function _bind(Binding calldata b, address by) private {
        if (b.certificate == 0 || b.device == 0) revert BadBinding(b.certificate, "certificate and device are missing");
        if (!P256.isValidPublicKey(b.x, b.y)) revert BadBinding(b.certificate, "the key is no point of P-256");
        if (b.notAfter < block.timestamp) revert BadBinding(b.certificate, "it has expired");
        if (_registered[b.certificate].boundAt != 0) revert AlreadyBound(b.certificate);
        Device storage d = devices[b.device];
        if (d.barred) revert DeviceIsRevoked(b.device);
        _registered[b.certificate] = Registered(b, uint64(block.timestamp), 0, d.times);
        _certificates.push(b.certificate);
        emit Bound(b.certificate, b.device, by, b.group, b.notAfter);
    }

    function _revoke(bytes32 certificate, address by) private {
        Registered storage r = _registered[certificate];
        if (r.boundAt == 0) revert NotBound(certificate);
        if (r.revokedAt != 0) revert AlreadyRevoked(certificate);
        r.revokedAt = uint64(block.timestamp);
        emit CertificateRevoked(certificate, r.binding.device, by);
    }

    function _revokeDevice(bytes32 device, address by) private {
        Device storage d = devices[device];
        if (d.barred) revert AlreadyRevoked(device);
        d.revokedAt = uint64(block.timestamp);
        d.times++;
        d.barred = true;
        emit DeviceRevoked(device, by);
    }
}
