package rule

import (
	"testing"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// Whatever bytes somebody wants paid for: what is taken for acts is packed again
// from what it says, and is an act still.
func FuzzIsAct(f *testing.F) {
	f.Add(managerABI().PackExecute(chain.Hash{1}))
	f.Add(managerABI().PackMulticall([][]byte{managerABI().PackExecute(chain.Hash{1}), managerABI().PackApprove(chain.Hash{1}, 2, build.Signature{})}))
	f.Add(managerABI().PackMulticall([][]byte{managerABI().PackMulticall(nil)}))
	f.Add(managerABI().PackPaused())
	f.Add([]byte{0xac, 0x96, 0x50, 0xd8})
	f.Fuzz(func(t *testing.T, data []byte) {
		if !isAct(data, true) {
			if isAct(data, false) {
				t.Error("an act by itself is none among several")
			}
			return
		}
		abi := managerABI().GetABI()
		m, err := abi.MethodById(data)
		if err != nil {
			t.Fatal(err)
		}
		if m.Name != "multicall" {
			return
		}
		in, err := m.Inputs.Unpack(data[4:])
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range in[0].([][]byte) {
			if !isAct(c, false) {
				t.Errorf("%x is taken along with acts", c)
			}
		}
	})
}
