package chain_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
)

// store is a contract by hand: a call without data returns slots 0 and 1, one
// with data writes its first word to slot 0 and its second to slot 1.
var store = common.FromHex("6023600c60003960236000f3" + // creation: return what follows
	"3660155760005460005260015460205260406000f3" + "5b60003560005560203560015500")

// far is a contract behind an endpoint that can lie.
type far struct {
	sim   *chaintest.Sim
	payer *chain.Key
	wire  *chaintest.Wire
	at    chain.Address
}

func newFar(t testing.TB) *far {
	sim, payer := chaintest.NewSim(t, time.Now)
	f := &far{sim: sim, payer: payer, wire: sim.Serve(t)}
	f.at = f.transact(t, nil, store).Contract
	f.write(t, 7, 9)
	return f
}

func (f *far) transact(t testing.TB, to *chain.Address, data []byte) chain.Receipt {
	t.Helper()
	r, err := chain.Transact(context.Background(), f.sim, f.payer, to, data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (f *far) write(t testing.TB, first, second byte) chain.Receipt {
	t.Helper()
	return f.transact(t, &f.at, append(pad(first), pad(second)...))
}

func pad(b byte) []byte { return append(make([]byte, 31), b) }

func (f *far) dial(t testing.TB, cfg chain.RemoteConfig) *chain.Remote {
	t.Helper()
	cfg.Endpoint = f.wire.URL
	r, err := chain.Connect(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// ask reads both slots at the newest block.
func ask(r *chain.Remote, at chain.Address) ([]byte, error) {
	head, err := r.Head(context.Background())
	if err != nil {
		return nil, err
	}
	return r.Call(context.Background(), head.Hash, at, nil)
}

// An endpoint may say what it likes: what comes out is right, or an error.
func TestRemoteBelievesNothing(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	other := f.transact(t, nil, store).Contract
	f.write(t, 7, 9)
	want := append(pad(7), pad(9)...)
	honest, err := ask(f.dial(t, chain.RemoteConfig{}), f.at)
	if err != nil || !bytes.Equal(honest, want) {
		t.Fatalf("an honest endpoint: %x, %v", honest, err)
	}
	for _, tt := range []struct {
		name  string
		twist chaintest.Twist
		want  error // nil: the right answer all the same
	}{
		{"another value beside the proof", replace("eth_getProof", `"value":"0x7"`, `"value":"0x8"`), nil},
		{"another balance beside the proof", replace("eth_getProof", `"nonce":"0x1"`, `"nonce":"0x5"`), nil},
		{"no list of what is read", failing("eth_createAccessList"), nil},
		{"no proof", failing("eth_getProof"), errAny},
		{"empty proofs", edit("eth_getProof", func(m map[string]any) { m["accountProof"] = []string{} }), chain.ErrUnproved},
		{"half a proof", edit("eth_getProof", func(m map[string]any) {
			m["accountProof"] = m["accountProof"].([]any)[1:]
		}), chain.ErrUnproved},
		{"more than a proof", edit("eth_getProof", func(m map[string]any) {
			m["accountProof"] = append(m["accountProof"].([]any), "0xc0")
		}), chain.ErrUnproved},
		{"no slots", edit("eth_getProof", func(m map[string]any) { m["storageProof"] = []any{} }), chain.ErrUnproved},
		{"slots mixed up", edit("eth_getProof", func(m map[string]any) {
			if s := m["storageProof"].([]any); len(s) == 2 {
				s[0], s[1] = s[1], s[0]
			}
		}), chain.ErrUnproved},
		{"the proof of another contract", swap(t, f.wire.URL, f.at, other), chain.ErrUnproved},
		{"other code", replace("eth_getCode", `"0x36`, `"0x37`), errAny},
		{"no code", func(method string, _ []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
			if method == "eth_getCode" {
				return json.RawMessage(`"0x"`), nil
			}
			return a, err
		}, errAny},
		{"another header", edit("eth_getBlockByHash", func(m map[string]any) { m["stateRoot"] = chain.Hash{1} }), chain.ErrUnproved},
		{"no header", func(method string, _ []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
			if method == "eth_getBlockByHash" {
				return nil, nil
			}
			return a, err
		}, chain.ErrNoBlock},
		{"a list without end", func(method string, _ []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
			if method == "eth_createAccessList" {
				key := `"0x` + strings.Repeat("00", 32) + `",`
				keys := strings.TrimSuffix(strings.Repeat(key, 5000), ",")
				return json.RawMessage(`{"accessList":[{"address":"` + f.at.Hex() + `","storageKeys":[` + keys + `]}]}`), nil
			}
			return a, err
		}, errAny},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer f.wire.Twist(nil)
			f.wire.Twist(tt.twist)
			out, err := ask(f.dial(t, chain.RemoteConfig{}), f.at)
			switch {
			case tt.want == nil && (err != nil || !bytes.Equal(out, want)):
				t.Errorf("got %x, %v; want %x", out, err, want)
			case tt.want != nil && err == nil:
				t.Errorf("got %x, want an error", out)
			case tt.want != nil && tt.want != errAny && !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

var errAny = errors.New("any error")

func failing(method string) chaintest.Twist {
	return func(m string, _ []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
		if m == method {
			return nil, errors.New("the method is not available")
		}
		return a, err
	}
}

func replace(method, old, with string) chaintest.Twist {
	return func(m string, _ []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
		if m == method {
			a = json.RawMessage(strings.Replace(string(a), old, with, 1))
		}
		return a, err
	}
}

func edit(method string, change func(map[string]any)) chaintest.Twist {
	return func(m string, _ []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
		if m == method && err == nil {
			var all map[string]any
			if json.Unmarshal(a, &all) == nil && all != nil {
				change(all)
				a, err = json.Marshal(all)
			}
		}
		return a, err
	}
}

// swap answers about one contract with what is true of another.
func swap(t *testing.T, url string, asked, other chain.Address) chaintest.Twist {
	return func(m string, params []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
		if m == "eth_getProof" && strings.EqualFold(strings.Trim(string(params[0]), `"`), asked.Hex()) {
			return get(t, url, m, other, params[1], params[2]), nil
		}
		return a, err
	}
}

// Whatever byte of a proof, of code or of a header is another, the answer stays
// right or there is none.
func TestRemoteFlips(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	want := append(pad(7), pad(9)...)
	rng := rand.New(rand.NewPCG(1, 0))
	refused := 0
	for i := range 300 {
		f.wire.Twist(func(method string, _ []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
			if method == "eth_getProof" || method == "eth_getCode" || method == "eth_getBlockByHash" {
				if at := rng.IntN(max(len(a), 1)); len(a) > 0 && strings.IndexByte("0123456789abcdef", a[at]) >= 0 {
					a[at] = "0123456789abcdef"[rng.IntN(16)]
				}
			}
			return a, err
		})
		out, err := ask(f.dial(t, chain.RemoteConfig{}), f.at)
		if err == nil && !bytes.Equal(out, want) {
			t.Fatalf("flip %d gave %x, want %x", i, out, want)
		}
		if err != nil {
			refused++
		}
	}
	if refused < 100 {
		t.Errorf("%d of 300 refused: do the flips hit what counts?", refused)
	}
}

// A block that was final and has been replaced makes a new era, in which
// nothing read before is remembered.
func TestRemoteReorg(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	r := f.dial(t, chain.RemoteConfig{})
	before, err := r.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.write(t, 1, 2)
	if out, err := ask(r, f.at); err != nil || !bytes.Equal(out, append(pad(1), pad(2)...)) {
		t.Fatalf("before: %x, %v", out, err)
	}
	if h, err := r.Head(t.Context()); err != nil || h.Era != before.Era || h.Number != before.Number+1 {
		t.Fatalf("Head = %+v, %v; want the one after %+v", h, err, before)
	}
	if err := f.sim.Fork(before.Hash); err != nil {
		t.Fatal(err)
	}
	f.sim.Commit()
	after, err := r.Head(t.Context())
	if err != nil || after.Era != before.Era+1 || after.Number <= before.Number {
		t.Fatalf("after a reorg: Head = %+v, %v; want a new era after %+v", after, err, before)
	}
	want, err := f.sim.Call(t.Context(), after.Hash, f.at, nil)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := ask(r, f.at); err != nil || !bytes.Equal(out, want) {
		t.Errorf("after: %x, %v; want %x", out, err, want)
	}
	if h, err := r.Head(t.Context()); err != nil || h != after {
		t.Errorf("and then %+v, %v; want %+v", h, err, after)
	}
}

// An endpoint that falls behind does not take the head back.
func TestRemoteGoesBack(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	r := f.dial(t, chain.RemoteConfig{})
	head, err := r.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old, err := r.Header(t.Context(), head.Number-1)
	if err != nil {
		t.Fatal(err)
	}
	f.wire.Twist(func(m string, p []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
		if m == "eth_getBlockByNumber" && (string(p[0]) == `"finalized"` || string(p[0]) == `"latest"`) {
			return get(t, f.wire.URL, "eth_getBlockByHash", old.Hash, false), nil
		}
		return a, err
	})
	if h, err := r.Head(t.Context()); err != nil || h != head {
		t.Errorf("Head = %+v, %v; want %+v", h, err, head)
	}
}

// get asks an endpoint without any of ours between.
func get(t testing.TB, url, method string, params ...any) json.RawMessage {
	t.Helper()
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct{ Result json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out.Result
}

// On a chain that calls no block finalized, one is when more than half of those
// who seal have built on it.
func TestRemoteUntagged(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	for range 5 {
		f.sim.Commit()
	}
	newest, err := f.sim.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	untagged := func(signers string) chaintest.Twist {
		return func(m string, p []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
			switch {
			case m == "clique_getSigners" && signers != "":
				return json.RawMessage(signers), nil
			case m == "eth_getBlockByNumber" && string(p[0]) == `"finalized"`:
				return nil, errors.New("finalized block not found")
			}
			return a, err
		}
	}
	for _, tt := range []struct {
		name    string
		cfg     chain.RemoteConfig
		signers string
		depth   uint64 // 0: an error
	}{
		{"two sealers by configuration", chain.RemoteConfig{Sealers: 2}, "", 2},
		{"five sealers by configuration", chain.RemoteConfig{Sealers: 5}, "", 3},
		{"configuration before what is told", chain.RemoteConfig{Sealers: 5}, `["0x00000000000000000000000000000000000000aa"]`, 3},
		{"one sealer is told", chain.RemoteConfig{}, `["0x00000000000000000000000000000000000000aa"]`, 1},
		{"none is told", chain.RemoteConfig{}, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f.wire.Twist(untagged(tt.signers))
			h, err := f.dial(t, tt.cfg).Head(t.Context())
			if tt.depth == 0 && (err == nil || !strings.Contains(err.Error(), "sealers")) {
				t.Errorf("Head = %+v, %v; want an error about sealers", h, err)
			}
			if tt.depth != 0 && (err != nil || h.Number != newest.Number-tt.depth) {
				t.Errorf("Head = %+v, %v; want block %d", h, err, newest.Number-tt.depth)
			}
		})
	}
	// A chain that has called a block finalized once is not believed to have
	// forgotten how.
	f.wire.Twist(nil)
	r := f.dial(t, chain.RemoteConfig{Sealers: 1})
	if _, err := r.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.wire.Twist(untagged(""))
	if h, err := r.Head(t.Context()); err == nil {
		t.Errorf("Head = %+v, want an error", h)
	}
}

func TestRemoteOtherChain(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	id, err := f.sim.ID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first, err := f.sim.Header(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		known chain.Info
		ok    bool
	}{
		{"nothing is known", chain.Info{}, true},
		{"the right one", chain.Info{ChainID: id, Genesis: first.Hash}, true},
		{"another number", chain.Info{ChainID: id + 1}, false},
		{"another genesis", chain.Info{ChainID: id, Genesis: chain.Hash{1}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := f.dial(t, chain.RemoteConfig{Known: tt.known})
			if h, err := r.Head(t.Context()); tt.ok != (err == nil) || !tt.ok && !errors.Is(err, chain.ErrOtherChain) {
				t.Errorf("Head = %+v, %v", h, err)
			}
		})
	}
}

// A head that others agreed on is taken, whatever the endpoint calls final.
func TestRemoteAgreed(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	agreed, err := f.sim.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.sim.Commit()
	know := true
	r := f.dial(t, chain.RemoteConfig{Agreed: func() (uint64, chain.Hash, bool) { return agreed.Number, agreed.Hash, know }})
	for range 2 {
		if h, err := r.Head(t.Context()); err != nil || h.Hash != agreed.Hash || h.Number != agreed.Number {
			t.Errorf("Head = %+v, %v; want %+v", h, err, agreed)
		}
	}
	was := agreed.Hash
	agreed.Hash = chain.Hash{9}
	if h, err := r.Head(t.Context()); err != nil || h.Hash != was {
		t.Errorf("an endpoint that lacks the block: Head = %+v, %v; want the one before", h, err)
	}
	fresh := f.dial(t, chain.RemoteConfig{Agreed: func() (uint64, chain.Hash, bool) { return 7, chain.Hash{9}, true }})
	if h, err := fresh.Head(t.Context()); !errors.Is(err, chain.ErrNoBlock) {
		t.Errorf("an endpoint that lacks the only block: Head = %+v, %v; want %v", h, err, chain.ErrNoBlock)
	}
	know = false
	if h, err := r.Head(t.Context()); err != nil || h.Number != agreed.Number+1 {
		t.Errorf("with nothing agreed: Head = %+v, %v", h, err)
	}
}

// An endpoint can't hold its reader up, fill its memory or send it elsewhere.
func TestRemoteBounds(t *testing.T) {
	t.Parallel()
	inner := http.NewServeMux()
	inner.HandleFunc("/silent", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server sees the client go only then
		<-r.Context().Done()
	})
	inner.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":1,"result":"0x`)
		zeros := bytes.Repeat([]byte("0"), 1<<16)
		for {
			if _, err := w.Write(zeros); err != nil {
				return
			}
		}
	})
	inner.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/silent", http.StatusTemporaryRedirect)
	})
	inner.HandleFunc("/nonsense", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "hello") })
	srv := httptest.NewServer(inner)
	defer srv.Close()
	for path, want := range map[string]string{
		"/silent": "timeout", "/endless": "does not end", "/elsewhere": "elsewhere", "/nonsense": "invalid character",
	} {
		t.Run(path, func(t *testing.T) {
			r, err := chain.Connect(chain.RemoteConfig{Endpoint: srv.URL + path, Timeout: timeoutOf(path)})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if h, err := r.Head(t.Context()); err == nil || !strings.Contains(strings.ToLower(err.Error()), want) {
				t.Errorf("Head = %+v, %v; want %q in the error", h, err, want)
			}
		})
	}
}

func timeoutOf(path string) time.Duration {
	if path == "/silent" {
		return 50 * time.Millisecond
	}
	return time.Minute
}

func TestConnectNowhere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cfg  chain.RemoteConfig
		want string
	}{
		{chain.RemoteConfig{}, "want a URL"},
		{chain.RemoteConfig{Endpoint: "ws://host"}, "want a URL"},
		{chain.RemoteConfig{Endpoint: "http://host", Sealers: -1}, "no negative"},
		{chain.RemoteConfig{Endpoint: "http://host", Timeout: -1}, "no negative"},
		{chain.RemoteConfig{Endpoint: "http://ho\x00st"}, "chain endpoint"},
	} {
		if r, err := chain.Connect(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Connect(%+v) = %v, %v; want %q", tt.cfg, r, err, tt.want)
		}
	}
}

// A state that was read is refreshed at the next block by one request, or two
// if what was read has changed.
func TestRemoteRefresh(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	r := f.dial(t, chain.RemoteConfig{})
	if _, err := ask(r, f.at); err != nil {
		t.Fatal(err)
	}
	asked := 0
	f.wire.Twist(func(m string, _ []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
		if m == "eth_getProof" {
			asked++
		}
		return a, err
	})
	for _, tt := range []struct {
		name   string
		change func()
		proofs int
		want   []byte
	}{
		{"nothing changed", func() { f.sim.Commit() }, 1, append(pad(7), pad(9)...)},
		{"a slot changed", func() { f.write(t, 7, 10) }, 2, append(pad(7), pad(10)...)},
		{"nothing changed again", func() { f.sim.Commit() }, 1, append(pad(7), pad(10)...)},
	} {
		tt.change()
		asked = 0
		if out, err := ask(r, f.at); err != nil || !bytes.Equal(out, tt.want) {
			t.Errorf("%s: %s, %v", tt.name, hex.EncodeToString(out), err)
		}
		if asked != tt.proofs {
			t.Errorf("%s: %d proofs were asked for, want %d", tt.name, asked, tt.proofs)
		}
	}
}

// Many may read one Remote while the chain grows.
func TestRemoteManyReaders(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	f.write(t, 9, 9)
	r := f.dial(t, chain.RemoteConfig{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 40 {
				if out, err := ask(r, f.at); err != nil || len(out) != 64 || out[31] != out[63] {
					t.Errorf("got %x, %v; want two equal slots", out, err)
					return
				}
			}
		})
	}
	for i := range byte(20) {
		f.write(t, i, i)
	}
	all.Wait()
}

// A view that needs a header which the endpoint does not give has no answer,
// and not a wrong one.
func TestRemoteWithoutAncestors(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	at := f.transact(t, nil, common.FromHex("600d600c600039600d6000f3600343034060005260206000f3")).Contract
	r := f.dial(t, chain.RemoteConfig{})
	head, err := r.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.wire.Twist(func(m string, p []json.RawMessage, a json.RawMessage, err error) (json.RawMessage, error) {
		if m == "eth_getBlockByHash" && !strings.Contains(string(p[0]), head.Hash.Hex()) {
			return nil, nil
		}
		return a, err
	})
	if out, err := ask(r, at); !errors.Is(err, chain.ErrNoBlock) {
		t.Errorf("got %x, %v; want %v", out, err, chain.ErrNoBlock)
	}
	f.wire.Twist(nil)
	old, err := r.Header(t.Context(), head.Number-3)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := ask(r, at); err != nil || !bytes.Equal(out, old.Hash[:]) {
		t.Errorf("got %x, %v; want %s", out, err, old.Hash)
	}
}
