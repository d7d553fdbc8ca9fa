// Package mqtt speaks MQTT 5 with brokers, for devices behind a topic and for
// the actors that publish and subscribe.
//
//	client.go    one connection: comes back by itself, acknowledges what was taken
//	brokers.go   which brokers and topics scripts may reach: those listed, no others
//	topic.go     names and filters of topics
//	memory.go    a broker inside this process, for runs without a node
//
// A message is acknowledged when it has been taken, not when it has arrived. So
// what an actor has no room for stays with the broker, and a client that was
// away finds it there, as long as its session lasts.
package mqtt
