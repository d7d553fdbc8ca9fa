// Package housetest runs a small hospital inside a test, with all of its
// listeners, over real sockets: a CA service, three nodes that enrol with it, a
// ward whose sensors run on one of them, and a device outside that brings
// readings over HTTPS and MQTT.
//
//	h := housetest.Open(t, housetest.Config{Host: "127.0.0.1"})
//	h.BringHTTPS("application/json", reading)
//	h.Stored(20)
package housetest
