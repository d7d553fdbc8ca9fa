// Package web lets actors speak HTTP with the servers that their node allows.
//
//	client.go   requests and answers, within bounds of time and size
//	allow.go    which addresses: those listed, no others
//	auth.go     basic and digest authentication
//	mock.go     a web of one answer, for runs without a node
//
// What is not listed is refused before anything is sent, and a redirect is
// followed only to what is listed. Certificates are always verified.
package web
