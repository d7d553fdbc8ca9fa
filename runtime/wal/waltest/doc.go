// Package waltest has a disk in memory that misbehaves on request: it loses what
// was not synced, is full, refuses to sync, and tears what was being written.
package waltest
