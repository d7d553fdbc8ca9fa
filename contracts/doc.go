// Package contracts holds the Solidity sources of the rule chain. What Go needs
// of them is in package build, made by
//
//	go generate ./contracts
//
// with node and npm; nobody else needs either.
package contracts

//go:generate npm ci --no-audit --no-fund --silent
//go:generate node compile.mjs
//go:generate go run ./bind build
