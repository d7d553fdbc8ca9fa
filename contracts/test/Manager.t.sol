// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Limit} from "../LimitRule.sol";
import {Signature} from "../Signed.sol";
import {Base, Change, Draft, Entry, Manager, ManagerState, Op, Part, Proposal, Reading} from "./Base.sol";

/// @dev Does what admins, strangers and attackers may try, in any order, and
/// keeps its own account of what must come of it.
contract Handler is Base {
    Manager public immutable manager;
    address public immutable rule;

    bytes32[] public ids;
    mapping(bytes32 id => address[]) public approvers; // of what the manager took
    mapping(address key => uint256) public keyNumber;
    uint64 public executed;
    uint64 public paused;
    string public broken; // a law that did not hold; what reverts is undone, so nothing here may

    constructor(Manager manager_, address rule_) {
        (manager, rule) = (manager_, rule_);
        for (uint256 i = 1; i <= 6; i++) keyNumber[keyOf(i)] = i;
    }

    function propose(uint8 who, uint8 op, uint8 scope, uint8 key, bool stale) external {
        Change[] memory changes = new Change[](1);
        changes[0] = _change(op % 6, scope % 4, 1 + key % 6, stale);
        uint256 by = 1 + who % 6;
        uint64 nonce = manager.nonces(keyOf(by));
        uint64 deadline = uint64(block.timestamp + 1000);
        bytes32 id = manager.proposalId(keyOf(by), changes, nonce, deadline);
        bool may = manager.hasRole(ADMIN, keyOf(by));
        manager.propose(changes, nonce, deadline, signed(by, "Wardflow RuleManager", address(manager), id));
        _must(may, "a stranger proposed");
        ids.push(id);
        approvers[id].push(keyOf(by));
    }

    function approve(uint8 who, uint8 which) external {
        bytes32 id = _pick(which);
        uint256 by = 1 + who % 6;
        bool may = manager.hasRole(ADMIN, keyOf(by));
        manager.approve(id, uint64(block.timestamp), signedApproval(by, manager, id, uint64(block.timestamp)));
        _must(may, "a stranger approved");
        for (uint256 i = 0; i < approvers[id].length; i++) _must(approvers[id][i] != keyOf(by), "approved twice");
        approvers[id].push(keyOf(by));
    }

    function execute(uint8 which) external {
        bytes32 id = _pick(which);
        uint256 has = 0;
        for (uint256 i = 0; i < approvers[id].length; i++) if (manager.hasRole(ADMIN, approvers[id][i])) has++;
        manager.execute(id);
        _must(has >= manager.approvals(), "carried out with too few approvals");
        executed++;
    }

    /// @dev The way to a change that was agreed on, so that there are some.
    function agree(uint8 op, uint8 scope, uint8 key) external {
        address[] memory admins = manager.getRoleMembers(ADMIN);
        (uint256 one, uint256 two) = (keyNumber[admins[0]], keyNumber[admins[1]]);
        this.propose(uint8(one - 1), op, scope, key, false);
        bytes32 id = ids[ids.length - 1];
        uint64 deadline = uint64(block.timestamp);
        manager.approve(id, deadline, signedApproval(two, manager, id, deadline));
        approvers[id].push(keyOf(two));
        manager.execute(id);
        executed++;
    }

    function cancel(uint8 who, uint8 which) external {
        bytes32 id = _pick(which);
        uint256 by = 1 + who % 6;
        bool may = manager.hasRole(ADMIN, keyOf(by));
        manager.cancel(id, uint64(block.timestamp), signedCancel(by, manager, id, uint64(block.timestamp)));
        _must(may, "a stranger cancelled");
    }

    function pause(uint8 who) external {
        uint256 by = 1 + who % 6;
        uint64 nonce = manager.nonces(keyOf(by));
        bool may = manager.hasRole(ADMIN, keyOf(by)) || manager.hasRole(PAUSER, keyOf(by));
        manager.pause(nonce, uint64(block.timestamp), signedPause(by, manager, nonce, uint64(block.timestamp)));
        _must(may, "a stranger paused");
        paused++;
    }

    function wait(uint16 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 600);
    }

    function count() external view returns (uint256) {
        return ids.length;
    }

    function approversOf(bytes32 id) external view returns (address[] memory) {
        return approvers[id];
    }

    function _must(bool holds, string memory law) private {
        if (!holds) broken = law;
    }

    function _pick(uint8 which) private view returns (bytes32) {
        return ids.length == 0 ? bytes32(0) : ids[which % ids.length];
    }

    function _change(uint8 op, uint8 scope, uint8 key, bool stale) private view returns (Change memory c) {
        string[4] memory groups = ["", "h1", "h1/3", "h1/3/icu-1"];
        c.op = Op(op);
        if (c.op == Op.Set || c.op == Op.Retire) {
            c.group = groups[scope];
            c.base = manager.versionOf(0, c.group);
            if (c.op == Op.Set) c.parts = part(rule);
        } else {
            c.base = manager.state().authority;
            (c.who, c.role) = (keyOf(key), scope == 0 ? PAUSER : ADMIN);
            if (c.op == Op.Succeed) c.who = rule;
        }
        if (stale) c.base++;
    }
}

