package chain_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	dir, _, info := found(t)
	c := open(t, dir)
	defer closeChain(t, c)
	srv := httptest.NewServer(c.Handler())
	defer srv.Close()

	id := fmt.Sprintf(`"%#x"`, info.ChainID)
	for _, tt := range []struct{ name, method, body, want string }{
		{"reading", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}`, `{"jsonrpc":"2.0","id":1,"result":` + id + `}`},
		{"a string as id", "POST", `{"jsonrpc":"2.0","id":"a","method":"eth_chainId","params":[]}`, `{"jsonrpc":"2.0","id":"a","result":` + id + `}`},
		{"a batch", "POST", `[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"admin_peers"}]`,
			`[{"jsonrpc":"2.0","id":1,"result":` + id + `},{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"method admin_peers is not offered here"}}]`},
		{"no receipt", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_getTransactionReceipt","params":["0x` + strings.Repeat("1", 64) + `"]}`, `"id":1`},
		{"administration", "POST", `{"jsonrpc":"2.0","id":1,"method":"admin_nodeInfo"}`, "not offered here"},
		{"debugging", "POST", `{"jsonrpc":"2.0","id":1,"method":"debug_setHead","params":["0x0"]}`, "not offered here"},
		{"signing", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","params":[{}]}`, "not offered here"},
		{"unconfirmed receipts", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":["0x"]}`, "not offered here"},
		{"no JSON", "POST", `hello`, "not JSON-RPC"},
		{"half a batch", "POST", `[{"jsonrpc":`, "not JSON-RPC"},
		{"an empty batch", "POST", `[]`, "an empty batch"},
		{"a long batch", "POST", "[" + strings.Repeat(`{"method":"eth_chainId"},`, 100) + `{"method":"eth_chainId"}]`, "more than 100"},
		{"named parameters", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{"to":1}}`, "not JSON-RPC"},
		{"what an account accesses", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[{"to":"0x0000F90827F1C53a10cb7A02335B175320002935","data":"0x"}]}`, `"accessList"`},
		{"what new code accesses", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[{"data":"0x5a545060005260206000f3"},"latest"]}`, `without other states`},
		{"what code accesses that is not there", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[{"to":"0x0000000000000000000000000000000000000007"},"latest",{"0x0000000000000000000000000000000000000007":{"code":"0x5a5450"}}]}`, `without other states`},
		{"code that never ends", "POST", `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":"0x5b5f56","gas":"0xffffffffff"},"latest"]}`, `"code":-32000`},
		{"answers without end", "POST", "[" + strings.Repeat(`{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0x0000000000000000000000000000000000000007"},"latest",{"0x0000000000000000000000000000000000000007":{"code":"0x622000005ff3"}}]},`, 10) + `{"jsonrpc":"2.0","id":9,"method":"eth_chainId"}]`, `too large`},
		{"no method", "POST", `{}`, "not offered here"},
		{"null", "POST", `null`, "not offered here"},
		{"GET", "GET", "", "spoken by POST"},
		{"too large", "POST", strings.Repeat(" ", 1<<20+1), "larger than 1 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), tt.method, srv.URL, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			res, err := srv.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			got, err := io.ReadAll(res.Body)
			if err != nil || !strings.Contains(string(got), tt.want) {
				t.Errorf("answer %q (%v), want %q in it", got, err, tt.want)
			}
		})
	}
}
