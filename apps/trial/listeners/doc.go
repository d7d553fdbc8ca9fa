// Package listeners looks at a running hospital from outside: at which sockets it
// listens ([Listening]), held against a list of those that it should, and what a
// stranger gets there, who has no certificate. With testssl.sh somebody else
// judges each of them:
//
//	go test ./apps/trial/listeners -run TestSSL -testssl -timeout 30m
package listeners
