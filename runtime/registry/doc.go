// Package registry keeps the contract DeviceRegistry in step with a CA's
// records: which certificates devices have, and which are revoked. Contracts,
// and strangers who trust no list of ours, verify a device's signature by it.
//
// On the chain stands nothing that names a device to who does not know it
// already: a certificate is its hash, a device the hash of a secret salt and its
// EPC. The salt stays with the CA.
//
//	r, err := registry.Find(ctx, c, manager, relay, salt)
//	diff, err := r.Compare(ctx, records, 0, time.Now())
//	done, err := r.Publish(ctx, issuingKey, diff, false)
//
// Who writes signs each act with a P-256 key that has the registrar's role at
// the rule manager: that of the CA which issues to devices. Anyone may bring it
// to the chain.
package registry
