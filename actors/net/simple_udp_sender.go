package netactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// SimpleUDPSender is net.SimpleUDPSender. Whether a datagram arrives, nobody
// says.
func SimpleUDPSender() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.SimpleUDPSender", Fault: flow.FaultRetry,
			Doc: "Send each token as a datagram",
			Args: []flow.ArgSpec{
				{Name: "address", Doc: "host that the node allows", Kind: "string", Required: true},
				{Name: "port", Doc: "its port", Kind: "integer", Required: true}},
			In:       []flow.Port{{Name: "data", Doc: "a string as it is, all else as JSON"}},
			Requires: []string{"network.socketclient"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			s := &simpleUDPSender{udpWay{to: address{a.Name("address"), int(a.Int("port"))}}}
			if a.Err() == nil && (s.to.port < 1 || s.to.port > 65535) {
				a.Refuse("port", "want 1 to 65535, not %d", s.to.port)
			}
			return s, a.Err()
		},
	}
}

type simpleUDPSender struct{ udpWay }

func (s *simpleUDPSender) Start(env flow.Env) (err error) {
	s.dialer, err = devices.Need[dialer](env, "network.socketclient")
	return err
}

func (s *simpleUDPSender) Stop() { s.close() }

func (s *simpleUDPSender) Actions() []flow.Action {
	return []flow.Action{{In: []string{"data"}, Fire: func(f *flow.Firing) error { return s.send(f.In[0].Value) }}}
}
