// Package proto holds what nodes say to each other: the sources in wardflow/v1,
// and wardflowpb, made from them by go generate ./proto. Only runtime/remote
// uses it.
package proto

//go:generate go run ./gen .
