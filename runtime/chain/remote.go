package chain

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
)

// RemoteConfig says which endpoint to read a chain from, and what is known of
// the chain beforehand.
type RemoteConfig struct {
	Endpoint string // http or https URL

	// HTTP reaches it; one with a certificate reaches a node. Default
	// [http.DefaultClient]. Redirections are never followed.
	HTTP    *http.Client
	Timeout time.Duration // of one request; default 10 s, or what HTTP says

	// Known refuses another chain than this one. The zero value takes any;
	// a zero Genesis looks at the chain's number only.
	Known Info
	// Agreed, if given, says which block is the last final one, from a source
	// better than the endpoint. False: not known now.
	Agreed func() (number uint64, hash Hash, ok bool)
	// Sealers is how many take turns to make blocks, on a chain that knows no
	// finalized blocks: there a block counts as final when more than half of
	// them have built on it. Default: what the endpoint says (Clique).
	Sealers int
	// Trusted believes the endpoint's answers to Call and State instead of
	// having each proved: for one on this machine that can't prove.
	Trusted bool
}

const defaultTimeout = 10 * time.Second

func (c *RemoteConfig) setDefaults() error {
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return fmt.Errorf("chain endpoint: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("chain endpoint %q: want a URL such as https://host:port/chain/rpc", c.Endpoint)
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	if c.Timeout == 0 {
		if c.Timeout = c.HTTP.Timeout; c.Timeout == 0 {
			c.Timeout = defaultTimeout
		}
	}
	if c.Timeout < 0 || c.Sealers < 0 {
		return fmt.Errorf("chain endpoint %q: timeout %v, %d sealers: want no negative number", c.Endpoint, c.Timeout, c.Sealers)
	}
	return nil
}

// Remote is a chain behind a JSON-RPC endpoint, which is not trusted: what
// Call and State answer is computed here, from pieces of the state that are
// proved against the header of their block. What remains in its hands is which
// block it calls final, unless RemoteConfig.Agreed knows better; and it may
// leave out logs.
type Remote struct {
	client
	cfg RemoteConfig

	mu     sync.Mutex // guards what follows
	id     uint64     // the chain's number; 0: not asked yet
	tagged bool       // the endpoint knows finalized blocks
	last   Head       // the newest that was given out
	osaka  bool       // the chain was seen to have what came with Osaka
	recent *proven    // the state that was last asked for
	codes  codeCache
}

// Dial is [Connect] with the settings that most endpoints need: nothing of the
// chain is known beforehand.
func Dial(endpoint string, via *http.Client) (*Remote, error) {
	return Connect(RemoteConfig{Endpoint: endpoint, HTTP: via})
}

// Connect makes a Remote. The connection is made when it is first needed, and
// again whenever it was lost.
func Connect(cfg RemoteConfig) (*Remote, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	c, err := rpc.DialOptions(context.Background(), cfg.Endpoint, rpc.WithHTTPClient(bounded(cfg.HTTP, cfg.Timeout)))
	if err != nil {
		return nil, fmt.Errorf("chain endpoint %q: %w", cfg.Endpoint, err)
	}
	return attach(c, cfg), nil
}

// Attach makes a Remote of a connection that is there already: of cfg,
// Endpoint and HTTP mean nothing then.
func Attach(c *rpc.Client, cfg RemoteConfig) *Remote {
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	return attach(c, cfg)
}

func attach(c *rpc.Client, cfg RemoteConfig) *Remote {
	r := &Remote{client: client{eth: ethclient.NewClient(c)}, cfg: cfg, codes: codeCache{}}
	r.client.final = r.Head
	return r
}

// ErrOtherChain reports an endpoint that shows another chain than the one that
// is wanted.
var ErrOtherChain = errors.New("it is another chain")

// ID implements [Reader].
func (r *Remote) ID(ctx context.Context) (uint64, error) {
	r.mu.Lock()
	id := r.id
	r.mu.Unlock()
	if id != 0 {
		return id, nil
	}
	id, err := r.identify(ctx)
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.id = id
	return id, nil
}

// identify asks which chain it is, and refuses one that is not wanted.
func (r *Remote) identify(ctx context.Context) (uint64, error) {
	id, err := r.client.ID(ctx)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		return 0, errors.New("chain id 0: no chain has it")
	}
	if want := r.cfg.Known.ChainID; want != 0 && want != id {
		return 0, fmt.Errorf("chain id %d, want %d: %w: look at the address of the endpoint", id, want, ErrOtherChain)
	}
	if want := r.cfg.Known.Genesis; want != (Hash{}) {
		first, err := r.headerAt(ctx, 0)
		if err != nil {
			return 0, err
		}
		if is := first.Hash(); is != want {
			return 0, fmt.Errorf("genesis %s, want %s: %w: look at the address of the endpoint", is, want, ErrOtherChain)
		}
	}
	return id, nil
}

// Watch never calls changed: plain HTTP has no notifications.
func (r *Remote) Watch(changed func()) (cancel func()) { return func() {} }

// Close lets go of the connection.
func (r *Remote) Close() error {
	r.eth.Close()
	return nil
}

var _ Chain = (*Remote)(nil)
