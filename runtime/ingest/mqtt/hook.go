package mqtt

import (
	"fmt"
	"slices"

	server "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Codes of ours: MQTT's numbers with our words.
var (
	codeShutdown = packets.ErrServerShuttingDown
	codeNotHeld  = packets.Code{Code: packets.ErrNotAuthorized.Code, Reason: "the certificate does not hold any more"}
	codeNoWill   = packets.Code{Code: packets.ErrNotAuthorized.Code, Reason: "devices may not leave a will"}
	codeNoLogin  = packets.Code{Code: packets.ErrBadAuthenticationMethod.Code, Reason: "who a device is, its certificate says: leave the authentication method out"}
)

// A hook is where the library asks us. Whatever it does not ask for is refused
// by what we answer: a PUBLISH of a device never goes on to the library's own
// distribution.
type hook struct {
	server.HookBase
	b *Broker
}

// ID names the hook.
func (h *hook) ID() string { return "wardflow" }

// Provides lists what the hook wants to be asked.
func (h *hook) Provides(b byte) bool {
	return slices.Contains([]byte{server.OnConnect, server.OnConnectAuthenticate, server.OnACLCheck, server.OnPacketRead,
		server.OnPacketEncode, server.OnPublish, server.OnAuthPacket}, b)
}

// sessionOf is the session of a client; nil for one that is not a device's.
func sessionOf(cl *server.Client) *session {
	if w, ok := cl.Net.Conn.(*wire); ok {
		return w.of
	}
	return nil
}

// OnConnect binds a client to the session of its connection. Its name is the
// device's EPC, whatever it calls itself: so a device's new session takes the
// place of its old one, and never of another's.
func (h *hook) OnConnect(cl *server.Client, pk packets.Packet) error {
	s := sessionOf(cl)
	if s == nil {
		return packets.ErrNotAuthorized
	}
	code := packets.CodeSuccess
	switch {
	case pk.Connect.WillFlag:
		code = codeNoWill
	case pk.Properties.AuthenticationMethod != "":
		code = codeNoLogin
	}
	if code != packets.CodeSuccess {
		s.note(flow.AuditConnection, "connect", code.Reason)
		_ = h.b.mqtt.SendConnack(cl, code, false, nil)
		return code
	}
	if cl.Properties.Props.AssignedClientID != "" {
		cl.Properties.Props.AssignedClientID = s.id.EPC
	}
	cl.ID = s.id.EPC
	if k := cl.State.Keepalive; k == 0 || k > longestKeepAlive {
		cl.State.Keepalive, cl.State.ServerKeepalive = longestKeepAlive, true
	}
	s.client = cl
	s.greeted.Store(true)
	return nil
}

// OnConnectAuthenticate lets in whom the handshake has let in, and no other.
// User name and password, if there are any, play no part.
func (h *hook) OnConnectAuthenticate(cl *server.Client, _ packets.Packet) bool {
	s := sessionOf(cl)
	return s != nil && s.client == cl
}

// OnACLCheck lets a device subscribe to its own answers. What it publishes is
// judged by OnPublish.
func (h *hook) OnACLCheck(cl *server.Client, topic string, write bool) bool {
	s := sessionOf(cl)
	switch {
	case s == nil:
		return false
	case write || topic == AnswersTo(s.id.EPC):
		return true
	}
	s.note(flow.AuditReading, fmt.Sprintf("subscribe to %.80q", topic), "a device may hear its own answers only")
	return false
}

// OnPacketRead cuts a device that uses what the broker said it has not.
func (h *hook) OnPacketRead(cl *server.Client, pk packets.Packet) (packets.Packet, error) {
	if pk.FixedHeader.Type != packets.Publish {
		return pk, nil
	}
	code := packets.CodeSuccess
	switch {
	case pk.FixedHeader.Qos > 1:
		code = packets.ErrQosNotSupported
	case pk.FixedHeader.Retain:
		code = packets.ErrRetainNotSupported
	case pk.Properties.TopicAliasFlag:
		code = packets.ErrTopicAliasInvalid
	case !server.IsValidFilter(pk.TopicName, true): // the library would leave it without an answer
		code = packets.ErrTopicNameInvalid
	default:
		return pk, nil
	}
	if s := sessionOf(cl); s != nil {
		s.note(flow.AuditFrame, fmt.Sprintf("publish to %.80q", pk.TopicName), code.Reason)
	}
	_ = h.b.mqtt.DisconnectClient(cl, code)
	return pk, packets.ErrRejectPacket
}

// OnPublish takes a message from the library and answers for it from now on.
func (h *hook) OnPublish(cl *server.Client, pk packets.Packet) (packets.Packet, error) {
	s := sessionOf(cl)
	if s == nil || s.client != cl {
		return pk, packets.ErrRejectPacket
	}
	m := message{topic: pk.TopicName, kind: pk.Properties.ContentType, payload: pk.Payload, answerTo: pk.Properties.ResponseTopic, ticket: pk.Properties.CorrelationData}
	if pk.FixedHeader.Qos > 0 {
		m.id = pk.PacketID
	}
	if err := s.push(m); err != nil {
		if code, ok := err.(packets.Code); ok {
			_ = h.b.mqtt.DisconnectClient(cl, code)
		}
	}
	return pk, packets.ErrRejectPacket
}

// OnAuthPacket refuses the exchange that we do not offer.
func (h *hook) OnAuthPacket(_ *server.Client, pk packets.Packet) (packets.Packet, error) {
	return pk, packets.ErrProtocolViolation
}

// OnPacketEncode adds to CONNACK what the library leaves out of what we have
// not, and to SUBACK why something was refused.
func (h *hook) OnPacketEncode(cl *server.Client, pk packets.Packet) packets.Packet {
	switch pk.FixedHeader.Type {
	case packets.Connack:
		if pk.ReasonCode != packets.CodeSuccess.Code {
			break
		}
		p := &pk.Properties
		p.MaximumPacketSize = maxPacket
		p.RetainAvailableFlag, p.WildcardSubAvailableFlag, p.SubIDAvailableFlag, p.SharedSubAvailableFlag = true, true, true, true
	case packets.Suback:
		if s := sessionOf(cl); s != nil && slices.ContainsFunc(pk.ReasonCodes, func(c byte) bool { return c >= packets.ErrUnspecifiedError.Code }) {
			pk.Properties.ReasonString = "a device may subscribe to " + AnswersTo(s.id.EPC) + " only"
		}
	}
	return pk
}
