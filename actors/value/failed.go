package value

import "github.com/wardflow/wardflow/runtime/flow"

// Failed is Calvin's exception token that says nothing more: what actors give
// instead of a result that there is none of. Its sentence is Calvin's, since
// scripts can read it.
var Failed = flow.Exception{Kind: flow.ExceptionKind, Value: "Exception"}
