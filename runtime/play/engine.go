package play

import (
	"context"
	"errors"
)

// runEngines runs a script in real time.
func runEngines(context.Context, Config) (Result, error) {
	return Result{}, errors.New("runs in real time are not there yet: use --virtual")
}
