package netactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// SimpleUDPListener is net.SimpleUDPListener.
func SimpleUDPListener() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.SimpleUDPListener", Fault: flow.FaultRetry,
			Doc:      "Give the datagrams that come to an address",
			Args:     []flow.ArgSpec{{Name: "address", Doc: "ADDRESS:PORT of this machine, such as 0.0.0.0:7000", Kind: "string", Required: true}},
			Out:      []flow.Port{{Name: "data", Doc: "what a datagram holds", Kind: "string"}},
			Requires: []string{"network.udplistener"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			at, err := readAddress(a.Name("address"))
			if err != nil {
				a.Refuse("address", "%v", err)
			}
			return &simpleUDPListener{at: at, in: newInbox[datagramIn](roomUDP)}, a.Err()
		},
	}
}

type simpleUDPListener struct {
	at   address
	in   *inbox[datagramIn]
	door *udpDoor
}

// Start listens.
func (l *simpleUDPListener) Start(env flow.Env) error {
	listener, err := devices.Need[packetListener](env, "network.udplistener")
	if err != nil {
		return err
	}
	l.in.wake = env.Wake
	l.door, err = listenUDP(listener, l.at, env, l.in)
	return err
}

func (l *simpleUDPListener) Stop() {
	if l.door != nil {
		l.door.close()
	}
}

func (l *simpleUDPListener) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"data"}, Guard: l.in.ready, Fire: func(f *flow.Firing) error {
		f.Give(0, l.in.take().data)
		return nil
	}}}
}

// Awaits reports that a datagram may come.
func (l *simpleUDPListener) Awaits() bool { return true }

// Holds says what does not move with the actor.
func (l *simpleUDPListener) Holds() string { return "it listens at a port of its node" }
