package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// What the handler takes at once.
const (
	maxBody  = 1 << 20 // bytes
	maxBatch = 100     // requests
)

// allowed are the methods that others may call: reading, and handing in a
// transaction, whose signature the contracts judge.
var allowed = map[string]bool{
	"debug_getRawBlock":         true,
	"eth_blockNumber":           true,
	"eth_call":                  true,
	"eth_chainId":               true,
	"eth_createAccessList":      true,
	"eth_estimateGas":           true,
	"eth_feeHistory":            true,
	"eth_gasPrice":              true,
	"eth_getBalance":            true,
	"eth_getBlockByHash":        true,
	"eth_getBlockByNumber":      true,
	"eth_getBlockReceipts":      true,
	"eth_getCode":               true,
	"eth_getLogs":               true,
	"eth_getProof":              true,
	"eth_getStorageAt":          true,
	"eth_getTransactionByHash":  true,
	"eth_getTransactionCount":   true,
	"eth_getTransactionReceipt": true,
	"eth_maxPriorityFeePerGas":  true,
	"eth_sendRawTransaction":    true,
	"eth_syncing":               true,
	"net_version":               true,
	"web3_clientVersion":        true,
}

type request struct {
	Version string            `json:"jsonrpc"`
	ID      json.RawMessage   `json:"id,omitempty"`
	Method  string            `json:"method"`
	Params  []json.RawMessage `json:"params"`
}

type response struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
}

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

// Handler serves the chain as JSON-RPC over HTTP POST: what reads, and
// eth_sendRawTransaction. It asks nobody who they are; whoever mounts it does.
// A receipt is given only once its block is safely on disk.
func (e *Embedded) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "JSON-RPC is spoken by POST", http.StatusMethodNotAllowed)
			return
		}
		leave, err := e.turns.enter(r.Context(), callerOf(r))
		if err != nil {
			http.Error(w, err.Error(), http.StatusTooManyRequests)
			return
		}
		defer leave()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
				http.Error(w, "the request is larger than 1 MiB", http.StatusRequestEntityTooLarge)
			}
			return
		}
		out := e.answer(r.Context(), body)
		w.Header().Set("Content-Type", "application/json")
		// The client is gone if this fails, and nothing is to be undone.
		_, _ = w.Write(out)
	})
}

// answer answers the text of one request or of a batch.
func (e *Embedded) answer(ctx context.Context, body []byte) []byte {
	var answer any
	if text := bytes.TrimLeft(body, " \t\r\n"); bytes.HasPrefix(text, []byte("[")) {
		var batch []request
		switch err := json.Unmarshal(text, &batch); {
		case err != nil:
			answer = refuse(nil, -32700, "not JSON-RPC: "+err.Error())
		case len(batch) == 0:
			answer = refuse(nil, -32600, "an empty batch")
		case len(batch) > maxBatch:
			answer = refuse(nil, -32600, "more than 100 requests in a batch")
		default:
			all := make([]response, len(batch))
			room := mostAnswers
			for i := range batch {
				if room < 0 {
					all[i] = refuse(batch[i].ID, -32005, "the answers of the batch are too large: ask for less at once")
					continue
				}
				all[i] = e.answerOne(ctx, &batch[i])
				room -= len(all[i].Result)
			}
			answer = all
		}
	} else {
		var one request
		if err := json.Unmarshal(text, &one); err != nil {
			answer = refuse(nil, -32700, "not JSON-RPC: "+err.Error())
		} else {
			answer = e.answerOne(ctx, &one)
		}
	}
	out, err := json.Marshal(answer)
	if err != nil {
		panic("chain: an answer that JSON can't hold: " + err.Error())
	}
	return out
}

func (e *Embedded) answerOne(ctx context.Context, q *request) response {
	if !allowed[q.Method] {
		return refuse(q.ID, -32601, "method "+strings.ToValidUTF8(q.Method, "?")+" is not offered here")
	}
	if endless(q) {
		return refuse(q.ID, -32602, "eth_createAccessList is answered for a call of a contract, its \"to\", and without other states")
	}
	done, err := e.turns.computing(ctx)
	if err != nil {
		return refuse(q.ID, -32000, err.Error())
	}
	defer done()
	params := make([]any, len(q.Params))
	for i, p := range q.Params {
		params[i] = p
	}
	var result json.RawMessage
	// Who goes away does not end what is computed for him, so nobody else has its turn yet.
	if err := e.client.eth.Client().CallContext(context.WithoutCancel(ctx), &result, q.Method, params...); err != nil {
		out := refuse(q.ID, -32000, err.Error())
		if coded := (rpc.Error)(nil); errors.As(err, &coded) {
			out.Error.Code = coded.ErrorCode()
		}
		if with := (rpc.DataError)(nil); errors.As(err, &with) {
			out.Error.Data = with.ErrorData()
		}
		return out
	}
	if len(result) == 0 || q.Method == "eth_getTransactionReceipt" && !e.final(result) {
		result = json.RawMessage("null")
	}
	return response{Version: "2.0", ID: idOf(q.ID), Result: result}
}

// final reports whether a receipt's block is safely on disk.
func (e *Embedded) final(receipt json.RawMessage) bool {
	var in struct {
		BlockNumber *hexutil.Uint64 `json:"blockNumber"`
	}
	head := e.eth.BlockChain().CurrentFinalBlock()
	return json.Unmarshal(receipt, &in) == nil && in.BlockNumber != nil &&
		head != nil && uint64(*in.BlockNumber) <= head.Number.Uint64()
}

func refuse(id json.RawMessage, code int, msg string) response {
	return response{Version: "2.0", ID: idOf(id), Error: &rpcError{Code: code, Message: msg}}
}

func idOf(id json.RawMessage) json.RawMessage {
	if len(id) == 0 {
		return json.RawMessage("null")
	}
	return id
}
