//go:build !linux && !darwin && !freebsd

package node

import (
	"errors"
	"time"
)

// This system does not say.

func processTime() (time.Duration, error) { return 0, errors.New("not known here") }

func maxFiles() int { return 0 }
