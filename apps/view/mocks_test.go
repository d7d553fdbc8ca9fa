package view_test

import (
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
)

// One of the staff drives mock devices, by mouse and by keyboard; whoever came by
// a one-time link sees that there are some.
func TestMocks(t *testing.T) {
	needBrowser(t)
	s, dir := staffed(t, newWard())
	drive(t, "e2e/mocks.mjs", s, map[string]string{"cert": dir, "link": s.Login("").Link})
}

// What src/mocks/types.ts says of a mock, Go says too.
func TestMockTypes(t *testing.T) {
	source, err := os.ReadFile("src/mocks/types.ts")
	if err != nil {
		t.Fatal(err)
	}
	field := regexp.MustCompile(`(?m)^  (\w+)(\??): .+$`)
	for name, typ := range map[string]reflect.Type{"Mock": reflect.TypeFor[control.Mock](), "MockWrite": reflect.TypeFor[control.MockWrite](),
		"MockPlays": reflect.TypeFor[control.MockPlays](), "MockFault": reflect.TypeFor[control.MockFault](),
		"Drive": reflect.TypeFor[control.Drive](), "MockTrace": reflect.TypeFor[control.MockTrace]()} {
		part := regexp.MustCompile(`(?s)export interface ` + name + ` \{\n(.*?)\n\}`).FindSubmatch(source)
		if part == nil {
			t.Errorf("there is no interface %s", name)
			continue
		}
		goes := jsonFields(typ)
		for _, f := range field.FindAllSubmatch(part[1], -1) {
			has, ok := goes[string(f[1])]
			if !ok {
				t.Errorf("%s.%s is not in Go", name, f[1])
			} else if has.optional != (len(f[2]) > 0) {
				t.Errorf("%s.%s: optional %t in Go, %q in types.ts", name, f[1], has.optional, f[2])
			}
			delete(goes, string(f[1]))
		}
		for f := range goes {
			t.Errorf("%s.%s is not in types.ts", name, f)
		}
	}
}
