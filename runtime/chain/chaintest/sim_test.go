package chaintest

import (
	"testing"
	"time"
)

func TestSim(t *testing.T) {
	s, payer := NewSim(t, time.Now)
	Run(t, s, payer)
}
