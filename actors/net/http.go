package netactors

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/web"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A server is asked over HTTP.
type server interface {
	Do(context.Context, web.Request) (web.Answer, error)
}

// exchange is an actor that asks a server for each set of tokens.
//
// A token waits while the server can't be reached, and is asked for again with
// growing pauses. Any answer is one, whatever its status.
type exchange struct {
	method string
	in     []string
	// build makes the request out of the values of in.
	build func(vs []flow.Value) (web.Request, error)
	// whole says that data is given even when there is none.
	whole bool

	ask[web.Request, web.Answer]
}

// Start finds the way out.
func (x *exchange) Start(env flow.Env) error {
	s, err := devices.Need[server](env, "http."+strings.ToLower(x.method))
	if err != nil {
		return err
	}
	x.start(env, s, s.Do, func(a, b web.Request) bool { return reflect.DeepEqual(a, b) })
	return nil
}

// Stop breaks off a request that is under way.
func (x *exchange) Stop() { x.close() }

// Actions give an answer, or say why there is none, or ask.
func (x *exchange) Actions() []flow.Action {
	body := func() bool { a, err, ok := x.peek(); return ok && err == nil && (x.whole || a.Body != "") }
	none := func() bool { return x.good() && !body() }
	return []flow.Action{
		{In: x.in, Out: []string{"status", "headers", "data"}, Guard: body, Fire: x.fire},
		{In: x.in, Out: []string{"status", "headers"}, Guard: none, Fire: x.fire},
		{In: x.in, Guard: x.bad, Fire: x.fire},
		{In: x.in, Guard: x.idle, Fire: x.fire},
	}
}

func (x *exchange) fire(f *flow.Firing) error {
	vs := make([]flow.Value, len(f.In))
	for i, t := range f.In {
		vs[i] = t.Value
	}
	r, err := x.build(vs)
	if err != nil {
		return fmt.Errorf("%w: %w", flow.ErrUnfit, err)
	}
	r.Method = x.method
	if x.idle() {
		return x.begin(r)
	}
	a, err := x.end(r)
	if errors.Is(err, web.ErrRefused) {
		return fmt.Errorf("%w: %w", flow.ErrUnfit, err)
	}
	if err != nil {
		return err
	}
	f.Give(0, int64(a.Status))
	f.Give(1, dictOf(a.Headers))
	if x.whole || a.Body != "" {
		f.Give(2, a.Body)
	}
	return nil
}

func dictOf(m map[string]string) flow.Value {
	d := make(map[string]any, len(m))
	for k, v := range m {
		d[k] = v
	}
	return d
}

// details are what a request has beside its address and body.
func details(r *web.Request, params, headers, auth flow.Value) (err error) {
	if r.Params, err = readParams(params); err != nil {
		return err
	}
	if r.Headers, err = readHeaders(headers); err != nil {
		return err
	}
	r.Auth, err = readAuth(auth)
	return err
}

// absent reports what stands for nothing: null and what is empty.
func absent(v flow.Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func readParams(v flow.Value) (url.Values, error) {
	if absent(v) {
		return nil, nil
	}
	dict, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("params: want a dictionary or null, not %s", value.Kind(v))
	}
	params := url.Values{}
	for name, v := range dict {
		switch v := v.(type) {
		case nil:
		case []any:
			for _, e := range v {
				params.Add(name, value.Text(e))
			}
		default:
			params.Add(name, value.Text(v))
		}
	}
	return params, nil
}

func readHeaders(v flow.Value) (map[string]string, error) {
	if absent(v) {
		return nil, nil
	}
	dict, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("headers: want a dictionary or null, not %s", value.Kind(v))
	}
	headers := map[string]string{}
	for name, v := range dict {
		if v != nil {
			headers[name] = value.Text(v)
		}
	}
	return headers, nil
}

