package chain

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// The files of a chain's directory.
const (
	GenesisFile = "genesis.json"
	InfoFile    = "chain.json"
	dataFolder  = "geth" // go-ethereum's own, inside the directory
)

// gasLimit is what one block can hold: about a thousand checks as transactions.
const gasLimit = 60_000_000

// Info is what a node must know of a chain before it has read it. It is kept
// in the file chain.json.
type Info struct {
	ChainID uint64  `json:"chainId"`
	Genesis Hash    `json:"genesis"`
	Manager Address `json:"manager"` // of the rules
}

// Init lays out a new chain in dir: genesis.json with a random chain id, and
// accounts that can pay for transactions. The directory may exist, the chain
// must not.
func Init(dir string, accounts ...Address) (Info, error) {
	file := filepath.Join(dir, GenesisFile)
	if _, err := os.Stat(file); err == nil {
		return Info{}, fmt.Errorf("init chain: %s exists already: a chain is made once; choose another directory", file)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Info{}, fmt.Errorf("init chain: %w", err)
	}
	// Above every registered chain, and exact in JavaScript.
	id, err := rand.Int(rand.Reader, big.NewInt(1<<51))
	if err != nil {
		return Info{}, fmt.Errorf("init chain: %w", err)
	}
	id.Add(id, big.NewInt(1<<51))
	g := genesis(id, time.Now(), accounts)
	text, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		return Info{}, fmt.Errorf("init chain: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Info{}, fmt.Errorf("init chain: %w", err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
		return Info{}, fmt.Errorf("init chain: %w", err)
	}
	return Info{ChainID: id.Uint64(), Genesis: g.ToBlock().Hash()}, nil
}

// Move takes a chain that nobody has open into another directory of the same
// file system. The genesis comes last: without it there is no chain.
func Move(from, to string) error {
	for _, name := range []string{dataFolder, InfoFile, GenesisFile} {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return fmt.Errorf("move chain: %w", err)
		}
	}
	if err := os.Remove(from); err != nil {
		return fmt.Errorf("move chain: %w", err)
	}
	return nil
}

// WriteInfo keeps what is known of the chain in dir.
func WriteInfo(dir string, info Info) error {
	text, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return fmt.Errorf("write chain info: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, InfoFile), append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write chain info: %w", err)
	}
	return nil
}

// ReadInfo reads what [WriteInfo] wrote.
func ReadInfo(dir string) (Info, error) {
	text, err := os.ReadFile(filepath.Join(dir, InfoFile))
	if err != nil {
		return Info{}, fmt.Errorf("read chain info: %w: make a chain with wardflow chain init --dir %s", err, dir)
	}
	var info Info
	if err := json.Unmarshal(text, &info); err != nil {
		return Info{}, fmt.Errorf("read chain info: %s: %w", filepath.Join(dir, InfoFile), err)
	}
	return info, nil
}

// genesis stops at Osaka, which has the P-256 precompile. It is not taken from
// go-ethereum's developer chain: that one switches on forks that are still
// being changed.
func genesis(id *big.Int, now time.Time, accounts []Address) *core.Genesis {
	g := &core.Genesis{
		Config: genesisConfig(id),
		// A second ago, so that the first block need not wait.
		Timestamp:  uint64(now.Unix() - 1),
		GasLimit:   gasLimit,
		BaseFee:    big.NewInt(7), // the least there is: gas has no price here
		Difficulty: big.NewInt(0),
		ExtraData:  genesisExtra(id),
		Alloc: types.GenesisAlloc{
			params.BeaconRootsAddress:        {Nonce: 1, Code: params.BeaconRootsCode, Balance: big.NewInt(0)},
			params.HistoryStorageAddress:     {Nonce: 1, Code: params.HistoryStorageCode, Balance: big.NewInt(0)},
			params.WithdrawalQueueAddress:    {Nonce: 1, Code: params.WithdrawalQueueCode, Balance: big.NewInt(0)},
			params.ConsolidationQueueAddress: {Nonce: 1, Code: params.ConsolidationQueueCode, Balance: big.NewInt(0)},
		},
	}
	for _, a := range accounts {
		g.Alloc[a] = types.Account{Balance: new(big.Int).Exp(big.NewInt(10), big.NewInt(36), nil)}
	}
	return g
}

func genesisConfig(id *big.Int) *params.ChainConfig {
	zero := uint64(0)
	first := big.NewInt(0)
	return &params.ChainConfig{
		ChainID:        id,
		HomesteadBlock: first, EIP150Block: first, EIP155Block: first, EIP158Block: first,
		ByzantiumBlock: first, ConstantinopleBlock: first, PetersburgBlock: first, IstanbulBlock: first,
		MuirGlacierBlock: first, BerlinBlock: first, LondonBlock: first, ArrowGlacierBlock: first, GrayGlacierBlock: first,
		ShanghaiTime: &zero, CancunTime: &zero, PragueTime: &zero, OsakaTime: &zero,
		TerminalTotalDifficulty: big.NewInt(0),
		BlobScheduleConfig: &params.BlobScheduleConfig{
			Cancun: params.DefaultCancunBlobConfig,
			Prague: params.DefaultPragueBlobConfig,
		},
	}
}

// genesisMark begins what a first block says of itself. The first chains say no
// more.
const genesisMark = "wardflow"

// genesisExtra is the mark and the chain id in 8 bytes, so that the hash of the
// first block, which does not cover the configuration, covers the id.
func genesisExtra(id *big.Int) []byte {
	return binary.BigEndian.AppendUint64([]byte(genesisMark), id.Uint64())
}

func genesisAt(dir string) string { return filepath.Join(dir, GenesisFile) }

func readGenesis(dir string) (*core.Genesis, error) {
	file := genesisAt(dir)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: make a chain with wardflow chain init --dir %s", err, dir)
	}
	var g core.Genesis
	if err := json.Unmarshal(text, &g); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if g.Config == nil {
		return nil, fmt.Errorf("%s: no chain configuration in it", file)
	}
	return &g, nil
}
