// Package std holds the actor types of the namespace std: sources, counters
// and the like, which know nothing of hospitals.
package std