func readAuth(v flow.Value) (*web.Auth, error) {
	if absent(v) {
		return nil, nil
	}
	dict, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("auth: want {authtype, username, password} or null, not %s", value.Kind(v))
	}
	text := func(key string) (string, error) {
		s, ok := dict[key].(string)
		if !ok && dict[key] != nil {
			return "", fmt.Errorf("auth: %s: want a string, not %s", key, value.Kind(dict[key]))
		}
		return s, nil
	}
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		if key != "authtype" && key != "username" && key != "password" {
			return nil, fmt.Errorf("auth: there is no %q: want authtype, username and password", key)
		}
	}
	kind, err1 := text("authtype")
	user, err2 := text("username")
	password, err3 := text("password")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if kind != "basic" && kind != "digest" || user == "" {
		return nil, fmt.Errorf("auth: want authtype basic or digest and a username, not %q and %q", kind, user)
	}
	return &web.Auth{Digest: kind == "digest", Username: user, Password: password}, nil
}

// body puts a value into a request: a string as it is, all else as JSON.
func body(r *web.Request, v flow.Value) error {
	switch v := v.(type) {
	case nil:
	case string:
		r.Body = v
	case flow.Exception, flow.Sealed:
		return fmt.Errorf("data: %s can't be sent", value.Kind(v))
	default:
		b, err := flow.MarshalValue(v)
		if err != nil {
			return fmt.Errorf("data: %w", err)
		}
		r.Body = string(b)
		for name := range r.Headers {
			if strings.EqualFold(name, "content-type") {
				return nil
			}
		}
		if r.Headers == nil {
			r.Headers = map[string]string{}
		}
		r.Headers["Content-Type"] = "application/json"
	}
	return nil
}

// byPorts is the exchange whose every part is a token.
func byPorts(method string, in ...string) *exchange {
	return &exchange{method: method, in: in, build: func(vs []flow.Value) (r web.Request, err error) {
		part := map[string]flow.Value{}
		for i, port := range in {
			part[port] = vs[i]
		}
		address, ok := part["URL"].(string)
		if !ok {
			return r, fmt.Errorf("URL: want a string, not %s", value.Kind(part["URL"]))
		}
		r.URL = address
		if err := details(&r, part["params"], part["headers"], part["auth"]); err != nil {
			return r, err
		}
		return r, body(&r, part["data"])
	}}
}

// byArgs is the exchange that a token on data only sets off: its body, unless it
// is null or a boolean.
func byArgs(method string, args map[string]flow.Value) (*exchange, error) {
	a := value.Args{Of: args}
	fixed := web.Request{URL: a.Name("url")}
	if a.Err() == nil {
		if err := details(&fixed, a.Any("params"), a.Any("headers"), a.Any("auth")); err != nil {
			return nil, fmt.Errorf("argument %w", err)
		}
	}
	return &exchange{method: method, in: []string{"data"}, whole: true, build: func(vs []flow.Value) (web.Request, error) {
		r := fixed
		r.Headers = maps.Clone(fixed.Headers)
		if _, trigger := vs[0].(bool); trigger {
			return r, nil
		}
		return r, body(&r, vs[0])
	}}, a.Err()
}

// The ports and arguments that these actors share.
var (
	answerPorts = []flow.Port{
		{Name: "status", Doc: "of the answer, such as 200", Kind: "integer"},
		{Name: "headers", Doc: "of the answer, names in lower case", Kind: "dict<string>"},
		{Name: "data", Doc: "body of the answer, if it has one", Kind: "string"}}
	urlPort     = flow.Port{Name: "URL", Doc: "address that the node allows, with https:// or http://", Kind: "string"}
	bodyPort    = flow.Port{Name: "data", Doc: "body: a string as it is, all else as JSON"}
	paramsPort  = flow.Port{Name: "params", Doc: "what is added to the address as its query, or null"}
	headersPort = flow.Port{Name: "headers", Doc: "of the request, or null"}
	authPort    = flow.Port{Name: "auth", Doc: "{authtype: \"basic\" or \"digest\", username, password}, or null"}
	setOffPort  = flow.Port{Name: "data", Doc: "sets off a request; it is the body unless it is null or a boolean"}

	requestArgs = []flow.ArgSpec{
		{Name: "url", Doc: "address that the node allows, with https:// or http://", Kind: "string", Required: true},
		{Name: "headers", Doc: "of the request, or null", Required: true},
		{Name: "params", Doc: "what is added to the address as its query, or null", Required: true},
		{Name: "auth", Doc: "{authtype: \"basic\" or \"digest\", username, password}, or null", Required: true}}
)
