package contracts_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

// A machine is go-ethereum's EVM over a state in memory: transactions take
// effect at once, and its clock and its fork are the test's to choose.
type machine struct {
	t       testing.TB
	config  *params.ChainConfig
	db      *state.StateDB
	london  bool
	number  uint64
	now     uint64 // s since 1970
	account common.Address
	gas     map[string]uint64 // used, by what was named last
}

const start = 1_800_000_000 // s since 1970

func newMachine(t testing.TB) *machine { return machineAt(t, false) }

func machineAt(t testing.TB, london bool) *machine {
	t.Helper()
	db, err := state.New(types.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, db: db, london: london, number: 1, now: start, gas: map[string]uint64{},
		account: common.HexToAddress("0xaa00000000000000000000000000000000000001")}
	zero := uint64(0)
	first := new(big.Int)
	m.config = &params.ChainConfig{ChainID: big.NewInt(7), HomesteadBlock: first, EIP150Block: first, EIP155Block: first,
		EIP158Block: first, ByzantiumBlock: first, ConstantinopleBlock: first, PetersburgBlock: first, IstanbulBlock: first,
		MuirGlacierBlock: first, BerlinBlock: first, LondonBlock: first, TerminalTotalDifficulty: first}
	if !london {
		m.config.ShanghaiTime, m.config.CancunTime, m.config.PragueTime, m.config.OsakaTime = &zero, &zero, &zero, &zero
		m.config.BlobScheduleConfig = &params.BlobScheduleConfig{Cancun: params.DefaultCancunBlobConfig, Prague: params.DefaultPragueBlobConfig}
	}
	return m
}

// evm is go-ethereum's machine in the block that the test has come to.
func (m *machine) evm() *vm.EVM {
	ctx := vm.BlockContext{CanTransfer: core.CanTransfer, Transfer: core.Transfer, GetHash: func(uint64) common.Hash { return common.Hash{} },
		BlockNumber: new(big.Int).SetUint64(m.number), Time: m.now, Difficulty: new(big.Int), GasLimit: 60_000_000,
		BaseFee: new(big.Int), BlobBaseFee: new(big.Int)}
	if m.london {
		ctx.Difficulty = big.NewInt(2)
	} else {
		ctx.Random = new(common.Hash)
	}
	return vm.NewEVM(ctx, m.db, m.config, vm.Config{NoBaseFee: true})
}

// apply runs one message as a transaction of its own.
func (m *machine) apply(to *common.Address, data []byte, gas uint64) (*core.ExecutionResult, error) {
	evm := m.evm()
	zero := new(uint256.Int)
	res, err := core.ApplyMessage(evm, &core.Message{From: m.account, To: to, Nonce: m.db.GetNonce(m.account), Value: zero,
		GasLimit: gas, GasPrice: zero, GasFeeCap: zero, GasTipCap: zero, Data: data}, nil)
	if err == nil {
		m.db.Finalise(m.config.Rules(evm.Context.BlockNumber, evm.Context.Random != nil, m.now))
	}
	return res, err
}

const plenty = 1 << 24 // gas: what one transaction may use

// view reads without changing.
func (m *machine) view(to common.Address, data []byte) ([]byte, error) {
	snap := m.db.Copy()
	defer func() { m.db = snap }()
	res, err := m.apply(&to, data, plenty)
	if err != nil {
		return nil, err
	}
	if res.Err != nil {
		return nil, &reverted{res.Err, res.ReturnData}
	}
	return res.ReturnData, nil
}

// send changes the state, or says why the contract would not.
func (m *machine) send(what string, to common.Address, data []byte) ([]*types.Log, error) {
	m.t.Helper()
	m.number++
	tx := common.BigToHash(new(big.Int).SetUint64(m.number))
	m.db.SetTxContext(tx, 0, 0)
	res, err := m.apply(&to, data, plenty)
	if err != nil {
		m.t.Fatalf("%s: %v", what, err)
	}
	if res.Err != nil {
		return nil, &reverted{res.Err, res.ReturnData}
	}
	m.gas[what] = res.UsedGas
	return m.db.GetLogs(tx, m.number, common.Hash{}, m.now), nil
}

func (m *machine) must(what string, to common.Address, data []byte) []*types.Log {
	m.t.Helper()
	logs, err := m.send(what, to, data)
	if err != nil {
		m.t.Fatalf("%s: %v", what, err)
	}
	return logs
}

// create makes a contract of creation code in hex and packed arguments.
func (m *machine) create(what, code string, args []byte) (common.Address, error) {
	m.t.Helper()
	m.number++
	at := addressOf(m)
	res, err := m.apply(nil, append(common.FromHex(code), args...), plenty)
	if err != nil {
		m.t.Fatalf("%s: %v", what, err)
	}
	if res.Err != nil {
		return at, &reverted{res.Err, res.ReturnData}
	}
	m.gas[what] = res.UsedGas
	return at, nil
}

func (m *machine) mustCreate(what, code string, args []byte) common.Address {
	m.t.Helper()
	at, err := m.create(what, code, args)
	if err != nil {
		m.t.Fatalf("create %s: %v", what, err)
	}
	return at
}

// A reverted is a contract's refusal, its data packed as its ABI says.
type reverted struct {
	err  error
	data []byte
}

func (r *reverted) Error() string {
	for _, meta := range bindings {
		parsed, err := meta.ParseABI()
		if err != nil {
			return err.Error()
		}
		if s := named(parsed, r.data); s != "" {
			return s
		}
	}
	return fmt.Sprintf("%v %x", r.err, r.data)
}

// named is a revert as Solidity would write it: Name(first, second).
func named(parsed *abi.ABI, data []byte) string {
	if len(data) < 4 {
		return ""
	}
	for _, e := range parsed.Errors {
		if [4]byte(e.ID[:4]) != [4]byte(data[:4]) {
			continue
		}
		args, err := e.Inputs.Unpack(data[4:])
		if err != nil {
			return e.Name + "(?)"
		}
		var words []string
		for _, a := range args {
			words = append(words, fmt.Sprintf("%v", a))
		}
		return e.Name + "(" + strings.Join(words, ", ") + ")"
	}
	return ""
}

// refusedWith checks that err is a revert with the named error, such as
// "NotAdmin(0x…)"; of want only the beginning needs to be given.
func refusedWith(t testing.TB, what string, err error, want string) {
	t.Helper()
	var r *reverted
	if !errors.As(err, &r) {
		t.Errorf("%s: got %v, want the contract to refuse with %s", what, err, want)
		return
	}
	if !strings.HasPrefix(r.Error(), want) {
		t.Errorf("%s: refused with %s, want %s", what, r.Error(), want)
	}
}

// event unpacks the only log of an event.
func event[T any](t testing.TB, logs []*types.Log, unpack func(*types.Log) (*T, error)) *T {
	t.Helper()
	var found *T
	for _, l := range logs {
		e, err := unpack(l)
		if err != nil {
			continue // another event
		}
		if found != nil {
			t.Fatalf("two events %T, want one", found)
		}
		found = e
	}
	if found == nil {
		t.Fatalf("no event %T among %d", found, len(logs))
	}
	return found
}
