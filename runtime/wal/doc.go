// Package wal keeps records in files so that a crash at any moment leaves a
// whole number of them: write-ahead logs, as [runtime/journal] and
// [runtime/device/spool] build theirs.
//
//	log.go      one file: append a record, read them all again
//	replace.go  write a file anew, beside itself, and rename it
//	folder.go   the folder they lie in; one process uses it at a time
//	disk.go     what is asked of a disk; package waltest has one that misbehaves
//
// A record is there when [Log.Append] has returned without an error: it has a
// checksum, and the disk was told to keep it. After an error nothing of it is
// there, whether the disk was full or refused to sync, and the same may be tried
// again. A record that is torn at the end of the file was never acknowledged and
// is cut off; one that is torn before it is damage, and said so.
package wal
