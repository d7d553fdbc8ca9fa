package netactors

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// BasicAuthHeader is net.BasicAuthHeader (RFC 7617).
func BasicAuthHeader() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.BasicAuthHeader",
			Doc: "Make the header of a request out of a name and a password",
			In:  []flow.Port{{Name: "credential", Doc: "who asks", Kind: "record{username: string, password: string}"}},
			Out: []flow.Port{{Name: "header", Doc: "{Authorization: …}", Kind: "record{Authorization: string}"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return basicAuthHeader{}, nil },
	}
}

type basicAuthHeader struct{}

func (basicAuthHeader) Actions() []flow.Action {
	return []flow.Action{{In: []string{"credential"}, Out: []string{"header"}, Fire: func(f *flow.Firing) error {
		who, _ := f.In[0].Value.(map[string]any)
		name, ok1 := who["username"].(string)
		password, ok2 := who["password"].(string)
		if !ok1 || !ok2 || strings.Contains(name, ":") {
			return errors.New("want {username, password}, two strings, and no colon in the name")
		}
		text := base64.StdEncoding.EncodeToString([]byte(name + ":" + password))
		f.Give(0, map[string]any{"Authorization": "Basic " + text})
		return nil
	}}}
}
