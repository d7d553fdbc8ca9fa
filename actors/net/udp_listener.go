package netactors

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/socket"
	"github.com/wardflow/wardflow/runtime/flow"
)

// UDPListener is net.UDPListener. It is steered by
//
//	{"command": "listen", "uri": "udp://ADDRESS:PORT"}
//	{"command": "stop"}
//
// Another listen while listening does nothing, as with Calvin.
func UDPListener() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.UDPListener", Fault: flow.FaultRetry,
			Doc:      "Give the datagrams that come to an address that it is told",
			In:       []flow.Port{{Name: "control_in", Doc: "{command: \"listen\" or \"stop\", uri}", Kind: "dict"}},
			Out:      []flow.Port{{Name: "data_out", Doc: "who sent a datagram and what it holds", Kind: "record{host: string, port: integer, data: string}"}},
			Requires: []string{"network.udplistener"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &udpListener{in: newInbox[datagramIn](roomUDP)}, nil
		},
	}
}

type udpListener struct {
	env      flow.Env
	listener packetListener
	in       *inbox[datagramIn]
	door     *udpDoor // nil: not listening

	// State: where to listen.
	set bool
	at  address
}

// Start finds the listener; the place it listened at is opened by a firing, so
// that one that is taken is tried again.
func (l *udpListener) Start(env flow.Env) (err error) {
	l.env, l.in.wake = env, env.Wake
	l.listener, err = devices.Need[packetListener](env, "network.udplistener")
	return err
}

func (l *udpListener) Stop() {
	if l.door != nil {
		l.door.close()
		l.door = nil
	}
}

// Actions follow orders, listen again after a restart, and give.
func (l *udpListener) Actions() []flow.Action {
	return []flow.Action{
		{In: []string{"control_in"}, Fire: l.control},
		{Guard: func() bool { return l.set && l.door == nil }, Fire: func(*flow.Firing) (err error) {
			l.door, err = listenUDP(l.listener, l.at, l.env, l.in)
			return err
		}},
		{Out: []string{"data_out"}, Guard: l.in.ready, Fire: func(f *flow.Firing) error {
			d := l.in.take()
			f.Give(0, map[string]any{"host": d.from.IP.String(), "port": int64(d.from.Port), "data": d.data})
			return nil
		}},
	}
}

func (l *udpListener) control(f *flow.Firing) error {
	at, on, err := control(f.In[0].Value, "command", "listen", "stop", "udp")
	switch {
	case err != nil:
		return err
	case on && l.door == nil:
		door, err := listenUDP(l.listener, at, l.env, l.in)
		if errors.Is(err, socket.ErrRefused) {
			return fmt.Errorf("%w: %w", flow.ErrUnfit, err)
		}
		if err != nil {
			return err
		}
		l.door, l.set, l.at = door, true, at
	case !on:
		l.Stop()
		l.set, l.at = false, address{}
	}
	return nil
}

// Awaits reports that a datagram may come.
func (l *udpListener) Awaits() bool { return l.door != nil }

// Holds says what does not move with the actor.
func (l *udpListener) Holds() string {
	if l.door != nil {
		return "it listens at a port of its node"
	}
	return ""
}

func (l *udpListener) Save() ([]byte, error) { return value.Save(l.set, l.at.host, int64(l.at.port)) }

func (l *udpListener) Restore(version int, state []byte) error {
	var port int64
	if err := value.Restore(version, 1, state, &l.set, &l.at.host, &port); err != nil {
		return err
	}
	l.at.port = int(port)
	return nil
}
