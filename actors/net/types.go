package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// Types are the actor types of this namespace: a new one gets a line here.
func Types() []flow.Type {
	return []flow.Type{
		BasicAuthHeader(),
		HTTPDelete(),
		HTTPDeleteS(),
		HTTPGet(),
		HTTPGetS(),
		HTTPPost(),
		HTTPPostS(),
		HTTPPut(),
		HTTPPutS(),
		MQTTPublisher(),
		MQTTSubscriber(),
		SimpleUDPListener(),
		SimpleUDPSender(),
		TCPClient(),
		TCPServer(),
		UDPListener(),
		UDPSender(),
	}
}
