package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"path/filepath"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/rpc"
)

// Config says how to run a chain in this process.
type Config struct {
	Dir string // made by [Init]; one process at a time
	Log *slog.Logger

	Heartbeat time.Duration // an empty block when there was none for so long; default 5 s

	// Still opens the chain to be read, and makes no blocks. Without a Quorum a
	// folder that nodes hold together, as [Shared] says, is always still.
	Still bool

	// Quorum decides on the blocks when others hold the chain too. nil: it is
	// here alone, and each block that is made here is final.
	Quorum Quorum
}

// A Quorum is how those who hold a chain are of one mind. [Replica] has one.
type Quorum interface {
	// Seals reports whether the next block is to be made here.
	Seals() bool
	// Agree has a block agreed on that was made here: it is final if Agree
	// returns nil. [ErrOvertaken] says that another one is.
	Agree(ctx context.Context, b Block) error
	// Pass is called when transactions wait that somebody else is to put into a
	// block. It must not block.
	Pass()
}

func (c *Config) setDefaults() error {
	if c.Dir == "" {
		return errors.New("no directory for the chain")
	}
	if c.Log == nil {
		return errors.New("no logger for the chain")
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 5 * time.Second
	}
	if c.Heartbeat < time.Second {
		return fmt.Errorf("heartbeat %v: the chain counts in seconds, so at least 1s", c.Heartbeat)
	}
	return nil
}

// logsRange is how many blocks one question for events may cover.
const logsRange = 10_000

// ErrInUse reports a chain that another process has open: ask that one.
var ErrInUse = errors.New("another process has the chain open")

// Embedded is go-ethereum in this process, with no peers, making its own
// blocks: one as soon as a transaction is there, but at most one a second, and
// one each heartbeat.
type Embedded struct {
	client
	log    *slog.Logger
	node   *node.Node
	eth    *eth.Ethereum
	sealer *sealer // nil: still
	still  bool
	turns  turns // of those who ask by JSON-RPC

	adding   sync.Mutex // held while a block is added
	mu       sync.Mutex // guards watchers and last
	watchers map[int]func()
	last     int
}

// Open runs the chain in cfg.Dir until Close.
func Open(cfg Config) (*Embedded, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, fmt.Errorf("open chain: %w", err)
	}
	e, err := open(cfg)
	if err != nil {
		return nil, fmt.Errorf("open chain: %w", err)
	}
	return e, nil
}

func open(cfg Config) (*Embedded, error) {
	g, err := readGenesis(cfg.Dir)
	if err != nil {
		return nil, err
	}
	routeLogs(cfg.Log)
	nodeKey, err := crypto.GenerateKey() // of a network that is never used
	if err != nil {
		return nil, err
	}
	stack, err := node.New(&node.Config{
		Name:    dataFolder,
		DataDir: cfg.Dir,
		// Never used: keys are the admin's. It would else be a folder beside ours.
		KeyStoreDir: filepath.Join(cfg.Dir, dataFolder, "keystore"),
		P2P:         p2p.Config{PrivateKey: nodeKey, MaxPeers: 0, NoDial: true, NoDiscovery: true, ListenAddr: ""},
	})
	if errors.Is(err, node.ErrDatadirUsed) {
		return nil, fmt.Errorf("%w: %s", ErrInUse, cfg.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(cfg.Dir, dataFolder), err)
	}
	conf := ethconfig.Defaults
	conf.Genesis = g
	conf.SyncMode = ethconfig.FullSync
	// With any other scheme, or with pruning, a kill -9 takes the chain back
	// to its last clean start; see sealer.seal for the rest of the measure.
	conf.StateScheme = rawdb.HashScheme
	conf.NoPruning = true
	conf.DatabaseCache, conf.TrieCleanCache, conf.TrieDirtyCache, conf.SnapshotCache = 64, 16, 16, 16
	conf.DatabaseHandles = 256
	conf.TxPool.NoLocals = true
	conf.TxPool.PriceLimit = 1
	// Few accounts pay for all, each with thousands on their way.
	conf.TxPool.AccountSlots, conf.TxPool.GlobalSlots = 4096, 8192
	conf.TxPool.AccountQueue, conf.TxPool.GlobalQueue = 4096, 4096
	conf.Miner.GasPrice = big.NewInt(1)
	conf.Miner.GasCeil = gasLimit
	conf.RPCGasCap, conf.RPCEVMTimeout = rpcGas, rpcTime
	conf.LogNoHistory = true // logs are found by their blooms: the index needs a goroutine and disk
	backend, err := eth.New(stack, &conf)
	if err != nil {
		return nil, errors.Join(err, stack.Close())
	}
	stack.RegisterAPIs([]rpc.API{{
		Namespace: "eth",
		Service:   filters.NewFilterAPI(filters.NewFilterSystem(backend.APIBackend, filters.Config{RangeLimit: logsRange})),
	}})
	if err := stack.Start(); err != nil {
		return nil, errors.Join(err, stack.Close())
	}
	backend.SetSynced()
	e := &Embedded{
		client:   client{eth: ethclient.NewClient(stack.Attach())},
		log:      cfg.Log,
		node:     stack,
		eth:      backend,
		watchers: map[int]func(){},
	}
	// What was loaded from the disk is on the disk.
	head := backend.BlockChain().CurrentBlock()
	backend.BlockChain().SetFinalized(head)
	backend.BlockChain().SetSafe(head)
	if e.still = cfg.Still || cfg.Quorum == nil && Shared(cfg.Dir); !e.still {
		e.sealer = startSealer(e, cfg.Heartbeat, cfg.Quorum)
	}
	cfg.Log.Info("chain opened", "chain", g.Config.ChainID.Uint64(), "block", head.Number.Uint64())
	return e, nil
}

// Head is the newest block that is safely on disk.
func (e *Embedded) Head(ctx context.Context) (Head, error) {
	h := e.eth.BlockChain().CurrentFinalBlock()
	if h == nil {
		return Head{}, errors.New("finalized block: the chain is closed")
	}
	return headOf(h), ctx.Err()
}

// Watch implements [Reader].
func (e *Embedded) Watch(changed func()) (cancel func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	n := e.last
	e.watchers[n] = changed
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.watchers, n)
	}
}

func (e *Embedded) notify() {
	e.mu.Lock()
	calls := make([]func(), 0, len(e.watchers))
	for _, f := range e.watchers {
		calls = append(calls, f)
	}
	e.mu.Unlock()
	for _, f := range calls {
		f()
	}
}

// Close makes no further block and closes the chain.
func (e *Embedded) Close() error {
	if e.sealer != nil {
		e.sealer.close()
	}
	e.client.eth.Close()
	if err := e.node.Close(); err != nil {
		return fmt.Errorf("close chain: %w", err)
	}
	e.log.Info("chain closed")
	return nil
}

var _ Chain = (*Embedded)(nil)
