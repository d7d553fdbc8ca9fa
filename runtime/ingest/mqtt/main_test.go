package mqtt

import (
	"os"
	"testing"

	"github.com/wardflow/wardflow/runtime/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }
