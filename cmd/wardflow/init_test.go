package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/node"
)

func written(t *testing.T, n newNode) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := n.write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What init writes is a configuration, and says what it was told and no more.
func TestInitParses(t *testing.T) {
	t.Parallel()
	n := newNode{Node: "bedside", Dir: "data", Certificate: "certificate", Trust: "certificate/trust.pem", Hospital: "h1.health.example", Door: "10.0.0.5:7400", Control: "10.0.0.5:7443", Page: true}
	dir := t.TempDir()
	file := filepath.Join(dir, "node.yaml")
	plain := "node: bedside\ndir: data\ncertificate: certificate\ntrust: certificate/trust.pem\nhospital: h1.health.example\ndoor: 10.0.0.5:7400\ncontrol: 10.0.0.5:7443\npage: true\n"
	var both []*node.Config
	for _, text := range [][]byte{written(t, n), []byte(plain)} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := node.LoadConfig(file)
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, c)
	}
	if !reflect.DeepEqual(both[0], both[1]) {
		t.Errorf("init says\n%+v, want\n%+v", both[0], both[1])
	}
	odd := written(t, newNode{Node: "no: [yaml", Dir: "#", Certificate: "c d", Trust: "'", Door: "[::1]:7400", Control: "*:1"})
	var c node.Config
	if err := yaml.Unmarshal(odd, &c); err != nil || c.Node != "no: [yaml" || c.Dir != "#" || c.Trust != "'" || c.Page {
		t.Errorf("odd values: %+v, %v", c, err)
	}
}

// atRest is the "#" before a setting that is not in use.
var atRest = regexp.MustCompile(`(?m)^#([^ \n-]|  )`)

// Each setting that a node takes stands in the file, with a value that it takes.
func TestInitHasEverySetting(t *testing.T) {
	t.Parallel()
	all := atRest.ReplaceAll(written(t, newNode{Node: "x"}), []byte("$1"))
	dec := yaml.NewDecoder(bytes.NewReader(all))
	dec.KnownFields(true)
	var c node.Config
	if err := dec.Decode(&c); err != nil {
		t.Fatalf("with all settings in use: %v\n%s", err, all)
	}
	c.Dir, c.Certificate, c.Trust, c.Door, c.Control = "set", "set", "set", "set", "set" // by flags
	unset(t, reflect.ValueOf(c), "")
}

// unset reports each setting that has its zero value.
func unset(t *testing.T, v reflect.Value, path string) {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.IsZero() {
		t.Errorf("init does not explain %s", path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); key != "" {
				unset(t, v.Field(i), strings.TrimPrefix(path+"."+key, "."))
			}
		}
	case reflect.Slice:
		if v.Len() > 0 && v.Index(0).Kind() == reflect.Struct {
			unset(t, v.Index(0), path+"[0]")
		}
	}
}
