// Package files lets actors read and write files in the folders that their node
// allows, and nowhere else: not by "..", not by an absolute name, not by a
// symbolic link that leads out (os.Root).
//
//	files.go    folders of the disk
//	memory.go   a folder in memory, for runs without a node
package files
