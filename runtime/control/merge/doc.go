// Package merge writes what changed between two Go values as JSON, and puts it
// on again: a JSON merge patch (RFC 7396) of what encoding/json makes of them.
//
//	patch, any := merge.Append(nil, &before, &after) // {"actors":{"ward:hr":{"firings":12}}}
//	after, err = merge.Apply(before, patch)
//
// A member that is gone is null, an object has only what changed in it, and a
// list comes whole. Two kinds of list, marked by the tag "merge" of their field,
// come shorter than that:
//
//	Actors []Actor `json:"actors" merge:"by=id"`       // an object by the member "id" of its items, which are sorted by it
//	Events []Event `json:"events" merge:"newest=200"`  // "newEvents": what came to the front, of 200 at most
//
// So a patch for a list by key is a merge patch of an object, null for an item
// that is gone. A list of the newest comes whole where something else changed
// than its front.
//
// Fractions are written, and compared, to four digits: finer ones change all the
// time and tell nobody anything.
package merge
