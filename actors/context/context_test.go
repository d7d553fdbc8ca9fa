package contextactors_test

import (
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	contextactors "github.com/wardflow/wardflow/actors/context"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestContext(t *testing.T) {
	indexed := device.Indexed(flow.Attributes{"address": {"floor": "3"}, "node_name": {"organization": "h1"}}, "bedside")
	public := device.Attributes{"runtime": map[string]any{"attribute": int64(7)}}
	for _, tt := range []struct {
		typ  flow.Type
		path string
		want flow.Value
	}{
		{contextactors.PublicAttribute(), "runtime.attribute", int64(7)},
		{contextactors.PublicAttribute(), "runtime", map[string]any{"attribute": int64(7)}},
		{contextactors.PublicAttribute(), "no.such.thing", nil},
		{contextactors.RegistryAttribute(), "address.floor", "3"},
		{contextactors.RegistryAttribute(), "address.room", nil},
		{contextactors.RuntimeName(), "", "bedside"},
	} {
		env := actortest.NewEnv().Offer("sys.attribute.indexed", indexed).Offer("sys.attribute.public", public)
		var args map[string]flow.Value
		if tt.path != "" {
			args = map[string]flow.Value{"attribute": tt.path}
		}
		b := actortest.Start(t, env, tt.typ, args)
		b.Feed("trigger", true, nil)
		b.Run()
		if got := b.Take("value"); !reflect.DeepEqual(got, []flow.Value{tt.want, tt.want}) {
			t.Errorf("%s of %q gives %v, want %v twice", tt.typ.Spec.Name, tt.path, got, tt.want)
		}
	}
}