contract ManagerTest is Base {
    Manager private manager;
    Handler private handler;
    address private rule;

    function setUp() public {
        Limit[] memory limits = new Limit[](1);
        limits[0] = Limit("8867-4", "/min", 20e6, 250e6, 0, 0, 0, 0, 0, 0);
        rule = deploy("LimitRule", abi.encode(limits));
        address[] memory admins = new address[](3);
        for (uint256 i = 0; i < 3; i++) admins[i] = keyOf(i + 1);
        Draft[] memory first = new Draft[](1);
        first[0] = Draft(0, "h1", 0, part(rule));
        manager = deployManager(admins, 2, first);
        handler = new Handler(manager, rule);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_Manager() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
        _enoughAdmins();
        _onlyAgreedChanges();
        _approvalsAreThoseGiven();
    }

    function _enoughAdmins() private view {
        require(manager.getRoleMembers(ADMIN).length >= manager.approvals(), "too few admins");
    }

    function _onlyAgreedChanges() private view {
        ManagerState memory s = manager.state();
        require(s.epoch <= 1 + handler.executed() + handler.paused(), "more epochs than changes");
        require(s.authority <= handler.executed() + handler.paused(), "more authority than changes");
        require(s.proposals == handler.count(), "a proposal of nobody");
        uint64 versions = 0;
        Entry[] memory all = manager.entries(0, 100);
        for (uint256 i = 0; i < all.length; i++) {
            require(all[i].version > 0 && all[i].parts.length == 1, "an entry without version or parts");
            versions += all[i].version;
        }
        require(versions <= 1 + handler.executed(), "more versions than changes");
    }

    function _approvalsAreThoseGiven() private view {
        for (uint256 i = 0; i < handler.count(); i++) {
            Proposal memory p = manager.proposal(handler.ids(i));
            require(
                keccak256(abi.encode(p.approvers)) == keccak256(abi.encode(handler.approversOf(p.id))),
                "other approvers than signed"
            );
        }
    }

    /// @dev The longest beginning of a group that has an entry decides, found here the slow way.
    function testFuzz_Resolve(uint8[6] memory picks, uint8[4] memory entries_) public {
        Draft[] memory first = new Draft[](4);
        uint256 n = 0;
        for (uint256 i = 0; i < 4; i++) {
            string memory g = _path(entries_[i], entries_[i] % 4);
            bool twice = false;
            for (uint256 j = 0; j < n; j++) twice = twice || _same(first[j].group, g);
            if (!twice) first[n++] = Draft(0, g, 0, part(rule));
        }
        assembly ("memory-safe") {
            mstore(first, n)
        }
        address[] memory admins = new address[](2);
        (admins[0], admins[1]) = (keyOf(1), keyOf(2));
        Manager m = deployManager(admins, 2, first);
        for (uint256 i = 0; i < picks.length; i++) {
            Reading memory r;
            r.group = _path(picks[i], 4);
            (uint32 reason,, uint64 version,) = m.check(r);
            bool found = false;
            for (uint256 j = 0; j < n; j++) found = found || _begins(r.group, first[j].group);
            require(found == (version == 1) && found == (reason != 1), "another entry than the slow way finds");
        }
    }

    /// @dev Only the very signature pauses: with any bit of it changed, or the larger s, it is none.
    function testFuzz_Signature(uint256 key, uint64 deadline, uint8 field, uint8 bit) public {
        key = 1 + key % (N - 1);
        address[] memory admins = new address[](2);
        (admins[0], admins[1]) = (keyOf(key), address(1));
        vm.assume(deadline >= block.timestamp);
        Manager m = deployManager(admins, 2, new Draft[](0));
        Signature memory sig = signedPause(key, m, 0, deadline);
        Signature memory bad = Signature(sig.x, sig.y, sig.r, sig.s);
        bytes32 flip = bytes32(uint256(1) << bit);
        if (field % 5 == 0) bad.x ^= flip;
        else if (field % 5 == 1) bad.y ^= flip;
        else if (field % 5 == 2) bad.r ^= flip;
        else if (field % 5 == 3) bad.s ^= flip;
        else bad.s = bytes32(N - uint256(sig.s));
        (bool ok, bytes memory why) = address(m).call(abi.encodeCall(Manager.pause, (0, deadline, bad)));
        require(!ok && bytes4(why) == bytes4(keccak256("BadSignature()")), "a changed signature was taken");
        m.pause(0, deadline, sig);
        require(m.state().paused, "not paused");
    }

    function _path(uint8 bits, uint256 parts) private pure returns (string memory path) {
        for (uint256 i = 0; i < parts; i++) {
            path = string.concat(path, i == 0 ? "" : "/", (bits >> i) & 1 == 0 ? "a" : "ab");
        }
    }

    function _same(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }

    function _begins(string memory group, string memory start) private pure returns (bool) {
        (bytes memory g, bytes memory s) = (bytes(group), bytes(start));
        if (s.length == 0) return true;
        if (s.length > g.length) return false;
        for (uint256 i = 0; i < s.length; i++) if (g[i] != s[i]) return false;
        return s.length == g.length || g[s.length] == "/";
    }
}
