package exception_test

import (
	"testing"

	. "github.com/wardflow/wardflow/actors/casetest"
	"github.com/wardflow/wardflow/actors/exception"
	"github.com/wardflow/wardflow/runtime/flow"
)

var failed = flow.Exception{Kind: flow.ExceptionKind, Value: "Exception"}

func TestExceptionHandler(t *testing.T) {
	Run(t, exception.ExceptionHandler(), []Case{
		{Name: "ordinary tokens pass", In: Ports{"token": {42, nil, false, List{}}}, Out: Ports{"token": {42, nil, false, List{}}}},
		{Name: "exceptions become the end of a stream", In: Ports{"token": {failed, flow.EOS}},
			Out: Ports{"token": {flow.EOS, flow.EOS}, "status": {"Exception", "End of stream"}}},
		{Name: "or are replaced", Args: Args{"replace": true, "replacement": "EOS"}, In: Ports{"token": {0, 1, flow.EOS, 0, failed, 2}},
			Out: Ports{"token": {0, 1, "EOS", 0, "EOS", 2}, "status": {"End of stream", "Exception"}}},
		{Name: "by null if nothing is said", Args: Args{"replace": 1}, In: Ports{"token": {flow.EOS}}, Out: Ports{"token": {nil}, "status": {"End of stream"}}},
		{Name: "a replacement alone does nothing", Args: Args{"replacement": "x"}, In: Ports{"token": {failed}}, Out: Ports{"token": {flow.EOS}, "status": {"Exception"}}},
		{Name: "the reason from a port that collects", In: Ports{"token": {flow.Exception{Kind: flow.ExceptionKind, Value: Dict{"a": "Exception"}}}},
			Out: Ports{"token": {flow.EOS}, "status": {Dict{"a": "Exception"}}}},
	})
}

func TestIsEOS(t *testing.T) {
	Run(t, exception.IsEOS(), []Case{
		{Name: "only the end of a stream", In: Ports{"token": {42, failed, flow.EOS, nil, "End of stream"}},
			Out: Ports{"status": {false, false, true, false, false}}},
	})
}
