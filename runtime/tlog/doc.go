// Package tlog is an append-only log of entries on a disk, with the Merkle tree
// of RFC 9162 (section 2.1) over it, so that whoever knows the root of the log
// at some size can be shown that an entry is in it, and that a later root
// continues an earlier one.
//
//	log, err := tlog.Open(tlog.Config{Dir: dir})
//	index, err := log.Append(entry)          // in memory
//	size, err := log.Sync()                  // on disk: all that was appended
//	root, err := log.Root(size)
//	path, err := log.Inclusion(index, size)  // then tlog.Included(…) for a stranger
//
// What lies in the folder, for each 65,536 entries:
//
//	entries-00000003   the entries, as records of runtime/wal: first a head that
//	                   names the place in the log and the root up to there, then
//	                   one record for each Sync
//	index-00000003     once it is full: the hash and the place of each entry, and
//	                   the tree above them
//
// An entry is there when Sync has returned. A crash leaves what was there, and
// perhaps some of what was appended after it, never a part of one. The newest
// 65,536 entries are indexed in memory; the others cost 32 bytes a segment.
//
//	log.go      open, append, sync           tree.go    roots and proofs
//	segment.go  the entries of the newest    index.go   of a full segment
//	replay.go   what a folder holds          entries.go reading entries again
//	prove.go    for who has a proof only     folder.go  reading while another writes
//	walk.go     a folder from its first byte to its last, trusting nothing in it
package tlog
