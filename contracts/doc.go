// Package contracts holds the Solidity sources of the rule chain:
//
//   - IRule, and the rules LimitRule, SlopeRule and AgreementRule: contracts
//     that never change and say what they think of a [Reading];
//   - RuleManager (with Entries, Proposals and Signed): which rules hold for
//     whom, and who may change that;
//   - AuditAnchor: the heads of the logs of checks;
//   - DeviceRegistry: the keys of devices, and which are revoked.
//
// What Go needs of them is in package build, made by
//
//	go generate ./contracts
//
// with node and npm; nobody else needs either. The tests run the contracts in
// go-ethereum's EVM (*_test.go), and with forge, where npm has it for this
// machine, whatever forge thinks of (test/*.t.sol). testdata/gas.txt records
// what each action costs.
//
// [Reading]: Reading.sol
package contracts

//go:generate npm ci --no-audit --no-fund --silent
//go:generate node compile.mjs
//go:generate go run ./bind build
