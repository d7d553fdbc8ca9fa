package build

import (
	"embed"
	"encoding/hex"
	"path"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

//go:embed *.runtime london/*.bin london/*.runtime
var files embed.FS

// London is the creation bytecode, in hex, of a contract such as "RuleManager"
// for chains that stopped at the London fork: "" if it is not made for them.
// Its ABI is the same.
func London(name string) string {
	text, err := files.ReadFile("london/" + name + ".bin")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// Rules are the code hashes of our own rule contracts, each with the name of
// its source. A contract with such a hash is that source, whatever its
// parameters, which are in its storage.
func Rules() map[common.Hash]string {
	known := map[common.Hash]string{}
	for _, pattern := range []string{"*.runtime", "london/*.runtime"} {
		// Neither call can fail: pattern and files are of this package.
		names, _ := files.ReadDir(path.Dir(pattern))
		for _, f := range names {
			name, ok := strings.CutSuffix(f.Name(), ".runtime")
			if !ok {
				continue
			}
			text, _ := files.ReadFile(path.Join(path.Dir(pattern), f.Name()))
			code, err := hex.DecodeString(strings.TrimSpace(string(text)))
			if err != nil {
				panic("contracts/build/" + f.Name() + ": " + err.Error())
			}
			known[crypto.Keccak256Hash(code)] = name
		}
	}
	return known
}
