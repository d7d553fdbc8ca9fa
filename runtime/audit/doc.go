// Package audit keeps a node's record of what matters for security, so that
// nobody changes it afterwards without being found out.
//
//	log, err := audit.Open(audit.Config{Dir: dir, Node: "ward", Signer: own})
//	log.Add(event)                        // never blocks
//	entries, err := log.Read(audit.Filter{Kind: flow.AuditLink})
//	report, err := audit.Verify(dir, nil) // names the first entry that is not as written
//
// The record is lines of text in files of bounded size. Each line is the hash of
// itself and of the line before, in hexadecimal, and the entry as JSON:
//
//	hash(n) = SHA-256( hash(n-1) | the JSON of entry n )
//
// so whoever changes, takes out or slips in an entry must write all later ones
// anew. Now and then, and at the end of each file, the hash is signed with the
// node's certificate (a seal): what stands before a seal can only be written
// anew by who has the node's key. Old files go when there are too many, and the
// record says so.
//
// What an honest node writes does not depend on how often a stranger knocks: what
// is refused to one source over and over is counted after the first times.
//
//	entry.go   one line          limit.go  how many of one source are written
//	log.go     the writer        seal.go   signatures
//	files.go   files, old and new
//	read.go    what people ask   verify.go is it as it was written?
package audit
