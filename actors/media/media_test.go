package media_test

import (
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/media"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestMedia(t *testing.T) {
	for _, tt := range []struct {
		typ         flow.Type
		args        map[string]flow.Value
		port        string
		given, want []flow.Value
	}{
		{media.Bell(), nil, "trigger", []flow.Value{true, int64(1), "a", int64(0)}, []flow.Value{nil, nil, nil, nil}},
		{media.PlayAudio(), map[string]flow.Value{"audiofile": "gong.wav"}, "play", []flow.Value{true, false, int64(0), "yes"}, []flow.Value{"gong.wav", "gong.wav"}},
	} {
		c, ok := device.Find(tt.typ.Spec.Requires[0])
		if !ok {
			t.Fatal("the table lacks", tt.typ.Spec.Requires)
		}
		m := device.NewMock(c)
		b := actortest.Start(t, actortest.NewEnv().Offer(c.Name, m), tt.typ, tt.args)
		b.Feed(tt.port, tt.given...)
		b.Run()
		if got := m.Written(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s writes %v, want %v", tt.typ.Spec.Name, got, tt.want)
		}
	}
	if _, err := actortest.New(media.PlayAudio(), map[string]flow.Value{"audiofile": ""}); err == nil {
		t.Error("no file gives no error")
	}
}
