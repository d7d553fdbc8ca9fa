// Package netactors holds the actor types of the namespace net: HTTP, MQTT, TCP
// and UDP, with the servers, brokers and addresses that the node's
// configuration allows and with no others.
//
//	ask.go        a question asked off the actor's own thread
//	http*.go      requests; their tokens stay until the answer is there
//	mqtt*.go      messages
//	frames.go     tokens out of a stream of bytes
//	inbox.go      what has come and was not given yet
//	tcp*.go udp*.go simple*.go
//
// What is sent is sent at least once: tokens are taken when the other side has
// answered, so a crash or a migration before that asks again. Tokens that can
// never do (no address, one that is not allowed, a topic with a wildcard) are
// dead letters; all else is tried again.
package netactors
