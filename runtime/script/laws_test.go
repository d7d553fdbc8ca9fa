package script

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// What is printed or formatted is the same script, and formatting again changes
// nothing, whatever the script.
func TestLaws(t *testing.T) {
	for seed := range uint64(1000) {
		src := generate(seed)
		f, issues := Parse("x.calvin", src)
		if err := issues.Err(); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, src)
		}
		if err := formatLaws(f); err != nil {
			t.Fatalf("seed %d: %v\nof\n%s", seed, err, src)
		}
	}
}

// formatLaws looks whether a script without mistakes keeps its tree and its
// comments when it is printed or formatted.
func formatLaws(f *File) error {
	want := treeText(f)
	whole := *f
	whole.Includes = nil // Print writes what was included instead
	printed, issues := Parse(f.Name, Print(f))
	if err := issues.Err(); err != nil {
		return fmt.Errorf("what was printed can't be read: %w\n%s", err, Print(f))
	}
	if got, want := treeText(printed), treeText(&whole); got != want {
		return fmt.Errorf("printed\n%s\nit is\n%s\nnot\n%s", Print(f), got, want)
	}
	text, issues := Format(f.Src, f.Name)
	if err := issues.Err(); err != nil {
		return err
	}
	again, issues := Format(text, f.Name)
	if err := issues.Err(); err != nil {
		return fmt.Errorf("what was formatted can't be read: %w\n%s", err, text)
	}
	if !bytes.Equal(text, again) {
		return fmt.Errorf("formatted\n%s\nthen\n%s", text, again)
	}
	for n, line := range strings.Split(string(text), "\n") {
		if strings.HasSuffix(line, "\r") {
			return fmt.Errorf("line %d, %q, ends with a carriage return", n+1, line)
		}
	}
	file, _ := Load(f.Name, text, findNothing)
	if got := treeText(file); got != want {
		return fmt.Errorf("formatted\n%s\nit is\n%s\nnot\n%s", text, got, want)
	}
	if a, b := commentText(f), commentText(file); a != b {
		return fmt.Errorf("formatted\n%s\nthe comments are\n%s\nnot\n%s", text, b, a)
	}
	return nil
}

// findNothing finds every file, and nothing in it.
func findNothing(_, name string) (string, []byte, error) { return name, nil, nil }

func commentText(f *File) string {
	var b strings.Builder
	for i := range f.Comments {
		fmt.Fprintln(&b, f.Comments[i].String())
	}
	return b.String()
}

// treeText is a tree without its places.
func treeText(f *File) string {
	var b strings.Builder
	for _, part := range []any{f.Includes, f.Constants, f.Components, f.Body} {
		dump(&b, reflect.ValueOf(part), 0)
	}
	return b.String()
}

func dump(b *strings.Builder, v reflect.Value, depth int) {
	indent := strings.Repeat(" ", depth)
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			fmt.Fprintln(b, indent+"nil")
			return
		}
		if v.Kind() == reflect.Pointer {
			fmt.Fprintln(b, indent+v.Type().String())
		}
		dump(b, v.Elem(), depth)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.Type != reflect.TypeFor[Span]() {
				fmt.Fprintln(b, indent+field.Name)
				dump(b, v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			dump(b, v.Index(i), depth+1)
		}
		fmt.Fprintln(b, indent+"end")
	default:
		fmt.Fprintf(b, "%s%#v\n", indent, v)
	}
}
