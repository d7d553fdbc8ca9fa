// Package doctor decides what is wrong with a node, its host and its cluster, and
// how to mend it.
//
// It only decides: whoever has looked (package node at a host, the control API at
// a cluster) hands in what was seen, and each function gives findings.
//
//	findings := doctor.Cluster(snapshot, certificates)
//	findings = append(findings, doctor.Sync(dir, took)...)
//
// A finding that is not good says what to do about it.
package doctor
