package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts of prove and verify-proof find the golden bundles of package
// evidence in their folder. What a running hospital proves, package attack tests.
func TestProofScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/proof", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			return os.CopyFS(e.WorkDir, os.DirFS("../../runtime/evidence/testdata/golden"))
		}})
}
