package netactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// UDPSender is net.UDPSender. It is steered by
//
//	{"command": "connect", "uri": "udp://HOST:PORT"}
//	{"command": "disconnect"}
//
// Tokens wait until it has been told where to send them. Another connect while
// connected does nothing, as with Calvin.
func UDPSender() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.UDPSender", Fault: flow.FaultRetry,
			Doc: "Send each token as a datagram to an address that it is told",
			In: []flow.Port{{Name: "data_in", Doc: "a string as it is, all else as JSON"},
				{Name: "control_in", Doc: "{command: \"connect\" or \"disconnect\", uri}", Kind: "dict"}},
			Requires: []string{"network.socketclient"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &udpSender{}, nil },
	}
}

type udpSender struct{ udpWay } // State: its address; port 0: none

func (s *udpSender) Start(env flow.Env) (err error) {
	s.dialer, err = devices.Need[dialer](env, "network.socketclient")
	return err
}

func (s *udpSender) Stop() { s.close() }

func (s *udpSender) Actions() []flow.Action {
	return []flow.Action{
		{In: []string{"control_in"}, Fire: func(f *flow.Firing) error {
			to, on, err := control(f.In[0].Value, "command", "connect", "disconnect", "udp")
			switch {
			case err != nil:
				return err
			case on && s.to.port == 0:
				s.to = to
			case !on:
				s.close()
				s.to = address{}
			}
			return nil
		}},
		{In: []string{"data_in"}, Guard: func() bool { return s.to.port != 0 }, Fire: func(f *flow.Firing) error {
			return s.send(f.In[0].Value)
		}},
	}
}

func (s *udpSender) Save() ([]byte, error) { return value.Save(s.to.host, int64(s.to.port)) }

func (s *udpSender) Restore(version int, state []byte) error {
	var port int64
	if err := value.Restore(version, 1, state, &s.to.host, &port); err != nil {
		return err
	}
	s.to.port = int(port)
	return nil
}
