// Package socket opens the sockets that a node allows its actors: connections
// to the addresses listed, listeners where they are listed, and nothing else.
//
//	socket.go   connecting and listening
//	allow.go    what is listed
package socket
