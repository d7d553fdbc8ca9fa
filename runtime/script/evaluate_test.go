package script

import (
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

func TestEvaluate(t *testing.T) {
	str := func(s string) Expr { return &Scalar{Value: s} }
	num := func(n int64) Expr { return &Scalar{Value: n} }
	name := func(s string) *Name { return &Name{Ident{Name: s}} }
	sum := func(items ...Expr) Expr { return &Sum{Items: items} }
	consts := []*Constant{
		{Name: Ident{Name: "BED"}, Value: &Dict{Items: []Entry{{Scalar{Value: "id"}, str("b1")}, {Scalar{Value: "rate"}, num(2)}}}},
		{Name: Ident{Name: "ALIAS"}, Value: name("BED")},
		{Name: Ident{Name: "ROUND"}, Value: sum(num(1), name("ABOUT"))},
		{Name: Ident{Name: "ABOUT"}, Value: name("ROUND")},
	}
	for _, tt := range []struct {
		what string
		in   Expr
		want flow.Value
		ok   bool
	}{
		{"scalar", num(3), int64(3), true},
		{"list of a constant", &List{Items: []Expr{num(1), &Field{Of: *name("BED"), Path: []Ident{{Name: "rate"}}}}}, []any{int64(1), int64(2)}, true},
		{"field of an alias", &Field{Of: *name("ALIAS"), Path: []Ident{{Name: "id"}}}, "b1", true},
		{"no such field", &Field{Of: *name("BED"), Path: []Ident{{Name: "no"}}}, nil, false},
		{"strings join", sum(str("a"), str("b")), "ab", true},
		{"numbers add", sum(num(1), &Scalar{Value: 0.5}), 1.5, true},
		{"lists join", sum(&List{Items: []Expr{num(1)}}, &List{Items: []Expr{num(2)}}), []any{int64(1), int64(2)}, true},
		{"kinds that do not fit", sum(num(1), str("b")), nil, false},
		{"too large a number", sum(num(1<<62), num(1<<62)), nil, false},
		{"unknown name", name("NOBODY"), nil, false},
		{"circle", name("ROUND"), nil, false},
	} {
		got, ok := Evaluate(tt.in, ConstantsOf(&File{Constants: consts}))
		if ok != tt.ok || ok && !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, %v, want %v, %v", tt.what, got, ok, tt.want, tt.ok)
		}
	}
}
