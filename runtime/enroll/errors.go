package enroll

import "errors"

// The reasons for which an [Office] refuses.
var (
	ErrToken     = errors.New("the token is not good: it was used, is too old, or was never given out")
	ErrExists    = errors.New("it is registered already")
	ErrUnknown   = errors.New("it is not registered")
	ErrSuspended = errors.New("it is suspended")
	ErrRevoked   = errors.New("it is revoked")
	ErrMayNot    = errors.New("it may not do that")
	ErrEarly     = errors.New("it is too early to renew")
	ErrEnough    = errors.New("no more certificates are given: if it has not asked for them itself, its key is stolen")
)
