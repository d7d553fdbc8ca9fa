// Package kappa holds the actor types of the namespace kappa: functions that
// are called from outside. A source takes values through its report call, a
// sink gives results through its own.
//
// A report that takes a value away has given it when it answers: if the node
// crashes before the next checkpoint, the value may be given once more.
package kappa
