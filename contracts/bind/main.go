// Command bind makes Go bindings of the compiled contracts in a folder: one
// file, in which contracts share the structs that they share.
//
//	go run ./bind build
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi/abigen"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: bind FOLDER")
		os.Exit(2)
	}
	if err := bind(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "bind:", err)
		os.Exit(1)
	}
}

func bind(folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.abi"))
	if err != nil {
		return err
	}
	var names, abis, codes []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		base := strings.TrimSuffix(file, ".abi")
		code, err := os.ReadFile(base + ".bin")
		if err != nil {
			return err
		}
		name := filepath.Base(base)
		abi, err := bound(name, text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		names = append(names, name)
		abis = append(abis, string(abi))
		codes = append(codes, strings.TrimSpace(string(code)))
	}
	text, err := abigen.BindV2(names, abis, codes, "build", nil, nil)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "bindings.go"), []byte(text), 0o644)
}

// bound is what Go gets of a contract's ABI. What several contracts have would
// be bound several times under one name: the functions of every rule are bound
// as those of IRule, and what EIP-5267 and constructors' helpers say of
// themselves nobody here asks.
func bound(name string, abi []byte) ([]byte, error) {
	var all, kept []map[string]any
	if err := json.Unmarshal(abi, &all); err != nil {
		return nil, err
	}
	for _, item := range all {
		switch item["name"] {
		case "kind", "digest", "needs", "check":
			if name != "IRule" && name != "RuleManager" {
				continue
			}
		case "eip712Domain", "EIP712DomainChanged", "InvalidShortString", "StringTooLong":
			continue
		}
		kept = append(kept, item)
	}
	return json.Marshal(kept)
}
